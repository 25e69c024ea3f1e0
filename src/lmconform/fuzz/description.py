"""The description that positive data is generated from: the contract, narrowed to what is beyond doubt.

Ids are those of the pool, numbers and texts stay in bounds, and there are no members that
the contract does not name. What is generated from it has no reason to be refused.
"""

from __future__ import annotations

import copy
from typing import Any

from lmconform.contract.openapi import Contract, Operation
from lmconform.fuzz.pool import ABSENT, Pool, bindings
from lmconform.target.safety import NAME_PREFIX

_WORD = "[a-z0-9.-]{1,20}"
_NAME = {"type": "string", "pattern": f"^{NAME_PREFIX}[A-Za-z0-9 ._()-]{{1,60}}$"}
_PLAIN = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_-]{0,30}$"}
_PRINTABLE = {"type": "string", "pattern": "^[!-~][ -~]{0,80}$"}
_TIME = {
    "type": "string",
    "pattern": "^20[12][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$",
}
_SELECTOR = {
    "type": "array",
    "minItems": 1,
    "maxItems": 3,
    "items": {"type": "string", "pattern": f"^ext\\.ai\\.sap\\.com/{_WORD}!?=[a-z0-9-]{{1,20}}$"},
}
# Deprecated, or of a grammar that no schema describes: probes know what to do with them.
_LEFT_OUT = frozenset({"$filter", "tagFilters"})


def narrowed(contract: Contract, pool: Pool) -> dict[str, Any]:
    """A copy of the contract's document for generating positive data."""
    document = copy.deepcopy(contract.document)
    for operation in contract.operations:
        node = document["paths"][operation.path][operation.method.lower()]
        node["parameters"] = _parameters(contract, operation, pool)
        document["paths"][operation.path].pop("parameters", None)
        body = _body(operation, pool)
        if body is not None:
            for media in node["requestBody"]["content"].values():
                media["schema"] = body
    return document


def _parameters(contract: Contract, operation: Operation, pool: Pool) -> list[dict[str, Any]]:
    rows = []
    for parameter in operation.parameters:
        if parameter.name in _LEFT_OUT:
            continue
        schema = _known(operation, pool).get(parameter.name, contract.resolve(parameter.schema))
        row: dict[str, Any] = {"name": parameter.name, "in": parameter.location, "schema": _inlined(contract, schema)}
        if parameter.required or (operation.id, parameter.name) == ("findMetrics", "executionIds"):
            row["required"] = True
        if parameter.location == "query":
            row |= {"style": parameter.style, "explode": parameter.explode}
        rows.append(row)
    return rows


def _inlined(contract: Contract, schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _inlined(contract, contract.resolve(value)) for key, value in schema.items()}
    return schema


def _known(operation: Operation, pool: Pool) -> dict[str, Any]:
    changes = operation.id in ("modifyExecution", "deleteExecution", "deleteMetrics")
    execution = _one_of(pool.spare if changes else pool.steady)
    return {
        "scenarioId": _one_of(pool.scenarios),
        "executableId": _one_of(pool.executables),
        "artifactId": _one_of(pool.artifacts),
        "configurationId": _one_of(pool.configurations),
        "executionId": execution,
        "executionScheduleId": _one_of([]),
        "executableIds": _some_of([*pool.executables, ABSENT]),
        "executionIds": _some_of(pool.steady or [ABSENT]),
        "versionId": {"type": "string", "enum": [*filter(None, pool.versions), "0.0.1"]},
        "$top": {"type": "integer", "minimum": 1, "maximum": 1000},
        "$skip": {"type": "integer", "minimum": 0, "maximum": 1000},
        "$search": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,40}$"},
        "name": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,60}$"},
        "labelSelector": _SELECTOR,
        "artifactLabelSelector": _SELECTOR,
        "$select": _sections() if operation.id == "findMetrics" else {"type": "string", "enum": ["status"]},
    }


def _one_of(ids: list[str]) -> dict[str, Any]:
    return {"type": "string", "enum": [*dict.fromkeys(ids), ABSENT]}


def _some_of(ids: list[str]) -> dict[str, Any]:
    return {
        "type": "array",
        "minItems": 1,
        "maxItems": 3,
        "uniqueItems": True,
        "items": {"type": "string", "enum": list(dict.fromkeys(ids))},
    }


def _sections() -> dict[str, Any]:
    items = {"type": "string", "enum": ["metrics", "tags", "customInfo"]}
    return {"type": "array", "minItems": 1, "maxItems": 3, "uniqueItems": True, "items": items}


def _body(operation: Operation, pool: Pool) -> dict[str, Any] | None:
    match operation.id:
        case "createArtifact":
            label = _object(
                {"key": {"type": "string", "pattern": f"^ext\\.ai\\.sap\\.com/{_WORD}$"}, "value": _PRINTABLE}
            )
            url = {"type": "string", "pattern": "^(ai|gs|https)://[a-z0-9]{1,20}/[a-z0-9/_-]{0,40}[a-z0-9]$"}
            kinds = {"type": "string", "enum": ["model", "dataset", "resultset", "other"]}
            needed = {"name": _NAME, "kind": kinds, "url": url, "scenarioId": _one_of(pool.scenarios)}
            return _object(needed, {"description": _PRINTABLE, "labels": _few(label, 2)})
        case "createConfiguration":
            parameters: list[Any] = [[]]
            if pool.parameters:
                parameters = [[{"key": n, "value": v} for n in pool.parameters] for v in ("1", "2")]
            bound = [bindings(pool, artifact) for artifact in pool.artifacts] or [[]]
            return _object(
                {
                    "name": _NAME,
                    "scenarioId": _one_of(pool.scenarios),
                    "executableId": {"type": "string", "enum": pool.executables or [ABSENT]},
                    "inputArtifactBindings": {"type": "array", "enum": bound},
                    "parameterBindings": {"type": "array", "enum": parameters},
                }
            )
        case "createExecution":
            return _object({"configurationId": _one_of(pool.configurations)})
        case "modifyExecution":
            return _object({"targetStatus": {"type": "string", "enum": ["STOPPED"]}})
        case "modifyExecutions":
            target = {"type": "string", "enum": ["STOPPED", "DELETED"]}
            return _object({"executions": _few(_object({"id": _one_of(pool.spare), "targetStatus": target}), 3, 1)})
        case "patchMetrics":
            return _metrics(pool)
    return None


def _metrics(pool: Pool) -> dict[str, Any]:
    pair = _object({"name": _PLAIN, "value": _PRINTABLE})
    point = _object(
        {
            "name": _PLAIN,
            "value": {"type": "number", "minimum": -1e6, "maximum": 1e6},
            "timestamp": _TIME,
            "step": {"type": "integer", "minimum": 0, "maximum": 10_000},
        },
        {"labels": _few(pair, 2)},
    )
    execution = {"type": "string", "enum": pool.steady or [ABSENT]}
    sections = {"tags": _few(pair, 2), "customInfo": _few(pair, 2)}
    return _object({"executionId": execution, "metrics": _few(point, 3, 1)}, sections)


def _few(items: dict[str, Any], most: int, least: int = 0) -> dict[str, Any]:
    return {"type": "array", "minItems": least, "maxItems": most, "uniqueItems": True, "items": items}


def _object(needed: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(needed),
        "properties": {**needed, **(optional or {})},
        "additionalProperties": False,
    }
