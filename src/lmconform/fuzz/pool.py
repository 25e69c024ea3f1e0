"""Things of our own that generated requests may name."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from lmconform.errors import NotTestable, SafetyRefusal
from lmconform.target.client import Client
from lmconform.target.safety import ABSENT_PREFIX, NAME_PREFIX
from lmconform.target.session import Session

ABSENT = f"{ABSENT_PREFIX}fuzz"
_TUTORIAL = ("text-clf-tutorial", "text-clf-train-tutorial")


@dataclass(slots=True)
class Pool:
    """Ids by kind; empty where the tenant has no training executable.

    ``steady`` executions are only read and measured; ``spare`` ones may be stopped and deleted.
    ``inputs`` and ``parameters`` are what a configuration of the executable binds.
    """

    scenarios: list[str] = field(default_factory=list)
    executables: list[str] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    parameters: list[str] = field(default_factory=list)
    artifacts: list[str] = field(default_factory=list)
    configurations: list[str] = field(default_factory=list)
    steady: list[str] = field(default_factory=list)
    spare: list[str] = field(default_factory=list)


def fill(session: Session) -> Pool:
    """Make a pool; what cannot be made is missing from it, and generated data does without."""
    client = session.client("fuzz/pool")
    pool = Pool()
    found = _training_executable(client)
    if found is None:
        return pool
    scenario, executable = found
    pool.scenarios, pool.executables = [scenario], [executable["id"]]
    pool.versions = [executable.get("versionId", "")]
    pool.inputs = [a["name"] for a in executable.get("inputArtifacts") or []]
    pool.parameters = [p["name"] for p in executable.get("parameters") or []]
    for number in range(2):
        made = _send(client, "createArtifact", _artifact(scenario, number))
        pool.artifacts += [made] if made else []
    if not pool.artifacts:
        return pool
    for number in range(2):
        made = _send(client, "createConfiguration", _configuration(pool, number))
        pool.configurations += [made] if made else []
    pool.steady = _executions(client, pool, 3 if session.target.is_mock else 1)
    replace_spare(session, pool)
    return pool


def replace_spare(session: Session, pool: Pool) -> None:
    """New executions to stop and delete, in place of those that were."""
    # Each execution is work for a tenant; the mock does not mind.
    count = 6 if session.target.is_mock else 2
    pool.spare = _executions(session.client("fuzz/pool"), pool, count)


def _executions(client: Client, pool: Pool, count: int) -> list[str]:
    made = []
    for configuration in itertools.islice(itertools.cycle(pool.configurations), count if pool.configurations else 0):
        execution = _send(client, "createExecution", {"configurationId": configuration})
        if execution:
            metric = {"name": "loss", "value": 0.5, "timestamp": "2026-01-01T00:00:00Z", "step": 1}
            _send(client, "patchMetrics", {"executionId": execution, "metrics": [metric]})
            made.append(execution)
    return made


def bindings(pool: Pool, artifact: str) -> list[dict[str, str]]:
    """Every input of the executable bound to one artifact."""
    return [{"key": name, "artifactId": artifact} for name in pool.inputs]


def _training_executable(client: Client) -> tuple[str, dict[str, Any]] | None:
    found: list[tuple[str, dict[str, Any]]] = []
    for scenario in _resources(client, "listScenarios", {})[:20]:
        path = {"scenarioId": str(scenario.get("id"))}
        for executable in _resources(client, "listExecutables", path):
            if executable.get("deployable") is False and isinstance(executable.get("id"), str):
                found.append((path["scenarioId"], executable))
        if found and found[-1][0] == _TUTORIAL[0]:
            break
    tutorial = [f for f in found if (f[0], f[1]["id"]) == _TUTORIAL]
    return next(iter(tutorial or found), None)


def _resources(client: Client, operation: str, path: dict[str, str]) -> list[dict[str, Any]]:
    try:
        answer = client.send(operation, path=path, judge=False)
    except NotTestable:
        return []
    found = answer.json_object().get("resources")
    return [r for r in found if isinstance(r, dict)] if answer.ok and isinstance(found, list) else []


def _send(client: Client, operation: str, body: dict[str, Any]) -> str:
    try:
        answer = client.send(operation, json=body, judge=False)
    except (NotTestable, SafetyRefusal):
        return ""
    return str(answer.json_object().get("id") or "") if answer.ok else ""


def _artifact(scenario: str, number: int) -> dict[str, Any]:
    name = f"{NAME_PREFIX}fuzz-{number}"
    return {"name": name, "kind": "dataset", "url": f"ai://default/{name}", "scenarioId": scenario}


def _configuration(pool: Pool, number: int) -> dict[str, Any]:
    return {
        "name": f"{NAME_PREFIX}fuzz-{number}",
        "scenarioId": pool.scenarios[0],
        "executableId": pool.executables[0],
        "parameterBindings": [{"key": name, "value": "1"} for name in pool.parameters],
        "inputArtifactBindings": bindings(pool, pool.artifacts[0]),
    }
