"""A stateful stand-in for a tenant; imports contract and the ground alone, runs as its own process.

Nothing of the judging side imports it: the two share the contract and nothing else, so that
a mistake of one shows at the other.
"""
