"""An Arazzo file as values: everything is parsed and every reference is known to resolve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lmconform.contract.openapi import Operation
from lmconform.contract.resources import Resource
from lmconform.errors import ScenarioError, did_you_mean
from lmconform.judgement import State
from lmconform.scenarios.criteria import Criterion
from lmconform.settings.expectations import Expectation

_EFFECTS = ("read", "write", "destructive")


@dataclass(frozen=True, slots=True)
class Call:
    """The operation that a step sends. ``judged``: the contract in force has it and judges its answers."""

    operation: Operation
    judged: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value for a request; ``location`` is path, query or header."""

    name: str
    location: str
    value: Any


@dataclass(frozen=True, slots=True)
class Body:
    """A request body: JSON, as an object or a list."""

    content_type: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Action:
    """What happens after a step. ``kind`` is end, goto (to a ``step`` further on) or retry.

    A retry is there for other runners: here ``x-lm-poll`` repeats a step.
    Ours: ``note`` is what the report says, ``observe`` an observation (id, value), ``fills`` the
    outputs of a step that the action passes over (its id, the outputs), ``state`` what the step
    counts as, whatever its criteria say.
    """

    name: str
    kind: str
    criteria: tuple[Criterion, ...]
    step: str = ""
    note: str = ""
    observe: tuple[str, str] | None = None
    fills: tuple[str, Mapping[str, Any]] | None = None
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Poll:
    """Repeat until the status of the ``resource`` is in ``good``; one in ``bad`` ends it at once (``x-lm-poll``).

    The resource is that of the step's operation; the description has its statuses and what may follow each. ``gone``:
    the end is a 404. ``late``: a 404 at the beginning is one that is not seen yet. ``excuse`` says why a bad status
    breaks no promise. ``unless`` is the expectation of an owner under which one that dies breaks none, ``needs`` what
    it takes to live.
    """

    resource: Resource
    good: frozenset[str]
    bad: frozenset[str]
    gone: bool = False
    late: bool = False
    excuse: str = ""
    unless: Expectation | None = None
    needs: str = ""

    @property
    def goal(self) -> str:
        """What it waits for, in words."""
        return "gone" if self.gone else " or ".join(sorted(self.good))


@dataclass(frozen=True, slots=True)
class Contains:
    """The value at ``context`` contains ``value`` (``x-lm-contains``, see compare)."""

    context: str
    value: Any
    exact: frozenset[str]


@dataclass(frozen=True, slots=True)
class Absent:
    """What a tenant may lawfully lack (``x-lm-absent``): asked for before anybody is blamed."""

    call: Call
    parameters: tuple[Parameter, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step; workflow-level parameters are merged in.

    ``dialect``: the request is right in that dialect only, and the contract judges it only there. ``binds`` is the
    artifact that the body of a configuration binds (``x-lm-binds``), an expression.
    """

    id: str
    description: str
    call: Call
    parameters: tuple[Parameter, ...]
    body: Body | None
    criteria: tuple[Criterion, ...]
    on_success: tuple[Action, ...]
    on_failure: tuple[Action, ...]
    outputs: Mapping[str, Any]
    requirements: tuple[str, ...]
    dialect: str
    poll: Poll | None
    contains: Contains | None
    absent: Absent | None
    binds: str = ""

    @property
    def effect(self) -> str:
        """The most that its request does: read, write or destructive."""
        return self.call.operation.effect

    @property
    def operation_id(self) -> str:
        """The id of the operation that it sends."""
        return self.call.operation.id

    @property
    def label(self) -> str:
        """What it sends, for people."""
        return self.call.operation.label


@dataclass(frozen=True, slots=True)
class Workflow:
    """An ordered flow. ``inputs`` maps each input to its default, or None.

    ``content`` says what of the target it needs (``x-lm-content``): to train or to serve with, empty for nothing.
    """

    id: str
    inputs: Mapping[str, Any]
    steps: tuple[Step, ...]
    outputs: Mapping[str, Any]
    content: str = ""

    @property
    def step_ids(self) -> tuple[str, ...]:
        """The ids of its steps, in file order."""
        return tuple(step.id for step in self.steps)

    @property
    def effect(self) -> str:
        """The most that any of its steps does."""
        return max((step.effect for step in self.steps), key=_EFFECTS.index)

    def index(self, step_id: str) -> int:
        """Where the step stands; ScenarioError when there is none of that id."""
        try:
            return self.step_ids.index(step_id)
        except ValueError:
            hint = did_you_mean(step_id, self.step_ids)
            raise ScenarioError(f"workflow {self.id} has no step {step_id!r}{hint}") from None

    def step(self, step_id: str) -> Step:
        """The step of that id; ScenarioError when there is none."""
        return self.steps[self.index(step_id)]


@dataclass(frozen=True, slots=True)
class Document:
    """One Arazzo file."""

    path: Path
    workflows: tuple[Workflow, ...]

    def error(self, what: str) -> ScenarioError:
        """The error that says ``what`` is wrong in this file."""
        return ScenarioError(f"{self.path}: {what}")

    def workflow(self, workflow_id: str) -> Workflow:
        """The workflow of that id; ScenarioError when there is none."""
        found = next((w for w in self.workflows if w.id == workflow_id), None)
        if found is None:
            hint = did_you_mean(workflow_id, [w.id for w in self.workflows])
            raise self.error(f"there is no workflow {workflow_id!r}{hint}")
        return found


def item_id(workflow: Workflow, step: Step) -> str:
    """Stable id of the item: ``scenario/<workflowId>/<stepId>``."""
    return f"scenario/{workflow.id}/{step.id}"
