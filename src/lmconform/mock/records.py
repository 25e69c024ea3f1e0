"""What a resource group keeps of enactments, schedules and metrics: values without behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Enactment:
    """An execution, or a deployment when ``serves``; times are seconds since the epoch.

    ``failure`` is the reason why it will fail, or empty; ``dies`` says whether it then becomes DEAD or stays
    PENDING. ``before`` is its status at the time of its last update, ``served`` the configuration that it served
    until then. ``outputs`` are names and kinds of output artifacts. ``finished`` and ``failed`` are when a test ended
    it by hand. While it ``waits`` for room it stays PENDING; ``held`` is how many seconds it waited.
    """

    id: str
    configuration: dict[str, Any]
    created: float
    failure: str
    serves: bool = False
    dies: bool = True
    outputs: tuple[tuple[str, str], ...] = ()
    schedule: str | None = None
    ttl: str | None = None
    stopped: float | None = None
    deleted: float | None = None
    updated: float | None = None
    before: Moment | None = None
    served: dict[str, Any] | None = None
    artifacts: list[dict[str, Any]] | None = None
    finished: float | None = None
    failed: float | None = None
    waits: bool = False
    held: float = 0.0

    @property
    def shelf(self) -> str:
        """The name of the shelf that keeps it in its resource group."""
        return "deployments" if self.serves else "executions"


@dataclass(frozen=True, slots=True)
class Moment:
    """The status of an enactment at one time; ``rolled`` says whether its present configuration has run."""

    status: str
    target_status: str
    modified: float
    submitted: float | None
    started: float | None
    completed: float | None
    rolled: bool


@dataclass(slots=True)
class Schedule:
    """An execution schedule; times are seconds since the epoch.

    Schedule time starts at ``anchor`` and is scaled by ``--hour``: ``tick`` is the next run in schedule time, ``due``
    the same run in real time.
    """

    id: str
    data: dict[str, Any]
    configuration: dict[str, Any]
    start: float | None
    end: float | None
    status: str
    created: float
    modified: float
    anchor: float
    tick: float = 0.0
    due: float = 0.0


@dataclass(slots=True)
class Tracking:
    """The metrics of one execution: points in order of arrival, tags and custom info by name.

    ``weight`` is their size in bytes; ``saved`` is the number of points that the state file has.
    """

    metrics: list[dict[str, Any]] = field(default_factory=list)
    tags: dict[str, dict[str, Any]] = field(default_factory=dict)
    custom_info: dict[str, dict[str, Any]] = field(default_factory=dict)
    weight: int = 0
    saved: int = 0
