"""Mutation testing: the items run against the mock with one defect after the other, and which item sees each.

Owns the kill matrix, the reduction to the fewest items, and the fuzz curve. Talks to the mock as to any target;
only the command line imports it.
"""
