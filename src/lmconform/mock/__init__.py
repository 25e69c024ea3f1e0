"""A stateful mock of a tenant, run in a separate process; it imports only the contract and the ground.

The judging side never imports this package. The two sides share the contract and nothing else, so that a mistake
in one of them shows in the other.
"""
