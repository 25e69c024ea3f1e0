"""The descriptions that data is generated from: the contract, with ids that are real.

``narrowed`` gives positive data: ids are those of the pool, numbers and texts stay in bounds,
and there are no members that the contract does not name. ``crooked`` gives negative data:
the contract as it is, but for ids, so that what is wrong is refused for its own sake.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from lmconform.contract.capabilities import Capabilities
from lmconform.contract.openapi import Contract, Operation, Parameter
from lmconform.fuzz.bodies import body
from lmconform.fuzz.pool import ABSENT, FOUNDATION, Pool, Recipe
from lmconform.fuzz.schemas import Schema, number, one_of, several, text

# Deprecated, or of a grammar that no schema describes: probes know what to do with them.
_LEFT_OUT = frozenset({"$filter", "tagFilters", "Authorization"})
_CHANGES = frozenset(
    {
        *("modifyExecution", "deleteExecution", "deleteMetrics", "modifyDeployment", "deleteDeployment"),
        *("modifyExecutionSchedule", "deleteExecutionSchedule", "deleteFile"),
    }
)
_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary", "maxLength": 200}}}


def positive(contract: Contract, operations: Iterable[Operation], pool: Pool, capabilities: Capabilities) -> Schema:
    """A description of ``operations`` for positive data."""
    paths: dict[str, Any] = {}
    for operation in operations:
        node = _node(contract, operation)
        node["parameters"] = _parameters(contract, operation, pool)
        schema = body(operation, pool, capabilities)
        if schema is not None:
            content = node["requestBody"]["content"]
            node["requestBody"] = {**node["requestBody"], "content": {m: {"schema": schema} for m in content}}
        elif operation.id == "uploadFile":
            node["requestBody"] = {"required": True, "content": _BYTES}
        paths.setdefault(operation.path, {})[operation.method.lower()] = node
    return {**contract.document, "paths": paths}


def negative(contract: Contract, operation: Operation, pool: Pool) -> Schema:
    """A description of ``operation`` for negative data."""
    node = _node(contract, operation)
    # What a filter is not is told by a few words as well as by the pattern of ids, and ten times sooner.
    node["parameters"] = [_row(contract, p, _filter(operation, p, pool)) for p in _known_here(operation)]
    if operation.id == "uploadFile":
        # Bytes cannot be wrong.
        node.pop("requestBody")
    elif operation.request_body is not None:
        content = node["requestBody"]["content"]
        schemas = {media: _with_ids(contract, operation, value["schema"], pool) for media, value in content.items()}
        node["requestBody"] = {**node["requestBody"], "content": {m: {"schema": s} for m, s in schemas.items()}}
    return {**contract.document, "paths": {operation.path: {operation.method.lower(): node}}}


def without(document: Any, words: Collection[str]) -> Any:
    """``document`` without choices that name one of ``words``, as far as there are others."""
    if isinstance(document, list):
        return [without(part, words) for part in document]
    if not isinstance(document, dict):
        return document
    found = {key: without(value, words) for key, value in document.items() if key != "components"}
    for key in ("enum", "oneOf"):
        if isinstance(found.get(key), list):
            found[key] = [o for o in found[key] if not any(word in str(o) for word in words)] or found[key]
    return found | ({"components": document["components"]} if "components" in document else {})


def own(operation: Operation, pool: Pool) -> dict[str, str] | None:
    """Path parameters that name something of ours, for operations whose body is to be wrong; else None."""
    if operation.id == "uploadFile":
        return {"path": f"{pool.folder}/wrong.csv"}
    kinds = {"executionId": "execution", "deploymentId": "deployment", "executionScheduleId": "schedule"}
    found = next((name for name in kinds if f"{{{name}}}" in operation.path), None)
    if operation.request_body is None or found is None:
        return None
    return {found: next(iter(pool.of(kinds[found]).spare), ABSENT)}


def _node(contract: Contract, operation: Operation) -> dict[str, Any]:
    return dict(contract.document["paths"][operation.path][operation.method.lower()])


def _known_here(operation: Operation) -> list[Parameter]:
    return [p for p in operation.parameters if p.name not in _LEFT_OUT]


def _filter(operation: Operation, parameter: Parameter, pool: Pool) -> Schema | None:
    return _known(operation, parameter.name, pool) if parameter.location == "query" else None


def _parameters(contract: Contract, operation: Operation, pool: Pool) -> list[dict[str, Any]]:
    return [_row(contract, p, _known(operation, p.name, pool)) for p in _known_here(operation)]


def _row(contract: Contract, parameter: Parameter, known: Schema | None) -> dict[str, Any]:
    schema = _inlined(contract, known or contract.resolve(parameter.schema))
    row: dict[str, Any] = {"name": parameter.name, "in": parameter.location, "schema": schema}
    # Metrics are found by one of two parameters, and this is the one that is not left out; headers never are.
    if parameter.required or parameter.name == "executionIds" or parameter.location == "header":
        row["required"] = True
    if parameter.location == "query":
        row |= {"style": parameter.style, "explode": parameter.explode}
    return row


def _inlined(contract: Contract, schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _inlined(contract, contract.resolve(value)) for key, value in schema.items()}
    return schema


def _known(operation: Operation, name: str, pool: Pool) -> Schema | None:
    """What a parameter is narrowed to; None leaves it as the contract has it."""
    match name:
        case "AI-Resource-Group":
            return one_of([pool.resource_group])
        case "executionId" | "deploymentId" | "executionScheduleId":
            kind = {"executionScheduleId": "schedule"}.get(name, name.removesuffix("Id"))
            things = pool.of(kind)
            return one_of([*(things.spare if operation.id in _CHANGES else things.steady), ABSENT])
        case "path":
            if operation.id == "uploadFile":
                return {"type": "string", "enum": [f"{pool.folder}/up-{n}.csv" for n in range(40)]}
            things = pool.of("file")
            return one_of([*(things.spare if operation.id in _CHANGES else things.steady), f"{ABSENT}/none.csv"])
        case "scenarioId":
            has_models = operation.id == "listScenarioModels" and pool.has_models
            scenarios = [r.scenario for r in _together(operation, pool)] or pool.scenarios
            return one_of([*([FOUNDATION] if has_models else scenarios), ABSENT])
        case "executableId":
            return one_of([*(r.executable for r in _together(operation, pool)), ABSENT])
        case "executableIds":
            return several(one_of([*(r.executable for r in _together(operation, pool)), ABSENT]), 3, 1)
        case "artifactId":
            return one_of([*pool.artifacts, ABSENT])
        case "configurationId":
            runs = operation.id == "createExecutionForConfiguration"
            return one_of([*(pool.runnable if runs else pool.configurations), ABSENT])
        case "executionIds":
            return several(one_of(pool.of("execution").steady or [ABSENT]), 3, 1)
        case "versionId":
            return one_of([*(r.version for r in _together(operation, pool) if r.version), ABSENT])
        case "$select":
            sections = several(one_of(["metrics", "tags", "customInfo"]), 3, 1)
            return sections if operation.id == "findMetrics" else one_of(["status"])
        case "$top":
            return number(1, 1000)
        case "$skip":
            return number(0, 1000)
        case "$search" | "name":
            return text("search")
        case "start" | "end":
            return text("time")
        case "labelSelector" | "artifactLabelSelector":
            return several(text("selector"), 3, 1)
    return None


def _together(operation: Operation, pool: Pool) -> list[Recipe]:
    """The recipes that a request may name: of one scenario, where it names a scenario and what belongs to one.

    What trains and what serves lie in different scenarios as often as in the same.
    """
    names = {p.name for p in operation.parameters}
    if "scenarioId" not in names or not names & {"executableId", "executableIds", "versionId"}:
        return list(pool.recipes)
    return [r for r in pool.recipes if r.scenario == pool.recipes[0].scenario]


def _with_ids(contract: Contract, operation: Operation, schema: Any, pool: Pool) -> Any:
    """The schema of a body, with real ids where its members name something."""
    schema = contract.resolve(schema)
    if not isinstance(schema, dict) or "properties" not in schema:
        return schema
    real = {
        "configurationId": pool.servable if "Deployment" in operation.id else pool.runnable,
        "scenarioId": pool.scenarios[:1],
        "executableId": [r.executable for r in pool.recipes][:1],
    }
    if operation.id == "patchMetrics":
        real["executionId"] = pool.of("execution").steady
    known = {name: one_of(ids) for name, ids in real.items() if name in schema["properties"] and ids}
    return {**schema, "properties": {**schema["properties"], **known}}
