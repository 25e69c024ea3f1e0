"""Things of our own that generated requests may name, made when they are first needed."""

from __future__ import annotations

import itertools
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lmconform.client.session import Session
from lmconform.errors import NotTestable, SafetyRefusal
from lmconform.fuzz import clock
from lmconform.safety.guard import ABSENT_PREFIX, NAME_PREFIX

ABSENT = f"{ABSENT_PREFIX}fuzz"
FOUNDATION = "foundation-models"
KINDS = ("execution", "schedule", "deployment", "file")

_TRAINS = ("text-clf-tutorial", "text-clf-train-tutorial")
_SERVES = ("text-clf-tutorial", "text-clf-infer-tutorial")
_MOST_SCENARIOS = 20
# Seconds until a new deployment must be seen, and between two looks.
_UNSEEN, _LOOK_AGAIN = 10.0, 0.1
# How often a tenant shows that it still starts things, for each operation.
_MOST_SHOWN = 3
# How many to read and how many to change; each execution is work for a tenant, each deployment costs money.
_ON_MOCK = {"execution": (3, 6), "schedule": (2, 4), "deployment": (2, 4), "file": (2, 3)}
_ON_TENANT = {"execution": (1, 2), "schedule": (1, 1), "deployment": (1, 0), "file": (1, 1)}


@dataclass(frozen=True, slots=True)
class Recipe:
    """An executable, and what a configuration of it binds: inputs as (name, kind), names of parameters."""

    scenario: str
    executable: str
    version: str
    inputs: tuple[tuple[str, str], ...]
    parameters: tuple[str, ...]

    def bindings(self, artifact: str) -> list[dict[str, str]]:
        """Every input bound to one artifact."""
        return [{"key": name, "artifactId": artifact} for name, _ in self.inputs]

    def values(self, value: str) -> list[dict[str, str]]:
        """Every parameter bound to one value."""
        return [{"key": name, "value": value} for name in self.parameters]


@dataclass(slots=True)
class Things:
    """Ids of one kind: ``steady`` ones are only read, ``spare`` ones may be changed and deleted."""

    steady: list[str] = field(default_factory=list)
    spare: list[str] = field(default_factory=list)


class Pool:
    """Ids by kind; empty where the tenant has no executable, or refuses to make one.

    ``runnable`` and ``servable`` are configurations; ``folder`` is where files of ours lie.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._client = session.client("fuzz/pool")
        self._things: dict[str, Things] = {}
        self.resource_group = session.target.resource_group
        self.folder = f"default/{NAME_PREFIX}{uuid.uuid4().hex[:12]}"
        self.trains: Recipe | None = None
        self.serves: Recipe | None = None
        self.scenarios: list[str] = []
        self._artifacts: dict[str, list[str]] = {}
        self.runnable: list[str] = []
        self.servable: list[str] = []
        self.has_models = False
        self._patience = _UNSEEN
        self._shown: Counter[str] = Counter()
        self._find()
        self._make_base()

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """The one that trains and the one that serves, as far as they are there."""
        return tuple(r for r in (self.trains, self.serves) if r is not None)

    @property
    def artifacts(self) -> list[str]:
        """All artifacts of ours."""
        return [made for ids in self._artifacts.values() for made in ids]

    def bindings(self, recipe: Recipe) -> list[list[dict[str, str]]]:
        """What may be bound to the inputs of a recipe: artifacts of the kind that it takes."""
        return [recipe.bindings(artifact) for artifact in self._artifacts.get(recipe.executable, [])]

    @property
    def configurations(self) -> list[str]:
        """All configurations of ours."""
        return [*self.runnable, *self.servable]

    def of(self, kind: str) -> Things:
        """Things of one of the ``KINDS``; made now if they are not there."""
        if kind not in self._things:
            steady, spare = self._numbers(kind)
            self._things[kind] = Things(self._make(kind, steady), self._make(kind, spare))
        return self._things[kind]

    def replace_spare(self, kind: str) -> None:
        """New things to change and delete, in place of those that were."""
        things = self.of(kind)
        if kind == "deployment" and not self._session.target.disposable:
            # What was generated is ours as well, and nobody pays for another.
            left = self._session.journal.left(kind, self.resource_group)
            things.spare = [made for made in left if made not in things.steady][:1]
            return
        things.spare = self._make(kind, self._numbers(kind)[1])

    def make(self, operation: str, body: Any) -> str:
        """Send a creation; the new id, or an empty text when it is refused."""
        try:
            answer = self._client.send(operation, json=body, judge=False)
        except (NotTestable, SafetyRefusal):
            return ""
        return str(answer.json_object().get("id") or "") if answer.ok else ""

    def can_start(self, operation: str) -> bool:
        """Whether the plainest start of the kind works now: if not, that another is refused says nothing of its data.

        True for operations that start nothing.
        """
        if operation not in ("createExecution", "createDeployment", "createExecutionSchedule"):
            return True
        self._shown[operation] += 1
        if self._shown[operation] > _MOST_SHOWN and not self._session.target.disposable:
            return False
        given = self.servable if operation == "createDeployment" else self.runnable
        if operation == "createExecutionSchedule":
            return any(self._schedule(configuration) for configuration in given[:1])
        return any(self.make(operation, {"configurationId": configuration}) for configuration in given[:1])

    def _numbers(self, kind: str) -> tuple[int, int]:
        return (_ON_MOCK if self._session.target.disposable else _ON_TENANT)[kind]

    def _make(self, kind: str, count: int) -> list[str]:
        if kind == "file":
            return [made for _ in range(count) if (made := self._upload())]
        given = self.servable if kind == "deployment" else self.runnable
        makers = {"execution": self._execution, "schedule": self._schedule, "deployment": self._deployment}
        chosen = itertools.islice(itertools.cycle(given), count if given else 0)
        return [made for configuration in chosen if (made := makers[kind](configuration))]

    def _execution(self, configuration: str) -> str:
        made = self.make("createExecution", {"configurationId": configuration})
        metric = {"name": "loss", "value": 0.5, "timestamp": "2026-01-01T00:00:00Z", "step": 1}
        if made:
            self.make("patchMetrics", {"executionId": made, "metrics": [metric]})
        return made

    def _schedule(self, configuration: str) -> str:
        body = {"name": f"{NAME_PREFIX}fuzz", "configurationId": configuration, "cron": clock.far_cron()}
        return self.make("createExecutionSchedule", body)

    def _deployment(self, configuration: str) -> str:
        made = self.make("createDeployment", {"configurationId": configuration})
        # A new one may stay unseen for a while (C2): until then it is none of our data. One budget for all
        # of them: where the first never comes, the others are not waited for.
        while made and not self._is_there("getDeployment", {"deploymentId": made}):
            if self._patience <= 0:
                return ""
            began = time.monotonic()
            time.sleep(_LOOK_AGAIN)
            self._patience -= time.monotonic() - began
        return made

    def _is_there(self, operation: str, path: dict[str, str]) -> bool:
        try:
            return self._client.send(operation, path=path, judge=False).ok
        except NotTestable:
            return False

    def _upload(self) -> str:
        path = f"{self.folder}/{uuid.uuid4().hex[:8]}.csv"
        try:
            answer = self._client.send(
                "uploadFile", path={"path": path}, body=b"a,b\n1,2\n", media_type="text/csv", judge=False
            )
            # It is to be read from now on: where reading it needs time, or never works, it is none of our data.
            there = answer.ok and self._is_there("downloadFile", {"path": path})
        except (NotTestable, SafetyRefusal):
            return ""
        return path if there else ""

    def _find(self) -> None:
        found: list[tuple[str, dict[str, Any]]] = []
        scenarios = [str(s.get("id")) for s in self._resources("listScenarios", {})]
        self.has_models = FOUNDATION in scenarios
        for scenario in sorted(scenarios, key=lambda s: s != _TRAINS[0])[:_MOST_SCENARIOS]:
            found += [(scenario, e) for e in self._resources("listExecutables", {"scenarioId": scenario})]
            if scenario == _TRAINS[0] and found:
                break
        named = [f for f in found if isinstance(f[1].get("id"), str)]
        self.trains = next(_recipes(named, False, _TRAINS), None)
        self.serves = next(_recipes(named, True, _SERVES), None)
        self.scenarios = list(dict.fromkeys(r.scenario for r in self.recipes)) or scenarios[:1]

    def _make_base(self) -> None:
        # One in five is then for a thing that does not exist.
        number = 4 if self._session.target.disposable else 2
        for recipe, kept in ((self.trains, self.runnable), (self.serves, self.servable)):
            if recipe is None:
                continue
            artifacts = [self.make("createArtifact", _artifact(recipe, number)) for number in range(2)]
            artifacts = [made for made in artifacts if made]
            self._artifacts[recipe.executable] = artifacts
            for count, artifact in zip(range(number), itertools.cycle(artifacts), strict=False):
                made = self.make("createConfiguration", _configuration(recipe, artifact, count))
                kept += [made] if made else []

    def _resources(self, operation: str, path: dict[str, str]) -> list[dict[str, Any]]:
        try:
            answer = self._client.send(operation, path=path, judge=False)
        except NotTestable:
            return []
        found = answer.json_object().get("resources")
        return [r for r in found if isinstance(r, dict)] if answer.ok and isinstance(found, list) else []


def _recipes(found: list[tuple[str, dict[str, Any]]], deployable: bool, first: tuple[str, str]) -> Iterator[Recipe]:
    for scenario, executable in sorted(found, key=lambda f: (f[0], f[1]["id"]) != first):
        if executable.get("deployable") is not deployable:
            continue
        inputs = [i for i in executable.get("inputArtifacts") or [] if "name" in i]
        parameters = [p for p in executable.get("parameters") or [] if "name" in p]
        yield Recipe(
            scenario,
            executable["id"],
            str(executable.get("versionId") or ""),
            tuple((str(i["name"]), str(i.get("kind") or "")) for i in inputs),
            tuple(str(p["name"]) for p in parameters if p.get("default") is None),
        )


def _artifact(recipe: Recipe, number: int) -> dict[str, Any]:
    name = f"{NAME_PREFIX}fuzz-{number}"
    kinds = [kind for _, kind in recipe.inputs if kind in ("model", "dataset", "resultset", "other")]
    kind = kinds[0] if kinds else "dataset"
    return {"name": name, "kind": kind, "url": f"ai://default/{name}", "scenarioId": recipe.scenario}


def _configuration(recipe: Recipe, artifact: str, number: int) -> dict[str, Any]:
    return {
        "name": f"{NAME_PREFIX}fuzz-{number}",
        "scenarioId": recipe.scenario,
        "executableId": recipe.executable,
        "parameterBindings": recipe.values("1"),
        "inputArtifactBindings": recipe.bindings(artifact),
    }
