"""Waivers: known defects that do not gate until a date. Values, their file, and what they say of a result.

It imports ground to results, sends nothing, and knows neither the items of a run nor its options.
"""
