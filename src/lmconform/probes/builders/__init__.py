"""Builders: request bodies and resources that probes of several folders use."""
