"""``POST /configurations`` and ``POST /executions`` by their bodies: the tutorial's page swaps the two paths.

In the dialect ``as-printed`` each of the two operations accepts both bodies. A configuration has an
``executableId``, an execution has none.
"""

from __future__ import annotations

from lmconform.mock import configurations, executions
from lmconform.mock.call import Call, Reply


def create(call: Call) -> Reply:
    """Create a configuration or start an execution, whichever the body describes."""
    if "executableId" in call.body:
        return configurations.create(call)
    return executions.create(call)
