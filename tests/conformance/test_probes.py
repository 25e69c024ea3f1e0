"""Probes and observations: what the target promises, and how it behaves where nobody did."""

import pytest


@pytest.mark.lmconform("probe", "observe")
def test_probe(conformance, item):
    """The target keeps the requirement."""
    conformance(item)
