"""The bodies of positive cases: what is sent names real things, and nobody has a reason to refuse it."""

from __future__ import annotations

from typing import Any

from lmconform.contract.capabilities import Capabilities
from lmconform.contract.limits import Limits, duration
from lmconform.contract.openapi import Operation
from lmconform.fuzz import clock
from lmconform.fuzz.pool import ABSENT, Pool
from lmconform.fuzz.schemas import Schema, measured, number, one_of, record, several, text

_TTL = "aiApi.capabilities.timeToLiveDeployments"
# From the ten minutes on that tenants have as their shortest (fact D14), with each unit in each case.
_TIMES_TO_LIVE = ("10m", "600M", "10h", "24H", "1d", "2D")
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
            lives = _times_to_live(capabilities)
            return record(
                {"configurationId": one_of([*pool.servable, ABSENT])}, {"ttl": one_of(lives)} if lives else {}
            )
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


def _times_to_live(capabilities: Capabilities) -> list[str]:
    """Times to live that the target has no reason to refuse: some that its limits allow, else the shortest."""
    if not capabilities.has(_TTL) or capabilities.opt_in_unadvertised(_TTL):
        return []
    limits = Limits(capabilities.meta)
    allowed = [time for time in _TIMES_TO_LIVE if limits.allow(time)]
    shortest = [limits.minimum] if duration(limits.minimum) is not None else []
    return allowed or shortest


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
