"""The statuses that resources went through while a workflow ran."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from lmconform.contract.openapi import Contract
from lmconform.contract.resources import Role, resources
from lmconform.evidence.exchange import decode

_WORKFLOW: Final = "scenario/"
# Characters of an id and of a status, and statuses of one resource: a server may name them as it likes.
_LONGEST: Final = 100
_MOST: Final = 100


@dataclass(slots=True)
class Lived:
    """One resource in one workflow: the statuses that its GET has shown, and when each was first seen.

    The seconds of a status are those since the first request of the workflow; ``end`` is when it was seen last.
    """

    workflow: str
    noun: str
    id: str
    statuses: list[tuple[str, float]] = field(default_factory=list)
    end: float = 0.0


class Lives:
    """Reads them from recorded exchanges, in the order in which these were sent.

    A workflow brings a resource in by creating it, or by asking for it; from then on every look at it counts.
    """

    def __init__(self, contract: Contract) -> None:
        known = resources(contract)
        self._nouns: dict[str, str] = {}
        for operation in contract.operations:
            made = [resource for resource in known.creates(operation) if resource.life is not None]
            about = known.resource_of(operation)
            if made:
                self._nouns[operation.id] = made[0].noun
            elif about is not None and about.life is not None and known.role_of(operation) == Role.GET:
                self._nouns[operation.id] = about.noun
        self._begun: dict[str, datetime] = {}
        self._of: dict[tuple[str, str], Lived] = {}

    def add(self, record: Mapping[str, Any]) -> None:
        """Look at one line of exchanges.jsonl."""
        moment = datetime.fromisoformat(record["started"])
        if record["item"].startswith(_WORKFLOW):
            self._begun.setdefault(_workflow(record["item"]), moment)
        noun, shown = self._nouns.get(record["operation"]), _shown(record["response"])
        if noun is None or shown is None:
            return
        name, status = shown
        lived = self._of.get((noun, name))
        if lived is None:
            if not record["item"].startswith(_WORKFLOW):
                return
            lived = self._of[noun, name] = Lived(_workflow(record["item"]), noun, name)
        if status:
            since = (moment - self._begun[lived.workflow]).total_seconds()
            lived.end = max(round(since, 3), lived.end)
            if (not lived.statuses or lived.statuses[-1][0] != status) and len(lived.statuses) < _MOST:
                lived.statuses.append((status, lived.end))

    def rows(self) -> list[Lived]:
        """Every resource whose status was seen, in the order in which they came in."""
        return [lived for lived in self._of.values() if lived.statuses]


def _workflow(item: str) -> str:
    return item.removeprefix(_WORKFLOW).partition("/")[0]


def _shown(answer: Mapping[str, Any]) -> tuple[str, str] | None:
    """The id and the status in a 2xx answer; the status may be missing, and is an empty text then."""
    if answer["status"] // 100 != 2 or answer.get("truncated"):
        return None
    try:
        body = decode(answer["body"])
    except ValueError:
        return None
    name = body.get("id") if isinstance(body, dict) else None
    status = body.get("status", "") if isinstance(body, dict) else ""
    return (name[:_LONGEST], status[:_LONGEST]) if isinstance(name, str) and isinstance(status, str) else None
