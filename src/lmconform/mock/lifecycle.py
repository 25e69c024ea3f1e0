"""The lifecycle of executions and deployments as a function of time (facts C1, C2), without state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from lmconform.mock.records import Enactment, Moment

STOPPABLE = frozenset({"PENDING", "RUNNING"})
DELETABLE = frozenset({"UNKNOWN", "COMPLETED", "STOPPED", "DEAD"})
TERMINAL = frozenset({"COMPLETED", "STOPPED", "DEAD"})
NEVER = float("inf")

# Duration of an update, in steps.
_ROLLOUT = 1.0


class Choices(Protocol):
    """The values of switches, by name."""

    def __getitem__(self, name: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Life:
    """When each status is reached, in steps after the creation; ``pending`` None skips PENDING."""

    pending: float | None
    running: float
    dead: float
    output: float
    completed: float


_LIVES = {
    "normal": Life(1.0, 2.0, 3.0, 3.5, 4.0),
    "no-pending": Life(None, 1.0, 2.0, 2.5, 3.0),
    "instant": Life(None, 0.0, 0.0, 0.0, 0.0),
    "unknown-long": Life(8.0, 9.0, 10.0, 10.5, 11.0),
    "pending-long": Life(1.0, 9.0, 10.0, 10.5, 11.0),
    "stuck": Life(NEVER, NEVER, NEVER, NEVER, NEVER),
    "queued": Life(1.0, NEVER, NEVER, NEVER, NEVER),
}
LIVES = tuple(_LIVES)


@dataclass(frozen=True, slots=True)
class Timing:
    """Durations of a mock. ``pace`` and ``hour`` are seconds; ``gone``, ``stop`` and ``lag`` are steps.

    ``gone`` is the duration of a deletion, ``stop`` that of a stop, ``lag`` the delay of lists. ``shows_stopping`` says
    whether the status is STOPPING meanwhile, or stays what it was. ``restarts`` says whether an update
    sends a deployment back to PENDING, ``bindings_kill`` whether wrong bindings end in DEAD, ``metrics_stay``
    whether metrics remain when their execution is deleted. ``room`` is how many of a kind run at once in a group.
    """

    pace: float
    hour: float
    execution: Life
    deployment: Life
    gone: float
    stop: float
    shows_stopping: bool
    lag: float
    restarts: bool
    bindings_kill: bool
    metrics_stay: bool
    room: float

    def life(self, enactment: Enactment) -> Life:
        """The lifecycle of this kind of enactment."""
        return self.deployment if enactment.serves else self.execution


def timing(pace: float, hour: float, choices: Choices) -> Timing:
    """The durations that the switches choose."""
    return Timing(
        pace,
        hour,
        _LIVES[choices["execution-life"]],
        _LIVES[choices["deployment-life"]],
        {"normal": 0.5, "fast": 0.0, "slow": 6.0}[choices["deletion"]],
        {"normal": 0.5, "slow": 6.0, "unseen": 3.0}[choices["stop"]],
        choices["stop"] != "unseen",
        {"none": 0.0, "late": 0.4}[choices["list-lag"]],
        choices["deployment-update"] == "restarts",
        choices["wrong-bindings"] == "DEAD",
        choices["metrics-outlive-execution"] == "yes",
        {"enough": NEVER, "one": 1.0}[choices["room"]],
    )


def at(enactment: Enactment, now: float, timing: Timing) -> Moment:
    """The status of the enactment at ``now``."""
    marks = _by_hand(enactment, _planned(enactment, timing))
    if enactment.stopped is not None:
        marks = {name: when for name, when in marks.items() if when <= enactment.stopped}
        if timing.shows_stopping:
            marks["STOPPING"] = enactment.stopped
        marks["STOPPED"] = enactment.stopped + timing.stop * timing.pace
    reached = {name: when for name, when in marks.items() if when <= now} or {"UNKNOWN": enactment.created}
    status = list(reached)[-1]
    target = "RUNNING" if enactment.serves else "COMPLETED"
    if enactment.stopped is not None:
        target = "STOPPED"
    modified = reached[status]
    if enactment.deleted is not None:
        target, modified = "DELETED", max(modified, enactment.deleted)
    before = enactment.before
    return Moment(
        status,
        target,
        modified,
        before.submitted if before else reached.get("PENDING", reached.get("RUNNING")),
        before.started if before and before.started else reached.get("RUNNING"),
        next((reached[s] for s in TERMINAL if s in reached), None),
        _rolled(enactment, reached, now, timing),
    )


def _by_hand(enactment: Enactment, marks: dict[str, float]) -> dict[str, float]:
    """The marks of an enactment that a test ended: what was to come until its end came then."""
    finished, failed = enactment.finished, enactment.failed
    if finished is not None:
        marks = {name: min(when, finished) for name, when in marks.items()}
    if failed is not None:
        marks = {name: when for name, when in marks.items() if when <= failed and name not in TERMINAL}
        marks["DEAD"] = failed
    return marks


def _planned(enactment: Enactment, timing: Timing) -> dict[str, float]:
    """The time at which each status begins, in order, when no request stops the enactment."""
    if enactment.before is not None and enactment.updated is not None:
        return _rollout(enactment, enactment.before, enactment.updated, timing)
    life, created, pace = timing.life(enactment), enactment.created, timing.pace
    marks = {"UNKNOWN": created}
    pending = life.pending
    if pending is None and enactment.failure and not enactment.dies:
        pending = life.running
    if pending is not None:
        marks["PENDING"] = created + pending * pace
    if enactment.waits or (enactment.failure and not enactment.dies):
        return marks
    created += enactment.held
    marks["RUNNING"] = created + life.running * pace
    if enactment.failure:
        marks["DEAD"] = created + life.dead * pace
    elif not enactment.serves:
        marks["COMPLETED"] = created + life.completed * pace
    return marks


def _rollout(enactment: Enactment, before: Moment, updated: float, timing: Timing) -> dict[str, float]:
    stays = before.status == "RUNNING" and not timing.restarts
    done = updated + _ROLLOUT * timing.pace
    # A deployment that keeps serving stays RUNNING; the rollout shows only in latestRunningConfigurationId.
    marks = {"UNKNOWN": updated} if stays else {"UNKNOWN": enactment.created, "PENDING": updated}
    marks["RUNNING"] = updated if stays else done
    if enactment.failure:
        marks["DEAD"] = done + timing.pace
    return marks


def _rolled(enactment: Enactment, reached: dict[str, float], now: float, timing: Timing) -> bool:
    if enactment.updated is None or enactment.finished is not None or "RUNNING" not in reached:
        return "RUNNING" in reached
    return min(now, enactment.stopped or NEVER) >= enactment.updated + _ROLLOUT * timing.pace


def output_due(enactment: Enactment, timing: Timing) -> float:
    """When the output artifacts appear: shortly before the execution completes."""
    return enactment.created + enactment.held + timing.execution.output * timing.pace


def gone_at(enactment: Enactment, timing: Timing) -> float | None:
    """When a deleted enactment disappears; None while no request has deleted it."""
    return None if enactment.deleted is None else enactment.deleted + timing.gone * timing.pace
