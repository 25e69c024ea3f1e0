"""Views of results.jsonl for people and for other tools; import only results and the ground."""
