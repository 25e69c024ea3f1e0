"""Probes of capabilities and of queries that every operation tolerates; observations of paths beside meta."""
