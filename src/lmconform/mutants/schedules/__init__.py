"""Mutants of execution schedules."""
