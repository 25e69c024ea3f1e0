"""Mutants of artifacts."""
