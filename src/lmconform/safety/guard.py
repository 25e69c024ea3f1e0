"""Keeps a run from harming a tenant: what is ours, what may be sent, what must be removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from lmconform.contract.openapi import Operation
from lmconform.errors import BudgetSpent, SafetyRefusal

# Names of everything that a run creates begin with this, so that people find what is left.
NAME_PREFIX = "lmconform-"

# Ids of things that exist nowhere begin with this, so that a request for them touches nothing.
ABSENT_PREFIX = "lmconform-absent-"

# How many executions and deployments one worker may have started on a target that is not the mock.
EXECUTION_BUDGET = 40
DEPLOYMENT_BUDGET = 20

# No run lasts longer, and what it leaves behind must not start anything before somebody looks.
_SOON_DAYS = 8


class Journal:
    """The ids that this run created, by kind, such as ``artifact`` or ``execution``; of a file its path."""

    def __init__(self) -> None:
        self._owned: dict[str, list[str]] = {}
        self._gone: set[tuple[str, str]] = set()
        self._doubted: set[str] = set()
        self._maybe_started: set[tuple[str, str, str]] = set()

    def created(self, kind: str, resource_id: str, resource_group: str) -> None:
        """Remember something that we made."""
        owned = self._owned.setdefault(f"{kind}@{resource_group}", [])
        # A file can be made again under its path.
        self._gone.discard((kind, resource_id))
        if resource_id not in owned:
            owned.append(resource_id)

    def removed(self, kind: str, resource_id: str) -> None:
        """It is gone, or on its way out."""
        self._gone.add((kind, resource_id))

    def doubt(self, ids: Iterable[str]) -> None:
        """A request to change these got no answer that says whether it was carried out."""
        self._doubted.update(ids)

    def is_doubted(self, resource_id: str) -> bool:
        """Whether nobody knows what state it is in: no probe may build on it any more."""
        return resource_id in self._doubted

    def maybe_started(self, kind: str, configuration_id: str, resource_group: str) -> None:
        """A request to start one of a kind got no answer that says whether it did."""
        self._maybe_started.add((kind, configuration_id, resource_group))

    def all_maybe_started(self) -> list[tuple[str, str, str]]:
        """Kind, configuration and resource group of what may have been started; the configurations are ours."""
        return sorted(found for found in self._maybe_started if self.owns(found[1]))

    def owns(self, resource_id: str) -> bool:
        """Whether this run made it."""
        return any(resource_id in ids for ids in self._owned.values())

    def left(self, kind: str, resource_group: str) -> list[str]:
        """What of a kind we made and did not remove."""
        return [i for i in self._owned.get(f"{kind}@{resource_group}", []) if (kind, i) not in self._gone]

    def groups(self, kind: str) -> list[str]:
        """The resource groups in which we made something of that kind."""
        return [key.partition("@")[2] for key in self._owned if key.partition("@")[0] == kind]

    def made(self, kind: str) -> int:
        """How many of a kind this run made, whatever became of them."""
        return sum(len(ids) for key, ids in self._owned.items() if key.partition("@")[0] == kind)

    def count_left(self) -> Counter[str]:
        """How many of each kind are still there."""
        counts: Counter[str] = Counter()
        for key in self._owned:
            kind, _, group = key.partition("@")
            counts[kind] += len(self.left(kind, group))
        return counts


class Guard:
    """Refuses a destructive request that names an id which is neither ours nor nobody's."""

    def __init__(self, journal: Journal, *, is_mock: bool) -> None:
        self._journal = journal
        self._is_mock = is_mock

    def check(self, operation: Operation | None, path: Mapping[str, str], query: Any, body: Any) -> None:
        """Raise SafetyRefusal when the request must not be sent. The mock is nobody's tenant."""
        if self._is_mock or operation is None or operation.effect == "read":
            return
        if operation.id in ("createExecution", "createExecutionForConfiguration"):
            self._stay_within("execution", EXECUTION_BUDGET)
        if operation.id == "createDeployment":
            self._stay_within("deployment", DEPLOYMENT_BUDGET)
        if operation.id in ("createExecutionSchedule", "modifyExecutionSchedule") and isinstance(body, dict):
            cron = body.get("cron")
            if isinstance(cron, str) and fires_soon(cron, datetime.now(UTC)):
                raise SafetyRefusal(f"not sent: a schedule {cron!r} could start executions soon")
        for found in _ids(path, query, body):
            if _touches(operation) and not (self._journal.owns(found) or _is_harmless(operation, found)):
                raise SafetyRefusal(f"not sent: {operation.label} would touch {found!r}, which this run did not create")

    def _stay_within(self, kind: str, budget: int) -> None:
        if self._journal.made(kind) >= budget:
            raise BudgetSpent(f"not sent, no more {kind}s: the run has started its {budget} {kind}s on this target")


def quiet_month(now: datetime) -> int:
    """The month, 1 to 12, that is half a year away: a schedule for it starts nothing for months."""
    return (now.month + 5) % 12 + 1


def fires_soon(cron: str, now: datetime) -> bool:
    """Whether a schedule could start an execution within days, read with seconds or without.

    What has not five or six fields is no cron.
    """
    fields = cron.split()
    if len(fields) not in (5, 6):
        return False
    # With seconds in front of it, day and month stand one place further on.
    return any(_near(now, *fields[first : first + 3]) for first in range(2, len(fields) - 2))


def _near(now: datetime, day: str, month: str, weekday: str) -> bool:
    days = [now + timedelta(days=number) for number in range(-1, _SOON_DAYS)]
    if month.isdecimal() and int(month) not in {d.month for d in days}:
        return False
    dated = month.isdecimal() and day.isdecimal() and weekday == "*"
    return not dated or any((d.month, d.day) == (int(month), int(day)) for d in days)


def _touches(operation: Operation) -> bool:
    """Whether the operation changes something that is there already."""
    return operation.method in ("PATCH", "DELETE", "PUT")


def _is_harmless(operation: Operation, found: str) -> bool:
    """Whether it exists nowhere (nothing has an empty id), or is a file in a folder that nobody else has."""
    if operation.method == "PUT":
        return any(segment.startswith(NAME_PREFIX) for segment in found.split("/"))
    return not found or found.startswith(ABSENT_PREFIX)


def _ids(path: Mapping[str, str], query: Any, body: Any) -> Iterable[str]:
    # A file has no id, its path tells whose it is.
    yield from (v for k, v in path.items() if k.endswith("Id") or k == "path")
    if isinstance(query, Mapping):
        yield from (str(v) for k, v in query.items() if k == "executionId")
    if isinstance(body, dict):
        if isinstance(body.get("executionId"), str):
            yield body["executionId"]
        for items in (body.get("executions"), body.get("deployments")):
            for item in items if isinstance(items, list) else ():
                if isinstance(item, dict) and isinstance(item.get("id"), str):
                    yield item["id"]
