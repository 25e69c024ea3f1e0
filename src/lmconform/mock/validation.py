"""Validates requests against the contract: path ids, query parameters, JSON bodies."""

from __future__ import annotations

import json
import math
import re
from typing import Any
from urllib.parse import parse_qsl

from lmconform.contract.openapi import Contract, Operation, Parameter, Schema
from lmconform.mock.problems import Problem, bad_request
from lmconform.mock.switches import Switches

_MAX_DEPTH = 100
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_MOST_QUERY_FIELDS = 500
# SAP's client sends these without the dollar sign (fact F4).
_UNDOLLARED = ("top", "skip", "order")


def path(contract: Contract, operation: Operation, values: dict[str, str], switches: Switches) -> None:
    """Raise when a path id breaks its pattern."""
    for parameter in operation.parameters:
        if parameter.location == "path" and not _holds(contract, parameter.schema, values[parameter.name]):
            status = int(switches["path-id-invalid"])
            raise Problem(status, "01010003", f"Invalid Request, {parameter.name} is not a valid id")


def query(contract: Contract, operation: Operation, raw: bytes, switches: Switches) -> dict[str, Any]:
    """The parsed values of the declared parameters; undeclared ones are ignored, as real servers do (fact F4)."""
    try:
        text = raw.decode("ascii", "replace")
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=_MOST_QUERY_FIELDS)
    except ValueError as error:
        raise bad_request("too many query parameters") from error
    sent = dict(pairs)
    if switches["undollared"] == "honour":
        sent = {f"${name}": value for name, value in pairs if name in _UNDOLLARED} | sent
    values: dict[str, Any] = {}
    for parameter in operation.parameters:
        if parameter.location != "query":
            continue
        if parameter.name not in sent:
            if parameter.required:
                raise bad_request(f"Missing query parameter '{parameter.name}'")
            continue
        try:
            value = _parse(contract, parameter, sent[parameter.name])
        except ValueError as error:
            refused = switches["invalid-query"] == "400" and parameter.name in dict(pairs)
            # A required parameter cannot be ignored.
            if refused or parameter.required:
                raise bad_request(f"query parameter '{parameter.name}' is not valid") from error
            continue
        if value is not None:
            values[parameter.name] = value
        elif parameter.required:
            raise bad_request(f"query parameter '{parameter.name}' is empty")
    return values


def body(contract: Contract, operation: Operation, media_type: str, raw: bytes, switches: Switches) -> Any:
    """The JSON body, validated; bytes where the contract accepts any media type; raises 400 or 415."""
    expected = operation.request_body
    if expected is None:
        return None
    if "*/*" in expected.content:
        return raw
    if not raw:
        raise bad_request("the body is missing")
    kind = media_type.partition(";")[0].strip().lower()
    # A merge patch is JSON, and real tenants accept it under both media types (fact I2).
    known = {*expected.content, *(["application/json"] if operation.method == "PATCH" else [])}
    if kind not in known:
        raise Problem(int(switches["unsupported-media-type"]), "01010015", f"{kind[:100]!r} is not supported")
    value = parse(raw)
    schema = expected.content.get(kind, next(iter(expected.content.values())))
    try:
        valid = contract.is_valid(schema, value)
    except (ValueError, OverflowError, RecursionError):
        valid = False
    if not valid:
        problem = (contract.first_error(schema, value) or "not valid")[:200]
        raise bad_request(problem.encode("ascii", "replace").decode())
    return value


def parse(raw: bytes) -> Any:
    """Strict JSON: no NaN, no infinite number, no lone surrogate, nested 100 levels at most; raises 400."""
    try:
        value = _decode(raw.decode("utf-8"))
        if b"\\u" in raw:
            # A lone surrogate cannot be encoded in a response.
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise bad_request("the body is not valid JSON") from error
    if _depth(value) > _MAX_DEPTH:
        raise bad_request(f"the body is nested deeper than {_MAX_DEPTH} levels")
    return value


def _parse(contract: Contract, parameter: Parameter, text: str) -> Any:
    schema = contract.resolve(parameter.schema)
    kind = schema.get("type") if isinstance(schema, dict) else None
    value: Any = text
    if kind == "integer":
        if not _INTEGER.fullmatch(text):
            raise ValueError(text)
        value = int(text)
        if parameter.name in ("$top", "$skip") and value < 0:
            raise ValueError(text)
    elif kind == "boolean":
        if text.lower() not in ("true", "false"):
            raise ValueError(text)
        value = text.lower() == "true"
    elif kind == "array":
        value = [part for part in text.split(",") if part]
        if not value:
            return None
    if not _holds(contract, parameter.schema, value):
        raise ValueError(text)
    return value


def _holds(contract: Contract, schema: Schema, value: Any) -> bool:
    try:
        return contract.is_valid(schema, value)
    except (ValueError, OverflowError):
        return False


def _refuse(word: str) -> Any:
    raise ValueError(word)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


_decode = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite).decode


def _depth(value: Any) -> int:
    level, depth = [value], 0
    while level and depth <= _MAX_DEPTH:
        inner: list[Any] = []
        for node in level:
            if isinstance(node, dict):
                inner.extend(node.values())
            elif isinstance(node, list):
                inner.extend(node)
        level, depth = inner, depth + 1
    return depth
