"""Observations of what is answered before the API: tokens, resource groups, unknown paths."""
