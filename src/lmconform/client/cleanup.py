"""Removes what a run made, as far as the API can: what starts others first, what has to be stopped last."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lmconform.client.polling import LEAST_PAUSE, Overdue, Policy, poll
from lmconform.contract.life import Runs
from lmconform.contract.openapi import Operation
from lmconform.contract.resources import Resource, Resources, Role
from lmconform.errors import NotThere, SafetyRefusal, Skip, TargetLost, TargetUnreachable
from lmconform.evidence.exchange import Exchange
from lmconform.settings.time_limits import TimeLimit, TimeLimits

if TYPE_CHECKING:
    from lmconform.client.client import Client
    from lmconform.client.session import Session
    from lmconform.settings.target import Target

_SECONDS = 20.0
# It costs money as long as it is there.
_SECONDS_FOR_WHAT_STAYS = 120.0
_DEAF_ROUNDS = 3
_ROUNDS = 5
# So many rounds later what has accepted to stop is asked to stop once more: something else may have kept it going.
_ROUNDS_OF_A_STOP = 20
# Entries that are asked for at once where that may be all of them.
_PAGE = 1000
_REFUSALS = frozenset({400, 404, 409, 412})


def clean(session: Session, *, patient: bool = False) -> None:
    """Remove what can be removed, in bounded time; the session's journal says what is left.

    The API has no way to remove artifacts and configurations (fact F53). ``patient``: wait as long as the limits of
    the target allow, and until what was deleted is gone.
    """
    cleanup, limits = Cleanup(session), session.target.limits
    try:
        cleanup.adopt()
        once, stopped = removable(session.resources)
        cleanup.remove(once, limits.delete.seconds if patient else _SECONDS)
        for resource in stopped:
            seconds = limits.stop.seconds + limits.delete.seconds if patient else _seconds(resource, limits)
            for group in session.journal.groups(resource.noun):
                cleanup.stop_and_remove(resource, group, seconds)
        if patient:
            cleanup.wait_until_gone(limits.delete)
        cleanup.adopt_outputs()
    except (TargetLost, TargetUnreachable):
        # There is no server that could remove it.
        return


def most_rounds(resource: Resource, target: Target) -> int:
    """How often the end of a run asks to delete and to stop one of the resource, at most."""
    return int(_seconds(resource, target.limits) / _pause(target)) + 1


def _seconds(resource: Resource, limits: TimeLimits) -> float:
    most = _SECONDS_FOR_WHAT_STAYS if resource.cost.runs is Runs.UNTIL_STOPPED else _SECONDS
    # What has not stopped and gone in its limits has been judged already.
    return min(most, limits.stop.seconds + limits.delete.seconds)


def _pause(target: Target) -> float:
    return max(min(target.poll_interval, 2.0), LEAST_PAUSE)


def removable(resources: Resources) -> tuple[list[Resource], list[Resource]]:
    """What goes by one request, and what may have to be stopped before, each in the order of removal.

    What starts others goes first, else it would go on starting them; what costs money goes before what ends.
    """
    # The journal does not say below which item of another resource one stands.
    found = [r for r in resources if {Role.CREATE, Role.DELETE} <= set(r.operations) and not r.parent]
    once = sorted((r for r in found if not _stop(r)), key=lambda r: not r.cost.starts)
    stopped = sorted((r for r in found if _stop(r)), key=lambda r: r.cost.runs is not Runs.UNTIL_STOPPED)
    return once, stopped


def outputs(resources: Resources) -> Iterator[tuple[Resource, str, Resource]]:
    """What is made by what runs, and stays: the resource, the parameter of its list that names the maker, the maker."""
    for resource in resources:
        if not resource.is_permanent or Role.LIST not in resource.operations:
            continue
        for parameter in resource.operations[Role.LIST].parameters:
            maker = resources.identified_by(parameter.name)
            if maker is not None and maker.cost.runs is not None:
                yield resource, parameter.name, maker


def _stop(resource: Resource) -> Mapping[str, str]:
    """The body of the modification that stops one; empty when nothing does."""
    return resource.life.stop if resource.life is not None else {}


class Cleanup:
    """Removes what the journal of one session has."""

    def __init__(self, session: Session) -> None:
        self._resources = session.resources
        self._journal = session.journal
        self._ownership = session.ownership
        self._client: Client = session.client("cleanup")
        self._pause = _pause(session.target)
        # Resource, group and id of what was deleted and may still be there.
        self._accepted: list[tuple[Resource, str, str]] = []

    def adopt(self) -> None:
        """Put into the journal what was started by requests whose answers were lost."""
        for maybe in self._journal.all_maybe_started():
            origin = self._resources.identified_by(maybe.origin)
            if origin is None or not self.is_own(origin, maybe.value):
                continue
            operation = self._resources[maybe.noun].operations[Role.LIST]
            answer = self._send(operation, maybe.resource_group, query={maybe.origin: maybe.value})
            if answer is None or not answer.ok:
                continue
            for item in answer.resources():
                # The target may pass over the filter: that the origin is ours is checked here.
                if item.get(maybe.origin) == maybe.value:
                    self.take_over(self._resources[maybe.noun], maybe.resource_group, item)
            self._journal.looked_for(maybe)

    def adopt_outputs(self) -> list[tuple[Resource, str, str]]:
        """Put into the journal what executions of the run have made: it bears their id, and no name of the run.

        Returns resource, resource group and id of what was not known before.
        """
        found = []
        for resource, name, maker in outputs(self._resources):
            for group in self._journal.groups(maker.noun):
                # An answer to a creation may have named the execution of somebody else.
                makers = [one for one in self._journal.all(maker.noun, group) if self._journal.is_seen(maker.noun, one)]
                for item in self._made_by(makers, name, resource, group):
                    if item.get(name) in makers and self.take_over(resource, group, item):
                        found.append((resource, group, str(item["id"])))
        return found

    def _made_by(self, makers: list[str], name: str, resource: Resource, group: str) -> Iterator[Mapping[str, Any]]:
        """Entries of a list among which are all that the ``makers`` made: one request where one page holds all."""
        if len(makers) > 1 and resource.operations[Role.LIST].parameter("$top") is not None:
            page = self.listed(resource, group, {"$top": _PAGE})
            entries = page.resources() if page is not None and page.ok else []
            count = page.json_object().get("count") if page is not None else None
            if isinstance(count, int) and len(entries) == count < _PAGE:
                yield from entries
                return
        for maker in makers:
            answer = self.listed(resource, group, {name: maker})
            yield from answer.resources() if answer is not None and answer.ok else ()

    def take_over(self, resource: Resource, group: str, item: Mapping[str, Any]) -> bool:
        """Put into the journal what a list shows to belong to the run; returns whether it was not there."""
        found = item.get("id")
        if not isinstance(found, str) or not resource.is_id(found) or self._journal.made(resource.noun, found):
            return False
        self._journal.created(resource.noun, found, group)
        self._journal.seen(resource.noun, found)
        return True

    def remove(self, resources: list[Resource], seconds: float) -> None:
        """Remove what goes by one request, and ask again where the API itself did not answer."""
        deadline, rounds = time.monotonic() + seconds, itertools.count(1)
        for resource in resources:
            for group in self._journal.groups(resource.noun):
                self._look(resource, group)
        refused = set[tuple[str, str]]()

        def attempt() -> bool:
            left = [one for one in self._left(resources) if (one[0].noun, one[2]) not in refused]
            for resource, group, resource_id in left:
                if time.monotonic() > deadline:
                    return True
                status = self._ask(resource, Role.DELETE, group, resource_id)
                if _is_gone(status):
                    self._removed(resource, group, resource_id)
                elif status in _REFUSALS:
                    refused.add((resource.noun, resource_id))
            return not left or next(rounds) == _ROUNDS

        self._repeat(attempt, seconds)

    def stop_and_remove(self, resource: Resource, group: str, seconds: float) -> None:
        """Delete all that is left in a group, and ask to stop what cannot be deleted yet.

        What has accepted to stop is not asked again for some rounds: a stop takes a while, and may begin anew.
        """
        deaf, rounds = 0, itertools.count()
        asked_again_from: dict[str, int] = {}
        self._look(resource, group)

        def attempt() -> bool:
            nonlocal deaf
            statuses: set[int] = set()
            this_round = next(rounds)
            for resource_id in self._journal.left(resource.noun, group):
                removed = self._ask(resource, Role.DELETE, group, resource_id)
                if _is_gone(removed):
                    self._removed(resource, group, resource_id)
                    continue
                statuses.add(removed)
                if this_round < asked_again_from.get(resource_id, 0):
                    continue
                stopped = self._ask(resource, Role.MODIFY, group, resource_id, json=dict(_stop(resource)))
                statuses.add(stopped)
                if 200 <= stopped < 300:
                    asked_again_from[resource_id] = this_round + _ROUNDS_OF_A_STOP
            # A refusal may end with the status of the thing; what the API did not say will not.
            deaf = 0 if any(200 <= s < 300 or s in _REFUSALS for s in statuses) else deaf + 1
            return not statuses or deaf == _DEAF_ROUNDS

        self._repeat(attempt, seconds)

    def wait_until_gone(self, limit: TimeLimit) -> None:
        """Ask for what was deleted until it is not found; what stays is left again."""
        # What belongs to another resource has no GET for one of them.
        waiting = [one for one in self._accepted if one[0].operation(Role.GET) is not None and not one[0].owner]

        def attempt() -> bool:
            waiting[:] = [one for one in waiting if self._ask(one[0], Role.GET, one[1], one[2]) != 404]
            return not waiting

        try:
            self._repeat(attempt, limit.seconds)
        finally:
            # A second Ctrl-C ends the waiting: what was not seen to be gone is said to be left.
            for resource, _, resource_id in waiting:
                self._journal.stays(resource.noun, resource_id)

    def ask(self, resource: Resource, role: Role, group: str, resource_id: str) -> Exchange | None:
        """The answer to one request about one thing; None when there is none."""
        operation = resource.operations[role]
        return self._send(operation, group, **resource.address(operation, resource_id))

    def find(self, resource: Resource, group: str, ids: list[str]) -> Exchange | None:
        """The answer to a question for what belongs to some of another resource; None when there is none."""
        return self._send(resource.operations[Role.GET], group, query={f"{resource.id_parameter}s": ids})

    def listed(self, resource: Resource, group: str, query: Mapping[str, Any] | None = None) -> Exchange | None:
        """The answer to a list; None when there is none."""
        return self._send(resource.operations[Role.LIST], group, query=query or {})

    def is_own(self, resource: Resource, resource_id: str) -> bool:
        """Whether the target shows that it belongs to the run."""
        try:
            self._client.see(resource, resource_id)
        except (SafetyRefusal, Skip):
            return False
        return True

    def _look(self, resource: Resource, group: str) -> None:
        """See by one list what else would be seen by a GET for each, before it is changed."""
        left = self._journal.left(resource.noun, group)
        unseen = [one for one in left if self._ownership.named(resource, one) is not None]
        if len(unseen) > 1 and resource.operation(Role.LIST) is not None:
            self.listed(resource, group)

    def _removed(self, resource: Resource, group: str, resource_id: str) -> None:
        self._journal.removed(resource.noun, resource_id)
        self._accepted.append((resource, group, resource_id))

    def _repeat(self, attempt: Callable[[], bool], seconds: float) -> None:
        """Attempt until it says that it is over, for so many seconds at most."""
        policy = Policy(self._pause, TimeLimit("", seconds))
        with suppress(Overdue):
            poll(attempt, lambda is_over: is_over, policy, what="the clean-up", state=str)

    def _left(self, resources: list[Resource]) -> Iterator[tuple[Resource, str, str]]:
        for resource in resources:
            for group in self._journal.groups(resource.noun):
                yield from ((resource, group, left) for left in self._journal.left(resource.noun, group))

    def _ask(self, resource: Resource, role: Role, group: str, resource_id: str, **rest: Any) -> int:
        """Send one request about one thing; returns the status, 0 when there is no answer."""
        operation = resource.operations[role]
        try:
            answer = self._send(operation, group, **resource.address(operation, resource_id), **rest)
        except NotThere as refusal:
            # What it was made from may be what is not there: that says nothing of the thing itself.
            return 404 if (refusal.noun, refusal.id) == (resource.noun, resource_id) else 0
        return answer.status if answer is not None else 0

    def _send(self, operation: Operation, group: str, **rest: Any) -> Exchange | None:
        try:
            return self._client.send(operation.id, resource_group=group, judge=False, **rest)
        except NotThere:
            raise
        except (SafetyRefusal, Skip):
            return None


def _is_gone(status: int) -> bool:
    return 200 <= status < 300 or status == 404
