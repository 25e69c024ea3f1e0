"""Views of results.jsonl for people and for other tools; import results and the ground alone."""
