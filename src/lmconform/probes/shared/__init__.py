"""Shared probes: what several resources promise, registered for each of them by ``install``."""
