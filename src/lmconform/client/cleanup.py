"""Removes what a run made, as far as the API can: what starts others first, what has to be stopped last."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lmconform.client.polling import Overdue, Policy, poll
from lmconform.contract.life import Runs
from lmconform.contract.openapi import Operation
from lmconform.contract.resources import Resource, Resources, Role
from lmconform.errors import SafetyRefusal, Skip, TargetLost, TargetUnreachable
from lmconform.evidence.exchange import Exchange
from lmconform.settings.time_limits import TimeLimit

if TYPE_CHECKING:
    from lmconform.client.client import Client
    from lmconform.client.session import Session

_SECONDS = 20.0
# It costs money as long as it is there.
_SECONDS_FOR_WHAT_STAYS = 120.0
_DEAF_ROUNDS = 3
_ROUNDS = 5
_REFUSALS = frozenset({400, 404, 409, 412})


def clean(session: Session) -> None:
    """Remove what can be removed, in bounded time; the session's journal says what is left.

    The API has no way to remove artifacts and configurations (fact F53).
    """
    cleanup, limits = _Cleanup(session), session.target.limits
    try:
        cleanup.adopt()
        once, stopped = removable(session.resources)
        cleanup.remove(once, _SECONDS)
        for resource in stopped:
            most = _SECONDS_FOR_WHAT_STAYS if resource.cost.runs is Runs.UNTIL_STOPPED else _SECONDS
            # What has not stopped and gone in its limits has been judged already.
            seconds = min(most, limits.stop.seconds + limits.delete.seconds)
            for group in session.journal.groups(resource.noun):
                cleanup.stop_and_remove(resource, group, seconds)
    except (TargetLost, TargetUnreachable):
        # There is no server that could remove it.
        return


def removable(resources: Resources) -> tuple[list[Resource], list[Resource]]:
    """What goes by one request, and what may have to be stopped before, each in the order of removal.

    What starts others goes first, else it would go on starting them; what costs money goes before what ends.
    """
    # The journal does not say below which item of another resource one stands.
    found = [r for r in resources if {Role.CREATE, Role.DELETE} <= set(r.operations) and not r.parent]
    once = sorted((r for r in found if not _stop(r)), key=lambda r: not r.cost.starts)
    stopped = sorted((r for r in found if _stop(r)), key=lambda r: r.cost.runs is not Runs.UNTIL_STOPPED)
    return once, stopped


def _stop(resource: Resource) -> Mapping[str, str]:
    """The body of the modification that stops one; empty when nothing does."""
    return resource.life.stop if resource.life is not None else {}


class _Cleanup:
    """Removes what the journal of one session has."""

    def __init__(self, session: Session) -> None:
        self._resources = session.resources
        self._journal = session.journal
        self._client: Client = session.client("cleanup")
        self._pause = min(session.target.poll_interval, 2.0)

    def adopt(self) -> None:
        """Put into the journal what was started by requests whose answers were lost."""
        for maybe in self._journal.all_maybe_started():
            operation = self._resources[maybe.noun].operations[Role.LIST]
            for item in self._listed(operation, maybe.resource_group, {maybe.origin: maybe.value}):
                # The target may pass over the filter: that the origin is ours is checked here.
                ours = item.get(maybe.origin) == maybe.value
                if ours and isinstance(item.get("id"), str) and not self._journal.owns(item["id"]):
                    self._journal.created(maybe.noun, item["id"], maybe.resource_group)

    def remove(self, resources: list[Resource], seconds: float) -> None:
        """Remove what goes by one request, and ask again where the API itself did not answer."""
        deadline, rounds = time.monotonic() + seconds, itertools.count(1)
        refused = set[tuple[str, str]]()

        def attempt() -> bool:
            left = [one for one in self._left(resources) if (one[0].noun, one[2]) not in refused]
            for resource, group, resource_id in left:
                if time.monotonic() > deadline:
                    return True
                status = self._ask(resource, Role.DELETE, group, resource_id)
                if _is_gone(status):
                    self._journal.removed(resource.noun, resource_id)
                elif status in _REFUSALS:
                    refused.add((resource.noun, resource_id))
            return not left or next(rounds) == _ROUNDS

        self._repeat(attempt, seconds)

    def stop_and_remove(self, resource: Resource, group: str, seconds: float) -> None:
        """Delete all that is left in a group, and ask to stop what cannot be deleted yet."""
        deaf = 0

        def attempt() -> bool:
            nonlocal deaf
            statuses: set[int] = set()
            for resource_id in self._journal.left(resource.noun, group):
                removed = self._ask(resource, Role.DELETE, group, resource_id)
                if _is_gone(removed):
                    self._journal.removed(resource.noun, resource_id)
                    continue
                stopped = self._ask(resource, Role.MODIFY, group, resource_id, json=dict(_stop(resource)))
                statuses |= {removed, stopped}
            # A refusal may end with the status of the thing; what the API did not say will not.
            deaf = 0 if any(200 <= s < 300 or s in _REFUSALS for s in statuses) else deaf + 1
            return not statuses or deaf == _DEAF_ROUNDS

        self._repeat(attempt, seconds)

    def _repeat(self, attempt: Callable[[], bool], seconds: float) -> None:
        """Attempt until it says that it is over, for so many seconds at most."""
        policy = Policy(self._pause, TimeLimit("", seconds))
        with suppress(Overdue):
            poll(attempt, lambda is_over: is_over, policy, what="the clean-up", state=str)

    def _left(self, resources: list[Resource]) -> Iterator[tuple[Resource, str, str]]:
        for resource in resources:
            for group in self._journal.groups(resource.noun):
                yield from ((resource, group, left) for left in self._journal.left(resource.noun, group))

    def _listed(self, operation: Operation, group: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        answer = self._send(operation, group, query=query)
        found = answer.json_object().get("resources") if answer is not None else None
        return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []

    def _ask(self, resource: Resource, role: Role, group: str, resource_id: str, **rest: Any) -> int:
        """Send one request about one thing; returns the status, 0 when there is no answer."""
        operation = resource.operations[role]
        answer = self._send(operation, group, **resource.address(operation, resource_id), **rest)
        return answer.status if answer is not None else 0

    def _send(self, operation: Operation, group: str, **rest: Any) -> Exchange | None:
        try:
            return self._client.send(operation.id, resource_group=group, judge=False, **rest)
        except (SafetyRefusal, Skip):
            return None


def _is_gone(status: int) -> bool:
    return 200 <= status < 300 or status == 404
