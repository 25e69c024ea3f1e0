"""What the mock remembers: one shelf per kind in each resource group, in memory, bounded."""

from __future__ import annotations

import heapq
import math
import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from lmconform.mock import lifecycle
from lmconform.mock.content import Catalog
from lmconform.mock.lifecycle import Enactment, Timing
from lmconform.mock.problems import TOO_LARGE, Problem
from lmconform.mock.times import seconds

Clock = Callable[[], float]
# What is done when its time has come: by name, a function of the group, the id that it is about, and the time.
Events = Mapping[str, Callable[["Group", str, float], None]]
# Told of each change: the names of group and shelf, and the id.
Touched = Callable[[str, str, str], None]

GROUPS = ("default", "tutorial", "other")
QUOTA = 20_000
_MOST_GROUPS = 50
# What all resource groups together may hold, by a rough measure: memory has an end.
_MOST_BYTES = 512 * 1024 * 1024
PLAIN = 1000


@dataclass(slots=True)
class Tracking:
    """The metrics of one execution: points in order of arrival, tags and custom info by name; ``weight`` in bytes.

    ``saved`` is how many of the points are in the state file.
    """

    metrics: list[dict[str, Any]] = field(default_factory=list)
    tags: dict[str, dict[str, Any]] = field(default_factory=dict)
    custom_info: dict[str, dict[str, Any]] = field(default_factory=dict)
    weight: int = 0
    saved: int = 0


@dataclass(slots=True)
class Schedule:
    """An execution schedule; times are seconds since the epoch.

    Its own time starts at ``anchor`` and runs at the mock's pace: ``tick`` is when it fires next in that time,
    ``due`` the same on the wall.
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


class Group:
    """Everything of one resource group. Whoever changes what lies on a shelf says so with ``touch``."""

    def __init__(
        self,
        name: str,
        timing: Timing,
        catalog: Catalog,
        events: Events,
        clock: Clock,
        quota: int,
        touched: Touched,
        siblings: Mapping[str, Group],
    ) -> None:
        self.name = name
        self.held = 0
        self._quota = quota
        self._touched = touched
        self._siblings = siblings
        self.timing = timing
        self.catalog = catalog
        self.now = clock
        self.created = clock()
        self.labels: list[dict[str, Any]] = []
        self.artifacts: dict[str, dict[str, Any]] = {}
        self.configurations: dict[str, dict[str, Any]] = {}
        self.executions: dict[str, Enactment] = {}
        self.deployments: dict[str, Enactment] = {}
        self.schedules: dict[str, Schedule] = {}
        self.tracking: dict[str, Tracking] = {}
        self.files: dict[str, bytes] = {}
        self.ghosts: dict[str, Enactment] = {}
        self._events: Events = {"output": _output, "gone": _gone, **events}
        self._due: list[tuple[float, int, str, str]] = []
        self._ticket = 0

    def holds(self, resource_id: str) -> bool:
        """Whether something of that id is here."""
        shelves: tuple[Mapping[str, Any], ...] = (
            self.artifacts,
            self.configurations,
            self.executions,
            self.deployments,
            self.schedules,
        )
        return any(resource_id in shelf for shelf in shelves)

    def touch(self, shelf: str, key: str) -> None:
        """What has that id on that shelf is new, changed or gone."""
        self._touched(self.name, shelf, key)

    def room(self, shelf: dict[str, Any], weight: int = PLAIN) -> None:
        """Make room for one more on the shelf, ``weight`` bytes; raises a quota error when there is none."""
        if len(shelf) >= self._quota:
            raise Problem(400, "01010090", f"Quota of {self._quota} resources is exhausted in this resource group")
        self.take(weight)

    def take(self, weight: int) -> None:
        """Count what is kept, in bytes, or raise when the mock is full; negative when something goes."""
        if weight > 0 and sum(group.held for group in self._siblings.values()) + weight > _MOST_BYTES:
            raise Problem(413, TOO_LARGE, "The mock is full")
        self.held += weight

    def add_artifact(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep an artifact; returns it with id and times."""
        self.room(self.artifacts, weigh(data))
        stamp = seconds(self.now())
        artifact = {"id": str(uuid.uuid4()), **data, "createdAt": stamp, "modifiedAt": stamp}
        self.artifacts[artifact["id"]] = artifact
        self.touch("artifacts", artifact["id"])
        return artifact

    def add_configuration(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep a configuration; returns it with id and time."""
        self.room(self.configurations, weigh(data))
        configuration = {"id": str(uuid.uuid4()), **data, "createdAt": seconds(self.now())}
        self.configurations[configuration["id"]] = configuration
        self.touch("configurations", configuration["id"])
        return configuration

    def add_execution(
        self,
        configuration: dict[str, Any],
        failure: str,
        outputs: tuple[tuple[str, str], ...],
        *,
        schedule: str | None = None,
        when: float | None = None,
    ) -> Enactment:
        """Start an execution; it will die of ``failure`` unless that is empty."""
        self.room(self.executions)
        execution = Enactment(
            "e" + secrets.token_hex(8)[1:],
            configuration,
            self.now() if when is None else when,
            failure,
            dies=self.timing.bindings_kill,
            outputs=outputs,
            schedule=schedule,
        )
        self.executions[execution.id] = execution
        self.touch("executions", execution.id)
        if not failure:
            self.later(lifecycle.output_due(execution, self.timing), "output", execution.id)
        return execution

    def add_deployment(self, configuration: dict[str, Any], failure: str, ttl: str | None) -> Enactment:
        """Start a deployment; one with a ``failure`` dies where an execution would."""
        self.room(self.deployments)
        deployment = Enactment("d" + secrets.token_hex(8)[1:], configuration, self.now(), failure, serves=True, ttl=ttl)
        self.deployments[deployment.id] = deployment
        self.touch("deployments", deployment.id)
        return deployment

    def delete(self, enactment: Enactment, when: float | None = None) -> None:
        """Mark for deletion; it disappears after a while."""
        enactment.deleted = self.now() if when is None else when
        self.touch(enactment.shelf, enactment.id)
        self.later(lifecycle.gone_at(enactment, self.timing) or 0.0, "gone", enactment.id)

    def track(self, execution_id: str) -> Tracking:
        """The metrics of an execution, made when there are none."""
        if execution_id not in self.tracking:
            self.room(self.tracking)
            self.tracking[execution_id] = Tracking()
            self.touch("tracking", execution_id)
        return self.tracking[execution_id]

    def forget(self, execution_id: str) -> bool:
        """Drop the metrics of an execution; whether there were any."""
        tracking = self.tracking.pop(execution_id, None)
        if tracking is not None:
            self.take(-tracking.weight - PLAIN)
            self.touch("tracking", execution_id)
        return tracking is not None

    def unschedule(self, schedule_id: str) -> None:
        """Drop a schedule."""
        del self.schedules[schedule_id]
        self.take(-PLAIN)
        self.touch("schedules", schedule_id)

    def settle(self, until: float = math.inf) -> None:
        """Let happen what is due: outputs appear, schedules fire, what is deleted or expired disappears.

        Stops at ``until`` on the clock of ``time.perf_counter``.
        """
        now = self.now()
        while self._due and self._due[0][0] <= now and time.perf_counter() < until:
            when, _, event, subject = heapq.heappop(self._due)
            self._events[event](self, subject, when)

    def later(self, when: float, event: str, subject: str) -> None:
        """Have that event's function called with the id ``subject`` at ``when``, seconds since the epoch."""
        if when < lifecycle.NEVER:
            self._ticket += 1
            heapq.heappush(self._due, (when, self._ticket, event, subject))

    def resume(self) -> None:
        """Plan again what is still to happen, after a restart."""
        for execution in self.executions.values():
            if not execution.failure:
                self.later(lifecycle.output_due(execution, self.timing), "output", execution.id)
        for deployment in self.deployments.values():
            if deployment.ttl is not None:
                self.later(deployment.created, "expire", deployment.id)
        for enactment in (*self.executions.values(), *self.deployments.values()):
            when = lifecycle.gone_at(enactment, self.timing)
            if when is not None:
                self.later(when, "gone", enactment.id)
        for schedule in self.schedules.values():
            self.later(schedule.due, "fire", schedule.id)


def _output(group: Group, execution_id: str, when: float) -> None:
    execution = group.executions.get(execution_id)
    if execution is None or execution.artifacts is not None or execution.stopped is not None:
        return
    execution.artifacts = []
    group.touch("executions", execution_id)
    for name, kind in execution.outputs:
        artifact = {
            "name": name,
            "kind": kind,
            "url": f"ai://default/{execution_id}/{name}",
            "description": "",
            "scenarioId": execution.configuration["scenarioId"],
            "executionId": execution_id,
        }
        # Nobody asked just now, so that nobody is told when there is no room.
        with suppress(Problem):
            execution.artifacts.append(group.add_artifact(artifact))


def _gone(group: Group, enactment_id: str, when: float) -> None:
    enactment = group.executions.pop(enactment_id, None) or group.deployments.pop(enactment_id, None)
    if enactment is not None:
        group.take(-PLAIN)
        group.touch(enactment.shelf, enactment_id)
    if not group.timing.metrics_stay:
        group.forget(enactment_id)
    if enactment is not None and group.timing.lag:
        # Lists that run behind show it a little longer.
        group.ghosts[enactment_id] = enactment
        group.later(when + group.timing.lag * group.timing.pace, "gone", enactment_id)
    else:
        group.ghosts.pop(enactment_id, None)


def weigh(value: Any) -> int:
    """Roughly how many bytes a JSON value takes in memory."""
    if isinstance(value, dict):
        return 200 + sum(100 + weigh(member) for member in value.values())
    if isinstance(value, list):
        return 100 + sum(weigh(item) for item in value)
    return 50 + (len(value) if isinstance(value, str) else 0)


def _unnoticed(group: str, shelf: str, key: str) -> None:
    """Nobody keeps what has changed."""


class Store:
    """The resource groups. ``quota`` is the most of one kind in one group."""

    def __init__(
        self,
        timing: Timing,
        catalog: Catalog,
        events: Events,
        clock: Clock = time.time,
        quota: int = QUOTA,
        touched: Touched | None = None,
    ) -> None:
        self._ingredients = (timing, catalog, events, clock, quota, touched or _unnoticed)
        self._touched = touched or _unnoticed
        self.groups: dict[str, Group] = {}
        for name in GROUPS:
            self.add(name)

    def add(self, name: str) -> Group:
        """Make a resource group; there are at most 50 (fact C7)."""
        if len(self.groups) >= _MOST_GROUPS:
            raise Problem(400, "01010090", f"Quota of {_MOST_GROUPS} resource groups is exhausted")
        self.groups[name] = Group(name, *self._ingredients, self.groups)
        self._touched(name, "groups", name)
        return self.groups[name]

    def remove(self, name: str) -> None:
        """Drop a resource group with everything in it."""
        del self.groups[name]
        self._touched(name, "groups", name)

    def settle(self, limit: float) -> None:
        """Let happen what is due in any group, for ``limit`` seconds at most."""
        until = time.perf_counter() + limit
        for group in list(self.groups.values()):
            group.settle(until)

    def holds(self, resource_id: str) -> bool:
        """Whether something of that id is in any resource group."""
        return any(group.holds(resource_id) for group in self.groups.values())
