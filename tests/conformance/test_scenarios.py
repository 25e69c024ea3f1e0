"""Scenarios: the steps of the tutorial's flow, in order."""

import pytest


@pytest.mark.lmconform("scenario")
def test_step(conformance, item):
    """The step does what the tutorial says."""
    conformance(item)
