"""Keeps a run from harming a tenant: what is ours, what may be sent, what must be removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from lmconform.contract.openapi import Operation
from lmconform.errors import SafetyRefusal

# Names of everything that a run creates begin with this, so that people find what is left.
NAME_PREFIX = "lmconform-"

# Ids of things that exist nowhere begin with this, so that a request for them touches nothing.
ABSENT_PREFIX = "lmconform-absent-"

# How many executions and deployments one worker may start on a target that is not the mock.
EXECUTION_BUDGET = 40
DEPLOYMENT_BUDGET = 20


class Journal:
    """The ids that this run created, by kind, such as ``artifact`` or ``execution``; of a file its path."""

    def __init__(self) -> None:
        self._owned: dict[str, list[str]] = {}
        self._gone: set[tuple[str, str]] = set()

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

    def owns(self, resource_id: str) -> bool:
        """Whether this run made it."""
        return any(resource_id in ids for ids in self._owned.values())

    def left(self, kind: str, resource_group: str) -> list[str]:
        """What of a kind we made and did not remove."""
        return [i for i in self._owned.get(f"{kind}@{resource_group}", []) if (kind, i) not in self._gone]

    def groups(self, kind: str) -> list[str]:
        """The resource groups in which we made something of that kind."""
        return [key.partition("@")[2] for key in self._owned if key.partition("@")[0] == kind]

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
        self._started: Counter[str] = Counter()

    def check(self, operation: Operation | None, path: Mapping[str, str], query: Any, body: Any) -> None:
        """Raise SafetyRefusal when the request must not be sent. The mock is nobody's tenant."""
        if self._is_mock or operation is None or operation.effect == "read":
            return
        self._count(operation)
        for found in _ids(path, query, body):
            if _touches(operation) and not (self._journal.owns(found) or _is_harmless(operation, found)):
                raise SafetyRefusal(f"not sent: {operation.label} would touch {found!r}, which this run did not create")

    def _count(self, operation: Operation) -> None:
        if operation.id in ("createExecution", "createExecutionForConfiguration"):
            kind, budget = "executions", EXECUTION_BUDGET
        elif operation.id == "createDeployment":
            kind, budget = "deployments", DEPLOYMENT_BUDGET
        else:
            return
        self._started[kind] += 1
        if self._started[kind] > budget:
            raise SafetyRefusal(f"not sent: the run has started its {budget} {kind} on this target")


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
