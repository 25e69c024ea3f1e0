"""Probes and observations of files."""
