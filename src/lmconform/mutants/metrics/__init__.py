"""Mutants of the metrics of executions."""
