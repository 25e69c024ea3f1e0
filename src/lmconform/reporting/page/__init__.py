"""The HTML page of a run: one file that needs no network, a view of results.jsonl."""
