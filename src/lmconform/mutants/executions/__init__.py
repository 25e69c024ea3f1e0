"""Mutants of executions."""
