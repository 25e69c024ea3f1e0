"""Fuzz: the bridge to schemathesis, with data that names real things; imports ground to client.

schemathesis is imported here and nowhere else, and its command line is never called.
"""
