"""What the mock remembers: one shelf per resource group, in memory, bounded."""

from __future__ import annotations

import heapq
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lmconform.mock import lifecycle
from lmconform.mock.lifecycle import Execution
from lmconform.mock.problems import Problem

GROUPS = ("default", "tutorial", "other")
_MOST = 20_000


@dataclass(slots=True)
class Tracking:
    """The metrics of one execution: points in order of arrival, tags and custom info by name."""

    metrics: list[dict[str, Any]] = field(default_factory=list)
    tags: dict[str, dict[str, Any]] = field(default_factory=dict)
    custom_info: dict[str, dict[str, Any]] = field(default_factory=dict)


class Group:
    """Everything of one resource group."""

    def __init__(self, pace: float, clock: Callable[[], float]) -> None:
        self.pace = pace
        self.now = clock
        self.artifacts: dict[str, dict[str, Any]] = {}
        self.configurations: dict[str, dict[str, Any]] = {}
        self.executions: dict[str, Execution] = {}
        self.tracking: dict[str, Tracking] = {}
        self._due: list[tuple[float, int, str]] = []
        self._ticket = 0

    def room(self, shelf: dict[str, Any]) -> None:
        """Raise a quota error when the shelf is full: memory has an end."""
        if len(shelf) >= _MOST:
            raise Problem(400, "01010090", f"Quota of {_MOST} resources is exhausted in this resource group")

    def add_artifact(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep an artifact; returns it with id and times."""
        self.room(self.artifacts)
        stamp = seconds(self.now())
        artifact = {"id": str(uuid.uuid4()), **data, "createdAt": stamp, "modifiedAt": stamp}
        self.artifacts[artifact["id"]] = artifact
        return artifact

    def add_configuration(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep a configuration; returns it with id and time."""
        self.room(self.configurations)
        configuration = {"id": str(uuid.uuid4()), **data, "createdAt": seconds(self.now())}
        self.configurations[configuration["id"]] = configuration
        return configuration

    def add_execution(
        self, configuration: dict[str, Any], failure: str, outputs: tuple[tuple[str, str], ...]
    ) -> Execution:
        """Start an execution; it will die of ``failure`` unless that is empty."""
        self.room(self.executions)
        execution = Execution("e" + secrets.token_hex(8)[1:], configuration, self.now(), failure, outputs)
        self.executions[execution.id] = execution
        if not failure:
            self._later(lifecycle.output_due(execution, self.pace), execution.id)
        return execution

    def delete(self, execution: Execution) -> None:
        """Mark for deletion; it disappears after a while."""
        execution.deleted = self.now()
        self._later(lifecycle.gone_at(execution, self.pace) or 0.0, execution.id)

    def track(self, execution_id: str) -> Tracking:
        """The metrics of an execution, made when there are none."""
        if execution_id not in self.tracking:
            self.room(self.tracking)
            self.tracking[execution_id] = Tracking()
        return self.tracking[execution_id]

    def settle(self) -> None:
        """Let happen what is due: output artifacts appear, deleted executions disappear."""
        now = self.now()
        while self._due and self._due[0][0] <= now:
            _, _, execution_id = heapq.heappop(self._due)
            execution = self.executions.get(execution_id)
            if execution is None:
                continue
            gone = lifecycle.gone_at(execution, self.pace)
            if gone is not None and gone <= now:
                del self.executions[execution_id]
                self.tracking.pop(execution_id, None)
            elif execution.artifacts is None and execution.stopped is None:
                execution.artifacts = [self._output(execution, name, kind) for name, kind in execution.outputs]

    def _output(self, execution: Execution, name: str, kind: str) -> dict[str, Any]:
        return self.add_artifact(
            {
                "name": name,
                "kind": kind,
                "url": f"ai://default/{execution.id}/{name}",
                "description": "",
                "scenarioId": execution.configuration["scenarioId"],
                "executionId": execution.id,
            }
        )

    def _later(self, when: float, execution_id: str) -> None:
        self._ticket += 1
        heapq.heappush(self._due, (when, self._ticket, execution_id))


class Store:
    """The resource groups."""

    def __init__(self, pace: float, clock: Callable[[], float] = time.time) -> None:
        self.groups = {name: Group(pace, clock) for name in GROUPS}


def seconds(when: float) -> str:
    """A time as artifacts, configurations and executions show it."""
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def microseconds(when: datetime) -> str:
    """A time as metrics show it."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
