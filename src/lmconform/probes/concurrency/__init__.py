"""Probes of requests that are sent at the same moment: bounded bursts of a few threads."""
