"""The web page at ``/``: what the mock offers, its state as it changes, and the documentation of the API.

The page reads the store when a browser asks for it, and changes nothing. Requests to the API pass through unchanged.
"""
