"""Mutants of configurations."""
