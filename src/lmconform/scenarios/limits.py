"""Which steps ask for a time to live that the limits of the target do not allow."""

from __future__ import annotations

from lmconform.contract.limits import Limits
from lmconform.contract.paths import META
from lmconform.scenarios.model import Step, Workflow


def beyond_limits(workflow: Workflow, step: Step, limits: Limits) -> str:
    """Why the target need not take the time to live that the step's requirements are about, or empty.

    What is sent in one step is looked at in another: both name the same requirement.
    """
    for other in workflow.steps:
        payload = other.body.payload if other.body else None
        ttl = payload.get("ttl") if isinstance(payload, dict) else None
        if isinstance(ttl, str) and set(other.requirements) & set(step.requirements) and not limits.allow(ttl):
            return f"the limits in {META} do not allow a time to live of {ttl}"
    return ""
