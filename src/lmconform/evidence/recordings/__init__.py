"""Exchanges that were recorded earlier, read from the files that hold them: one format a module."""
