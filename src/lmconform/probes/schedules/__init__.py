"""Probes and observations of execution schedules."""
