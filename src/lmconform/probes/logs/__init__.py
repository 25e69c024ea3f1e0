"""Probes and observations of logs."""
