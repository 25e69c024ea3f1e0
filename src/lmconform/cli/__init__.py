"""The command line: one command a file; may import everything, and nothing imports it."""
