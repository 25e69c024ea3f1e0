"""Probes: requests that judge what no single exchange shows, and observations of what the contract leaves open.

``shared`` holds what several resources promise; each resource has a folder with the rest. Imports ground to client;
run imports it.
"""
