"""The time to live of deployments: validation, and expiry (facts C2 to C26)."""

from __future__ import annotations

from lmconform.mock.call import Call
from lmconform.mock.limits import MINIMUM_TTL
from lmconform.mock.problems import bad_request
from lmconform.mock.store import Group

_HOURS = {"m": 1 / 60, "h": 1.0, "d": 24.0}
# Steps between the stop and the deletion: long enough for the deployment to become STOPPED.
_UNTIL_DELETION = 1.0


def check(call: Call, ttl: str) -> None:
    """Raise when this mock has no time to live, or when ``ttl`` is below the minimum."""
    if "timeToLiveDeployments" in call.without:
        raise bad_request("this runtime has no time to live")
    if _hours(ttl) < _hours(MINIMUM_TTL) and call.switches["ttl-below-minimum"] == "400":
        raise bad_request(f"ttl is below the minimum of {MINIMUM_TTL}")


def expire(group: Group, deployment_id: str, when: float) -> None:
    """Stop the deployment when its time to live is over, and delete it one step later; before that, wait."""
    deployment = group.deployments.get(deployment_id)
    if deployment is None or deployment.ttl is None or deployment.deleted is not None:
        return
    due = deployment.created + _hours(deployment.ttl) * group.timing.hour
    if deployment.stopped is not None:
        due = max(due, deployment.stopped + _UNTIL_DELETION * group.timing.pace)
    if when < due:
        group.plan(due, "expire", deployment_id)
    elif deployment.stopped is None:
        deployment.stopped = when
        group.touch(deployment.shelf, deployment_id)
        group.plan(when + _UNTIL_DELETION * group.timing.pace, "expire", deployment_id)
    else:
        group.delete(deployment, when)


def _hours(ttl: str) -> float:
    # Nine digits are more than any deployment lives; a longer number is legal, and would overflow a float.
    number = int(ttl[:-1].lstrip("0")[:9] or "0")
    return number * _HOURS.get(ttl[-1].lower(), 1.0)
