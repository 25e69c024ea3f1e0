"""What a run may do to a target: the guard before each request, its budgets, the journal of what it created.

Imports the ground and the contract; sends nothing. ``client`` and the rooms above it may import it.
"""
