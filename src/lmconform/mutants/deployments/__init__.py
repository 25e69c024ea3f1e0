"""Mutants of deployments."""
