"""The root page for people: what is offered, the state as it changes, the API's documentation.

It reads the store when somebody looks, and changes nothing; requests for the API pass it by untouched.
"""
