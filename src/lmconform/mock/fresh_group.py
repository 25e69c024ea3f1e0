"""A resource group that was not used before: its deployments are refused for a while (fact M10)."""

from __future__ import annotations

from lmconform.mock.call import Call
from lmconform.mock.problems import Problem

# How long a group is fresh after the first request for its deployments, in steps.
_FRESH = 1.5


def check(call: Call) -> None:
    """Raise the error of the switch while the group is fresh; SAP's client for CAP waits such errors out."""
    status, response = call.switches["fresh-group"], call.operation.response(412)
    # The description marks the operations that were seen to do this: no other 412 is beyond it.
    if status == "ready" or response is None or not response.beyond:
        return
    group = call.group
    if group.opened is None:
        group.opened = group.now()
    if group.now() - group.opened < _FRESH * group.timing.pace:
        if status == "403":
            raise Problem(403, text="RBAC: access denied")
        raise Problem(int(status), "01010079", "The resource group is not set up yet")
