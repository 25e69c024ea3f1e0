"""Probes: requests of our own that judge what no single exchange shows; one resource a file.

Imports ground to target; the plan imports it.
"""
