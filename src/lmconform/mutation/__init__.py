"""The proof that the suite bites: the mock with one defect after the other, and which item sees it.

Owns the kill matrix; imports ground to plan, talks to the mock as to any target, and only
the command line imports it.
"""
