"""Content for a test: a configuration with all that it needs, and an execution or a deployment in a state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lmconform.contract.resources import Role, resources
from lmconform.errors import ConfigError, did_you_mean
from lmconform.mock import lifecycle, validation
from lmconform.mock.content import Executable
from lmconform.mock.problems import Problem
from lmconform.mock.records import Enactment
from lmconform.mock.service import Service
from lmconform.mock.store import Group

_STATES = {
    "executions": ("UNKNOWN", "PENDING", "RUNNING", "COMPLETED", "DEAD", "STOPPED"),
    "deployments": ("UNKNOWN", "PENDING", "RUNNING", "DEAD", "STOPPED"),
}
_KINDS = ("dataset", "model")


def seed(
    service: Service,
    executable: str,
    *,
    group: str = "default",
    name: str = "seeded",
    artifacts: Mapping[str, str] | None = None,
    parameters: Mapping[str, str] | None = None,
    status: str | None = None,
    metrics: Mapping[str, float] | None = None,
    ttl: str | None = None,
) -> dict[str, Any]:
    """Create it as requests would; returns ids: ``artifacts`` by name, ``configuration``, and ``execution`` or so.

    ``artifacts`` are URLs by the names of the inputs, and what is left out is made up; so are parameters without a
    default. With a ``status`` the configuration is run, and is in that status. Raises ConfigError.
    """
    known = _executable(service, executable)
    if metrics and (known.deployable or status is None):
        raise ConfigError("metrics: only an execution has some; name an executable that trains, and a status")
    if ttl and (not known.deployable or status is None):
        raise ConfigError("ttl: only a deployment has one; name an executable that serves, and a status")
    target = service.store.groups.get(group) or service.store.add(group)
    inputs = _artifacts(service, target, known, artifacts or {})
    configuration = _configuration(service, target, known, name, inputs, parameters or {})
    seeded: dict[str, Any] = {"artifacts": inputs, "configuration": configuration}
    if status is None:
        return seeded
    noun = "deployment" if known.deployable else "execution"
    shelf = f"{noun}s"
    if status not in _STATES[shelf]:
        raise ConfigError(f"status {status!r}: expected one of {', '.join(_STATES[shelf])}")
    body = {"configurationId": configuration} | ({"ttl": ttl} if ttl else {})
    seeded[noun] = _create(service, target, noun, body)
    _age(target, getattr(target, shelf)[seeded[noun]], status)
    if metrics:
        _metrics(service, target, seeded[noun], metrics)
    return seeded


def _executable(service: Service, wanted: str) -> Executable:
    known = {e.id: e for scenario in service.catalog.scenarios for e in service.catalog.executables(scenario)}
    if wanted not in known:
        raise ConfigError(f"executable {wanted!r} is in no template{did_you_mean(wanted, known)}")
    return known[wanted]


def _artifacts(service: Service, group: Group, executable: Executable, urls: Mapping[str, str]) -> dict[str, str]:
    names = [slot.name for slot in executable.inputs]
    for name in urls:
        if name not in names:
            raise ConfigError(f"artifact {name!r}: {executable.id} has no such input{did_you_mean(name, names)}")
    made = {}
    for slot in executable.inputs:
        url = urls.get(slot.name, f"ai://default/{slot.name}")
        kind = slot.kind or _KINDS[executable.deployable]
        body = {"name": slot.name, "kind": kind, "url": url, "scenarioId": executable.scenario_id}
        made[slot.name] = _create(service, group, "artifact", body)
    return made


def _configuration(
    service: Service,
    group: Group,
    executable: Executable,
    name: str,
    inputs: Mapping[str, str],
    parameters: Mapping[str, str],
) -> str:
    names = [variable.name for variable in executable.parameters]
    for key in parameters:
        if key not in names:
            raise ConfigError(f"parameter {key!r}: {executable.id} has no such parameter{did_you_mean(key, names)}")
    values = {variable.name: "1" for variable in executable.parameters if variable.default is None} | dict(parameters)
    body = {
        "name": name,
        "scenarioId": executable.scenario_id,
        "executableId": executable.id,
        "parameterBindings": [{"key": key, "value": str(value)} for key, value in values.items()],
        "inputArtifactBindings": [{"key": key, "artifactId": value} for key, value in inputs.items()],
    }
    return _create(service, group, "configuration", body)


def _create(service: Service, group: Group, noun: str, body: dict[str, Any]) -> str:
    return str(_send(service, group, noun, Role.CREATE, body)["id"])


def _send(service: Service, group: Group, noun: str, role: str, body: dict[str, Any]) -> Any:
    operation = resources(service.contract)[noun].operation(role)
    assert operation is not None, noun
    try:
        data = validation.body(
            service.contract, operation, "application/json", json.dumps(body).encode(), service.switches
        )
        return service.handlers[operation.id](service.call(operation, {}, {}, data, group, "")).json
    except Problem as problem:
        raise ConfigError(f"{operation.label}: {problem.status} {problem.message or problem.text}") from problem


def _age(group: Group, enactment: Enactment, status: str) -> None:
    """Let it be so old that it is in that status."""
    timing, now = group.timing, group.now()
    life = timing.life(enactment)
    steps = {"UNKNOWN": 0.0, "PENDING": life.pending, "COMPLETED": life.completed}.get(status, life.running)
    if steps is None:
        raise ConfigError("status PENDING: the switches of this mock skip it; expected another status")
    if steps == lifecycle.NEVER:
        enactment.finished, steps = now, 0.0
    enactment.created = now - steps * timing.pace
    if status == "STOPPED":
        enactment.created -= timing.stop * timing.pace
        enactment.stopped = now - timing.stop * timing.pace
    if status == "DEAD":
        enactment.failure, enactment.failed = "It was seeded as DEAD", now
    elif not enactment.serves:
        group.plan(lifecycle.output_due(enactment, timing), "output", enactment.id)
    group.touch(enactment.shelf, enactment.id)
    group.run_due_events()


def _metrics(service: Service, group: Group, execution: str, values: Mapping[str, float]) -> None:
    points = [{"name": name, "value": value} for name, value in values.items()]
    _send(service, group, "metrics", Role.CREATE, {"executionId": execution, "metrics": points})
