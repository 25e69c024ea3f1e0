"""The bodies of positive cases: they name real things, and a lawful server has no reason to refuse them.

A resource that is known here has bodies of its own, found by its noun and the operation's role; the body of any other
is read from its schema (``described``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lmconform.contract.capabilities import Capabilities
from lmconform.contract.limits import Limits, duration
from lmconform.contract.openapi import Operation
from lmconform.contract.resources import Role
from lmconform.fuzz import clock, described
from lmconform.fuzz.described import ABSENT
from lmconform.fuzz.pool import Pool
from lmconform.fuzz.schemas import Schema, measured, number, one_of, record, several, text

_Builder = Callable[[Pool, Capabilities], Schema]

# From the ten minutes on that tenants have as their shortest (fact D14), with each unit in each case.
_TIMES_TO_LIVE = ("10m", "600M", "10h", "24H", "1d", "2D")


def body(operation: Operation, pool: Pool, capabilities: Capabilities) -> Schema | None:
    """The schema of the operation's body; None when it has none, or no JSON one."""
    schema = operation.request_body.json_schema if operation.request_body is not None else None
    resource = pool.resources.resource_of(operation)
    if schema is None or resource is None:
        return None
    role = pool.resources.role_of(operation)
    gated = pool.resources.gated_members(operation)
    left_out = [name for name, needed in gated.items() if not _offers(capabilities, needed)]
    own = _OWN.get((resource.noun, role))
    found = own(pool, capabilities) if own else described.bounded(pool.contract, schema, pool.names(operation))
    return described.without(found, left_out)


def _offers(capabilities: Capabilities, needed: str) -> bool:
    return capabilities.has(needed) and not capabilities.opt_in_unadvertised(needed)


def _artifact(pool: Pool, capabilities: Capabilities) -> Schema:
    label = record({"key": text("label"), "value": text("printable")})
    kinds = one_of(["model", "dataset", "resultset", "other"])
    scenario = one_of([*pool.scenarios, ABSENT])
    needed = {"name": text("name"), "kind": kinds, "url": text("url"), "scenarioId": scenario}
    return record(needed, {"description": text("printable"), "labels": several(label, 2)})


def _configuration(pool: Pool, capabilities: Capabilities) -> Schema:
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


def _execution(pool: Pool, capabilities: Capabilities) -> Schema:
    return record({"configurationId": one_of([*pool.runnable, ABSENT])})


def _execution_change(pool: Pool, capabilities: Capabilities) -> Schema:
    return record({"targetStatus": one_of(["STOPPED"])})


def _deployment(pool: Pool, capabilities: Capabilities) -> Schema:
    lives = _times_to_live(capabilities)
    return record({"configurationId": one_of([*pool.servable, ABSENT])}, {"ttl": one_of(lives)} if lives else {})


def _deployment_change(pool: Pool, capabilities: Capabilities) -> Schema:
    return record({}, {"targetStatus": one_of(["STOPPED"]), "configurationId": one_of([*pool.servable, ABSENT])})


def _bulk(noun: str) -> _Builder:
    """Entries that stop or delete executions or deployments."""

    def build(pool: Pool, capabilities: Capabilities) -> Schema:
        spare = pool.of(noun).spare
        entry = {"id": one_of([*spare, ABSENT]), "targetStatus": one_of(["STOPPED", "DELETED"])}
        return record({pool.resources[noun].bulk_key: several(record(entry), 3, 1)})

    return build


def _schedule_change(pool: Pool, capabilities: Capabilities) -> Schema:
    today = pool.now()
    times = {
        "start": one_of(clock.starts(today)),
        "end": one_of(clock.ends(today)),
        "cron": one_of(clock.far_crons(today)),
    }
    chosen = {"status": one_of(["ACTIVE", "INACTIVE"]), "configurationId": one_of(pool.runnable or [ABSENT])}
    return record({}, times | chosen)


def _schedule(pool: Pool, capabilities: Capabilities) -> Schema:
    today = pool.now()
    needed = {
        "name": text("name"),
        "configurationId": one_of([*pool.runnable, ABSENT]),
        "cron": one_of(clock.far_crons(today)),
    }
    return record(needed, {"start": one_of(clock.starts(today)), "end": one_of(clock.ends(today))})


def _times_to_live(capabilities: Capabilities) -> list[str]:
    """Times to live that the target has no reason to refuse: some that its limits allow, else the shortest."""
    limits = Limits(capabilities.meta)
    allowed = [time for time in _TIMES_TO_LIVE if limits.allow(time)]
    shortest = [limits.minimum] if duration(limits.minimum) is not None else []
    return allowed or shortest


def _metrics(pool: Pool, capabilities: Capabilities) -> Schema:
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


# The bodies of the resources that are known well, by noun and role.
_OWN: dict[tuple[str, str], _Builder] = {
    ("artifact", Role.CREATE): _artifact,
    ("configuration", Role.CREATE): _configuration,
    ("execution", Role.CREATE): _execution,
    ("execution", Role.MODIFY): _execution_change,
    ("execution", Role.BULK_MODIFY): _bulk("execution"),
    ("deployment", Role.CREATE): _deployment,
    ("deployment", Role.MODIFY): _deployment_change,
    ("deployment", Role.BULK_MODIFY): _bulk("deployment"),
    ("schedule", Role.CREATE): _schedule,
    ("schedule", Role.MODIFY): _schedule_change,
    ("metrics", Role.CREATE): _metrics,
}
