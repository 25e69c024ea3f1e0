"""The life of an execution as a function of time (lm-facts C.1); nothing here has a state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

STOPPABLE = frozenset({"PENDING", "RUNNING"})
DELETABLE = frozenset({"UNKNOWN", "COMPLETED", "STOPPED", "DEAD"})
TERMINAL = frozenset({"COMPLETED", "STOPPED", "DEAD"})

# In units of the pace, counted from the creation.
_PENDING, _RUNNING, _DEAD, _OUTPUT, _COMPLETED = 1.0, 2.0, 3.0, 3.5, 4.0
_STOPPING = 0.5
_GONE = 0.5


@dataclass(slots=True)
class Execution:
    """One execution; times are seconds since the epoch. ``failure`` is why it will die, or empty."""

    id: str
    configuration: dict[str, Any]
    created: float
    failure: str
    outputs: tuple[tuple[str, str], ...]
    stopped: float | None = None
    deleted: float | None = None
    artifacts: list[dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """What is true of an execution at one time."""

    status: str
    target_status: str
    modified: float
    submitted: float | None
    started: float | None
    completed: float | None


def at(execution: Execution, now: float, pace: float) -> Moment:
    """The execution as it is at ``now``."""
    born = execution.created
    marks = {"UNKNOWN": born, "PENDING": born + _PENDING * pace, "RUNNING": born + _RUNNING * pace}
    if execution.failure:
        marks["DEAD"] = born + _DEAD * pace
    else:
        marks["COMPLETED"] = born + _COMPLETED * pace
    if execution.stopped is not None:
        marks = {name: when for name, when in marks.items() if when <= execution.stopped}
        marks["STOPPING"] = execution.stopped
        marks["STOPPED"] = execution.stopped + _STOPPING * pace
    reached = {name: when for name, when in marks.items() if when <= now} or {"UNKNOWN": born}
    status = list(reached)[-1]
    target = "COMPLETED" if execution.stopped is None else "STOPPED"
    modified = reached[status]
    if execution.deleted is not None:
        target, modified = "DELETED", max(modified, execution.deleted)
    return Moment(
        status,
        target,
        modified,
        reached.get("PENDING"),
        reached.get("RUNNING"),
        next((reached[s] for s in TERMINAL if s in reached), None),
    )


def output_due(execution: Execution, pace: float) -> float:
    """When the output artifacts appear, shortly before the end."""
    return execution.created + _OUTPUT * pace


def gone_at(execution: Execution, pace: float) -> float | None:
    """When a deleted execution disappears, or None while nobody deleted it."""
    return None if execution.deleted is None else execution.deleted + _GONE * pace
