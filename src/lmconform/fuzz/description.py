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
from lmconform.contract.resources import Resource, Role
from lmconform.fuzz import oracle
from lmconform.fuzz.bodies import body
from lmconform.fuzz.pool import ABSENT, Pool, Recipe
from lmconform.fuzz.schemas import Schema, number, one_of, several, text

# Deprecated, or of a grammar that no schema describes: probes know what to do with them.
_LEFT_OUT = frozenset({"$filter", "tagFilters", "Authorization"})
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
        elif operation.request_body is not None:
            node["requestBody"] = {"required": True, "content": _BYTES}
        paths.setdefault(operation.path, {})[operation.method.lower()] = node
    return {**contract.document, "paths": paths}


def negative(contract: Contract, operation: Operation, pool: Pool) -> Schema:
    """A description of ``operation`` for negative data."""
    node = _node(contract, operation)
    # What a filter is not is said by a few words as well as by the pattern of ids, and ten times sooner.
    node["parameters"] = [_row(contract, p, _filter(operation, p, pool)) for p in _known_here(operation)]
    if operation.request_body is not None and operation.request_body.json_schema is None:
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
    """Path parameters that name something that the run created, for operations whose body is to be wrong; else None."""
    if operation.request_body is None:
        return None
    found = pool.resources.placeholders(operation)
    own = {name: next(iter(pool.ids(r, spare=True)), ABSENT) for name, r in found.items() if not r.names_itself}
    own |= {name: f"{pool.folder}/wrong.csv" for name, r in found.items() if r.names_itself}
    return own or None


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
    placed = pool.resources.placeholders(operation).get(name)
    if placed is not None and placed.names_itself:
        return _self_named(operation, placed, pool)
    named = placed or pool.resources.identified_by(name)
    if named is not None:
        return _ids(operation, name, named, pool)
    match name:
        case "AI-Resource-Group":
            return one_of([pool.resource_group])
        case "versionId":
            return one_of([*(r.version for r in _together(operation, pool) if r.version), ABSENT])
        case "$select":
            return _sections(operation, pool)
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


def _self_named(operation: Operation, resource: Resource, pool: Pool) -> Schema:
    """Paths of files: new ones to create, those of the pool for everything else."""
    if pool.resources.role_of(operation) == Role.CREATE:
        return {"type": "string", "enum": [f"{pool.folder}/up-{n}.csv" for n in range(40)]}
    return one_of([*pool.ids(resource, spare=oracle.changes(pool.contract, operation)), f"{ABSENT}/none.csv"])


def _ids(operation: Operation, name: str, named: Resource, pool: Pool) -> Schema:
    """The ids that a parameter may hold."""
    is_list = name.endswith("Ids")
    found = _real(operation, name, named, pool)
    if is_list and pool.makes(named):
        # A list in which one entry exists nowhere may be refused or answered in part: that is left to probes.
        return several(one_of(found or [ABSENT]), 3, 1)
    choice = one_of([*found, ABSENT])
    return several(choice, 3, 1) if is_list else choice


def _real(operation: Operation, name: str, named: Resource, pool: Pool) -> list[str]:
    only = pool.resources.only_for(operation).get(name)
    if only in pool.scenarios_seen:
        return [only]
    match named.noun:
        case "scenario":
            return [r.scenario for r in _together(operation, pool)] or pool.scenarios
        case "executable":
            return [r.executable for r in _together(operation, pool)]
        case "configuration":
            created = next(iter(pool.resources.creates(operation)), None)
            return pool.configurations_for(created) if created is not None else pool.configurations
    return pool.ids(named, spare=oracle.changes(pool.contract, operation))


def _sections(operation: Operation, pool: Pool) -> Schema | None:
    """Some of the sections that can be selected, without the star that means all of them."""
    parameter = operation.parameter("$select")
    schema = pool.contract.resolve(parameter.schema) if parameter is not None else {}
    entries = pool.contract.resolve(schema.get("items", {}))
    return several(one_of([e for e in entries["enum"] if e != "*"]), 3, 1) if "enum" in entries else None


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
    ids = pool.names(operation)
    known = {name: one_of(found) for name in schema["properties"] if (found := ids(name))}
    return {**schema, "properties": {**schema["properties"], **known}}
