"""What ``GET /lm/meta`` limits, and a step asks for more of."""

from __future__ import annotations

import re
from typing import Any

from lmconform.contract.capabilities import Capabilities
from lmconform.scenarios.model import Step, Workflow

_MINUTES = {"m": 1, "h": 60, "d": 24 * 60}
_SPAN = re.compile(r"([0-9]+)([mhdMHD])")
_ENDLESS = (None, -1, "-1")


def beyond_limits(workflow: Workflow, step: Step, capabilities: Capabilities) -> str:
    """Why the target need not take the time to live that the step's requirements are about, or empty.

    What is sent in one step is looked at in another: both name the same requirement.
    """
    for other in workflow.steps:
        payload = other.body.payload if other.body else None
        ttl = payload.get("ttl") if isinstance(payload, dict) else None
        if isinstance(ttl, str) and set(other.requirements) & set(step.requirements) and not _allows(capabilities, ttl):
            return f"the limits in GET /v2/lm/meta do not allow a time to live of {ttl}"
    return ""


def _allows(capabilities: Capabilities, ttl: str) -> bool:
    limits: Any = capabilities.meta
    for part in ("aiApi", "limits", "timeToLiveDeployments"):
        limits = limits.get(part) if isinstance(limits, dict) else None
    if not isinstance(limits, dict):
        return True
    least, most, asked = limits.get("minimum"), limits.get("maximum"), _minutes(ttl)
    # A limit that nobody can read may be any.
    if any(limit not in _ENDLESS and _minutes(limit) is None for limit in (least, most)) or asked is None:
        return False
    return (_minutes(least) or 0) <= asked <= (_minutes(most) or asked)


def _minutes(span: object) -> int | None:
    match = _SPAN.fullmatch(span) if isinstance(span, str) else None
    return int(match[1]) * _MINUTES[match[2].lower()] if match else None
