"""Probes and observations of deployments."""
