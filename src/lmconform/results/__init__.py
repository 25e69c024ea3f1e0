"""What a run found: events, their stream, verdict and comparison; imports ground to evidence.

``results.jsonl`` is the one record of a run; every report is a view of it.
"""
