"""Waits for what is new: a tenant whose tokens are refused (fact M22), a group whose deployments are (fact M10)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from lmconform.client import polling
from lmconform.contract.openapi import Operation
from lmconform.contract.resources import Role
from lmconform.evidence.exchange import Exchange
from lmconform.settings.time_limits import TimeLimit

if TYPE_CHECKING:
    from lmconform.client.client import Client
    from lmconform.contract.capabilities import Capabilities

# What SAP's client for CAP waits out: 412, which has no other meaning for a list, and two that may be there to stay.
_NEW: Final = 412
_PERHAPS_NEW: Final = (_NEW, 403, 404)
# The grace is for those two; a group that answers 412 may take as many times as long, five minutes on a tenant.
_GRACES: Final = 5
# How Envoy, the gateway of tenants (fact M7), refuses the tokens of an issuer that it does not know, or not yet.
_UNKNOWN_ISSUER: Final = "jwt issuer is not configured"
# Seconds, and looks: a key of another landscape is refused with the same words, and is to be said soon.
_MOST_WARM_UP: Final = 5.0
_WARM_UP_LOOKS: Final = 10


def await_issuer(ask: Callable[[], Exchange], interval: float) -> Exchange:
    """The answer to ``ask``, which is repeated while the tokens of a new tenant are refused; at the limit the last one.

    ``interval`` is the polling interval of the target, in seconds.
    """
    seconds, answers = min(_MOST_WARM_UP, polling.grace(interval) * _GRACES), list[Exchange]()

    def look() -> Exchange:
        answers.append(ask())
        return answers[-1]

    with suppress(polling.Overdue):
        polling.poll(
            look,
            lambda answer: answer.status != 401 or _UNKNOWN_ISSUER not in answer.text.lower(),
            polling.Policy(seconds / _WARM_UP_LOOKS, TimeLimit("", seconds)),
            what="the tokens of the tenant",
            state=lambda answer: answer.brief,
        )
    return answers[-1]


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
