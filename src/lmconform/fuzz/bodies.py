"""The bodies of positive cases: what is sent names real things, and nobody has a reason to refuse it."""

from __future__ import annotations

from typing import Any

from lmconform.contract.capabilities import Capabilities
from lmconform.contract.openapi import Operation
from lmconform.fuzz import clock
from lmconform.fuzz.pool import ABSENT, Pool
from lmconform.fuzz.schemas import Schema, measured, number, one_of, record, several, text

_TTL = "aiApi.capabilities.timeToLiveDeployments"
_PATCHABLE = {"modifyExecutions": ("executions", "execution"), "modifyDeployments": ("deployments", "deployment")}


def body(operation: Operation, pool: Pool, capabilities: Capabilities) -> Schema | None:
    """The schema of the operation's body; None when it has none, or no JSON one."""
    match operation.id:
        case "createArtifact":
            return _artifact(pool)
        case "createConfiguration":
            return _configuration(pool)
        case "createExecution":
            return record({"configurationId": one_of([*pool.runnable, ABSENT])})
        case "createDeployment":
            ttl = (
                {"ttl": one_of(_ttls(capabilities))}
                if capabilities.has(_TTL) and not capabilities.opt_in_unadvertised(_TTL)
                else {}
            )
            return record({"configurationId": one_of([*pool.servable, ABSENT])}, ttl)
        case "createExecutionSchedule":
            return _schedule(pool)
        case "modifyExecution":
            return record({"targetStatus": one_of(["STOPPED"])})
        case "modifyDeployment":
            return record(
                {}, {"targetStatus": one_of(["STOPPED"]), "configurationId": one_of([*pool.servable, ABSENT])}
            )
        case "modifyExecutionSchedule":
            times = {"start": one_of(clock.starts()), "end": one_of(clock.ends()), "cron": one_of(clock.far_crons())}
            chosen = {"status": one_of(["ACTIVE", "INACTIVE"]), "configurationId": one_of(pool.runnable or [ABSENT])}
            return record({}, times | chosen)
        case "modifyExecutions" | "modifyDeployments":
            member, kind = _PATCHABLE[operation.id]
            entry = {"id": one_of([*pool.of(kind).spare, ABSENT]), "targetStatus": one_of(["STOPPED", "DELETED"])}
            return record({member: several(record(entry), 3, 1)})
        case "patchMetrics":
            return _metrics(pool)
    return None


def _artifact(pool: Pool) -> Schema:
    label = record({"key": text("label"), "value": text("printable")})
    kinds = one_of(["model", "dataset", "resultset", "other"])
    scenario = one_of([*pool.scenarios, ABSENT])
    needed = {"name": text("name"), "kind": kinds, "url": text("url"), "scenarioId": scenario}
    return record(needed, {"description": text("printable"), "labels": several(label, 2)})


def _configuration(pool: Pool) -> Schema:
    """One of the recipes with an artifact and values; a few for a scenario that does not exist."""
    bound: list[tuple[dict[str, str], list[Any], list[Any]]] = [
        (
            {"scenarioId": recipe.scenario, "executableId": recipe.executable},
            pool.bindings(recipe) or [[]],
            [recipe.values(value) for value in ("1", "2")] if recipe.parameters else [[]],
        )
        for recipe in pool.recipes
    ]
    bound.append(({"scenarioId": ABSENT, "executableId": ABSENT}, [[]], [[]]))
    return {
        "oneOf": [
            record(
                {"name": text("name"), **{key: {"type": "string", "const": value} for key, value in names.items()}}
                | {"inputArtifactBindings": {"enum": inputs}, "parameterBindings": {"enum": parameters}}
            )
            for names, inputs, parameters in bound
        ]
    }


def _schedule(pool: Pool) -> Schema:
    needed = {
        "name": text("name"),
        "configurationId": one_of([*pool.runnable, ABSENT]),
        "cron": one_of(clock.far_crons()),
    }
    return record(needed, {"start": one_of(clock.starts()), "end": one_of(clock.ends())})


def _ttls(capabilities: Capabilities) -> list[str]:
    """Times to live that every limit allows that ``/lm/meta`` may name (fact D14: from 10 minutes on)."""
    limits: Any = capabilities.meta or {}
    for part in ("aiApi", "limits", "timeToLiveDeployments"):
        limits = limits.get(part) if isinstance(limits, dict) else None
    unusual = isinstance(limits, dict) and (limits.get("minimum") or "10m", limits.get("maximum") or -1) != ("10m", -1)
    return [str(limits["minimum"])] if unusual and limits.get("minimum") else ["10m", "600M", "10h", "24H", "1d", "2D"]


def _metrics(pool: Pool) -> Schema:
    pair = record({"name": text("plain"), "value": text("printable")})
    point = record(
        {
            "name": text("plain"),
            "value": measured(1e6),
            "timestamp": text("time"),
            "step": number(0, 10_000),
        },
        {"labels": several(pair, 2)},
    )
    execution = one_of(pool.of("execution").steady or [ABSENT])
    sections = {"tags": several(pair, 2), "customInfo": several(pair, 2)}
    return record({"executionId": execution, "metrics": several(point, 3, 1)}, sections)
