"""Which items a run has, and how one of them is run; imports ground to fuzz.

The pytest plugin imports it, and the command line asks it what there is.
"""
