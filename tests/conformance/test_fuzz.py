"""Fuzz: every operation under generated data, right and wrong."""

import pytest


@pytest.mark.lmconform("fuzz")
def test_operation(conformance, item):
    """The operation answers as the contract says."""
    conformance(item)
