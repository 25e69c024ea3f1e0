"""Probes and observations of artifacts."""
