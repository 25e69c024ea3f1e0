"""Probes and observations of metrics."""
