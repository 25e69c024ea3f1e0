"""Probes and observations of configurations."""
