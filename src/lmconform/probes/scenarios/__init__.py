"""Probes and observations of scenarios, executables and models."""
