"""Runs in a store: which were green, what fails since when, what is flaky; the store is SQLite or PostgreSQL.

The rooms below it know nothing of it: a run is stored when it is over, and a store that fails changes no verdict.
"""
