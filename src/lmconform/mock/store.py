"""The store: resource groups in memory, with one shelf per kind of resource and bounded size."""

from __future__ import annotations

import heapq
import math
import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lmconform.mock import lifecycle
from lmconform.mock.content import Catalog
from lmconform.mock.lifecycle import Timing
from lmconform.mock.problems import TOO_LARGE, Problem
from lmconform.mock.records import Enactment, Schedule, Tracking
from lmconform.mock.times import format_seconds

Clock = Callable[[], float]
# Functions by event name: they get the group, the id that the event is about, and the time at which it is due.
Events = Mapping[str, Callable[["Group", str, float], None]]
# Called for each change, with the names of group and shelf, and the id.
Touched = Callable[[str, str, str], None]

GROUPS = ("default", "tutorial", "other")
QUOTA = 20_000
_MOST_GROUPS = 50
# Bound on the memory of all resource groups together, as estimated by ``weigh``.
_MOST_BYTES = 512 * 1024 * 1024
# Estimated bytes of a resource that has no payload.
PLAIN = 1000


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all resource groups of a store have in common; ``groups`` are the groups by name."""

    timing: Timing
    catalog: Catalog
    events: Events
    clock: Clock
    quota: int
    touched: Touched
    groups: Mapping[str, Group]


class Group:
    """The contents of one resource group. Code that changes something on a shelf calls ``touch``."""

    def __init__(self, name: str, shared: _Shared) -> None:
        self.name = name
        self.weight = 0
        self._shared = shared
        self.timing = shared.timing
        self.catalog = shared.catalog
        self.now = shared.clock
        self.created = shared.clock()
        # When its deployments were first asked for.
        self.opened: float | None = None
        self.labels: list[dict[str, Any]] = []
        self.artifacts: dict[str, dict[str, Any]] = {}
        self.configurations: dict[str, dict[str, Any]] = {}
        self.executions: dict[str, Enactment] = {}
        self.deployments: dict[str, Enactment] = {}
        self.schedules: dict[str, Schedule] = {}
        self.tracking: dict[str, Tracking] = {}
        self.files: dict[str, bytes] = {}
        # Deleted enactments that delayed lists still show.
        self.ghosts: dict[str, Enactment] = {}
        self._due: list[tuple[float, int, str, str]] = []
        self._ticket = 0

    def holds(self, resource_id: str) -> bool:
        """Whether a resource with that id is in this group."""
        shelves: tuple[Mapping[str, Any], ...] = (
            self.artifacts,
            self.configurations,
            self.executions,
            self.deployments,
            self.schedules,
        )
        return any(resource_id in shelf for shelf in shelves)

    def touch(self, shelf: str, key: str) -> None:
        """Report that the resource was added, changed or removed."""
        self._shared.touched(self.name, shelf, key)

    def reserve(self, shelf: dict[str, Any], weight: int = PLAIN) -> None:
        """Reserve ``weight`` bytes for one more resource on the shelf; raises a quota error when it is full."""
        quota = self._shared.quota
        if len(shelf) >= quota:
            raise Problem(400, "01010090", f"Quota of {quota} resources is exhausted in this resource group")
        self.add_weight(weight)

    def add_weight(self, weight: int) -> None:
        """Add ``weight`` bytes to what the group holds, negative to release them; raises when the mock is full."""
        if weight > 0 and sum(group.weight for group in self._shared.groups.values()) + weight > _MOST_BYTES:
            raise Problem(413, TOO_LARGE, "The mock is full")
        self.weight += weight

    def add_artifact(self, data: dict[str, Any]) -> dict[str, Any]:
        """Store an artifact; returns it with id and times."""
        self.reserve(self.artifacts, weigh(data))
        stamp = format_seconds(self.now())
        artifact = {"id": str(uuid.uuid4()), **data, "createdAt": stamp, "modifiedAt": stamp}
        self.artifacts[artifact["id"]] = artifact
        self.touch("artifacts", artifact["id"])
        return artifact

    def add_configuration(self, data: dict[str, Any]) -> dict[str, Any]:
        """Store a configuration; returns it with id and time."""
        self.reserve(self.configurations, weigh(data))
        configuration = {"id": str(uuid.uuid4()), **data, "createdAt": format_seconds(self.now())}
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
        """Start an execution; it becomes DEAD because of ``failure``, unless that is empty."""
        self.reserve(self.executions)
        execution = Enactment(
            "e" + secrets.token_hex(8)[1:],
            configuration,
            self.now() if when is None else when,
            failure,
            dies=self.timing.bindings_kill,
            outputs=outputs,
            schedule=schedule,
        )
        self._queue(execution)
        self.executions[execution.id] = execution
        self.touch("executions", execution.id)
        if not failure and not execution.waits:
            self.plan(lifecycle.output_due(execution, self.timing), "output", execution.id)
        return execution

    def add_deployment(self, configuration: dict[str, Any], failure: str, ttl: str | None) -> Enactment:
        """Start a deployment; it becomes DEAD because of ``failure``, unless that is empty."""
        self.reserve(self.deployments)
        deployment = Enactment("d" + secrets.token_hex(8)[1:], configuration, self.now(), failure, serves=True, ttl=ttl)
        self._queue(deployment)
        self.deployments[deployment.id] = deployment
        self.touch("deployments", deployment.id)
        return deployment

    def has_room(self, enactment: Enactment) -> bool:
        """Whether fewer of its kind, that came earlier, are on their way than may run at once (fact M24)."""
        if self.timing.room == lifecycle.NEVER:
            return True
        now, earlier = self.now(), 0
        for other in getattr(self, enactment.shelf).values():
            if other is enactment:
                break
            earlier += lifecycle.at(other, now, self.timing).status not in lifecycle.TERMINAL
        return earlier < self.timing.room

    def _queue(self, enactment: Enactment) -> None:
        """Let a new one wait when there is no room."""
        enactment.waits = not self.has_room(enactment)
        if enactment.waits:
            self.plan(enactment.created + self.timing.pace, "admit", enactment.id)

    def delete(self, enactment: Enactment, when: float | None = None) -> None:
        """Mark an enactment as deleted; it disappears when the deletion is done."""
        enactment.deleted = self.now() if when is None else when
        self.touch(enactment.shelf, enactment.id)
        self.plan(lifecycle.gone_at(enactment, self.timing) or 0.0, "gone", enactment.id)

    def track(self, execution_id: str) -> Tracking:
        """The metrics of an execution; created when there are none."""
        if execution_id not in self.tracking:
            self.reserve(self.tracking)
            self.tracking[execution_id] = Tracking()
            self.touch("tracking", execution_id)
        return self.tracking[execution_id]

    def delete_tracking(self, execution_id: str) -> bool:
        """Remove the metrics of an execution; returns whether there were any."""
        tracking = self.tracking.pop(execution_id, None)
        if tracking is not None:
            self.add_weight(-tracking.weight - PLAIN)
            self.touch("tracking", execution_id)
        return tracking is not None

    def unschedule(self, schedule_id: str) -> None:
        """Remove a schedule."""
        del self.schedules[schedule_id]
        self.add_weight(-PLAIN)
        self.touch("schedules", schedule_id)

    def run_due_events(self, until: float = math.inf) -> None:
        """Run the events that are due, until ``until`` on the clock of ``time.perf_counter``."""
        now = self.now()
        while self._due and self._due[0][0] <= now and time.perf_counter() < until:
            when, _, event, subject = heapq.heappop(self._due)
            self._shared.events[event](self, subject, when)

    def plan(self, when: float, event: str, subject: str) -> None:
        """Schedule an event about the id ``subject`` at ``when``, seconds since the epoch."""
        if when < lifecycle.NEVER:
            self._ticket += 1
            heapq.heappush(self._due, (when, self._ticket, event, subject))

    def resume(self) -> None:
        """Schedule the pending events again, after a restart."""
        for execution in self.executions.values():
            if not execution.failure and not execution.waits:
                self.plan(lifecycle.output_due(execution, self.timing), "output", execution.id)
        for deployment in self.deployments.values():
            if deployment.ttl is not None:
                self.plan(deployment.created, "expire", deployment.id)
        for enactment in (*self.executions.values(), *self.deployments.values()):
            if enactment.waits:
                self.plan(enactment.created, "admit", enactment.id)
            when = lifecycle.gone_at(enactment, self.timing)
            if when is not None:
                self.plan(when, "gone", enactment.id)
        for schedule in self.schedules.values():
            self.plan(schedule.due, "fire", schedule.id)


def weigh(value: Any) -> int:
    """Estimated bytes of a JSON value in memory."""
    if isinstance(value, dict):
        return 200 + sum(100 + weigh(member) for member in value.values())
    if isinstance(value, list):
        return 100 + sum(weigh(item) for item in value)
    return 50 + (len(value) if isinstance(value, str) else 0)


def _ignore_change(group: str, shelf: str, key: str) -> None:
    """Used when there is no state file."""


class Store:
    """The resource groups. ``quota`` is the maximum number of resources of one kind in one group."""

    def __init__(
        self,
        timing: Timing,
        catalog: Catalog,
        events: Events,
        clock: Clock = time.time,
        quota: int = QUOTA,
        touched: Touched | None = None,
    ) -> None:
        self.groups: dict[str, Group] = {}
        self._shared = _Shared(timing, catalog, events, clock, quota, touched or _ignore_change, self.groups)
        for name in GROUPS:
            self.add(name)

    def add(self, name: str) -> Group:
        """Create a resource group; there are at most 50 (fact C7)."""
        if len(self.groups) >= _MOST_GROUPS:
            raise Problem(400, "01010090", f"Quota of {_MOST_GROUPS} resource groups is exhausted")
        self.groups[name] = Group(name, self._shared)
        self._shared.touched(name, "groups", name)
        return self.groups[name]

    def remove(self, name: str) -> None:
        """Remove a resource group with its contents."""
        del self.groups[name]
        self._shared.touched(name, "groups", name)

    def clear(self) -> None:
        """Remove all contents, and the resource groups that were added."""
        for name in list(self.groups):
            self.remove(name)
        for name in GROUPS:
            self.add(name)

    def find(self, enactment_id: str) -> tuple[Group, Enactment] | None:
        """The execution or deployment with that id, and its resource group."""
        for group in self.groups.values():
            found = group.executions.get(enactment_id) or group.deployments.get(enactment_id)
            if found is not None:
                return group, found
        return None

    def run_due_events(self, limit: float = math.inf) -> None:
        """Run the events that are due in all groups, for ``limit`` seconds at most."""
        until = time.perf_counter() + limit
        for group in list(self.groups.values()):
            group.run_due_events(until)

    def holds(self, resource_id: str) -> bool:
        """Whether a resource with that id is in any resource group."""
        return any(group.holds(resource_id) for group in self.groups.values())
