"""The system under test and the one way to it; imports ground to checks.

Nothing outside this package opens a connection; probes, scenarios and fuzz import it.
"""
