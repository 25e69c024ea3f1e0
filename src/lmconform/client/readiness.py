"""Waits for a resource group that is new: its deployments are refused until it is set up (fact M10)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Final

from lmconform.client import polling
from lmconform.contract.openapi import Operation
from lmconform.contract.resources import Role
from lmconform.settings.time_limits import TimeLimit

if TYPE_CHECKING:
    from lmconform.client.client import Client
    from lmconform.contract.capabilities import Capabilities

# What SAP's client for CAP waits out: 412, which has no other meaning for a list, and two that may be there to stay.
_NEW: Final = 412
_PERHAPS_NEW: Final = (_NEW, 403, 404)
# The grace is for those two; a group that answers 412 may take as many times as long, five minutes on a tenant.
_GRACES: Final = 5


def await_group(client: Client, capabilities: Capabilities, group: str) -> None:
    """Ask for lists that a new resource group refuses, by the description, until ``group`` does not refuse them.

    At the limit it returns as well: the items judge what is refused then. A target that does not advertise the
    capability is not waited for. Raises NotTestable when the target does not answer.
    """
    grace = polling.grace(client.session.target.poll_interval)
    for operation, capability in _refused_when_new(client):
        if not capabilities.has(capability):
            continue
        if not _is_ready(client, operation, group, _PERHAPS_NEW, grace):
            _is_ready(client, operation, group, (_NEW,), grace * _GRACES)


def _refused_when_new(client: Client) -> Iterator[tuple[Operation, str]]:
    """The lists whose 412 the description explains (``x-lm-beyond``), with the capabilities that they need."""
    for resource in client.session.resources:
        operation = resource.operation(Role.LIST)
        response = operation.response(_NEW) if operation is not None else None
        if operation is not None and response is not None and response.beyond:
            yield operation, client.session.resources.capability(operation)


def _is_ready(client: Client, operation: Operation, group: str, refusals: Collection[int], seconds: float) -> bool:
    try:
        polling.poll(
            lambda: client.send(operation.id, query={"$top": 1}, resource_group=group, judge=False),
            lambda answer: answer.status not in refusals,
            polling.Policy(seconds / polling.GRACE_LOOKS, TimeLimit("", seconds)),
            what=f"resource group {group!r}",
            state=lambda answer: answer.brief,
        )
    except polling.Overdue:
        return False
    return True
