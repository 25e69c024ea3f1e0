"""Probes and observations of executions."""
