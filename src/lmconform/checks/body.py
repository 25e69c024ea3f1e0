"""Bodies: the declared schema, and the error envelope."""

from __future__ import annotations

from typing import Any, Final

from lmconform.checks import gateway
from lmconform.contract import times
from lmconform.contract.openapi import Contract, Operation
from lmconform.evidence.exchange import Exchange, natural
from lmconform.judgement import Judgement, broken, kept

SCHEMA: Final = "LM-HTTP-BODY-SCHEMA"
_ENVELOPE = "LM-ERROR-ENVELOPE"
_TIMES = "LM-HTTP-DATE-TIME"
_TOLD = frozenset({"createdAt", "modifiedAt", "submissionTime", "startTime", "completionTime"})

# Declared by SAP with the envelope as their body; other statuses may come from a gateway.
_ENVELOPED = frozenset({400, 404, 409, 412})


def declared_schema(contract: Contract, operation: Operation, exchange: Exchange) -> Judgement | None:
    """A 2xx body is valid against the schema of its media type."""
    response = operation.response(exchange.status)
    if response is None or not exchange.ok or exchange.media_type not in response.content:
        return None
    schema = response.content[exchange.media_type]
    if exchange.truncated:
        return None
    try:
        value = _value(exchange)
    except ValueError as error:
        return broken(SCHEMA, f"a body that is {exchange.media_type}", f"{error}: {exchange.brief}")
    # What somebody else has called his things is no defect where only readings of the pattern differ.
    problem = "" if contract.is_valid(schema, value) else contract.first_error(schema, value, wide=True)
    if problem:
        return broken(SCHEMA, f"a body valid for {exchange.status} of {operation.label}", problem[:300])
    return kept(SCHEMA)


def date_times(contract: Contract, operation: Operation, exchange: Exchange) -> Judgement | None:
    """Times in a valid 2xx body that the server sets are RFC 3339; others are as a client sent them."""
    response = operation.response(exchange.status)
    if response is None or not exchange.ok or exchange.media_type != "application/json" or exchange.truncated:
        return None
    try:
        value = exchange.json()
    except ValueError:
        return None
    found = contract.date_times(response.content.get(exchange.media_type, True), value)
    told = [(path, text) for path, text in found if path[-1] in _TOLD]
    problem = next((f"{'.'.join(path)}: {text}" for path, text in told if not times.is_date_time(text)), "")
    if problem:
        return broken(_TIMES, "date, time and offset as in 2024-05-06T07:08:09Z", problem[:300])
    return kept(_TIMES) if told else None


def error_envelope(contract: Contract, operation: Operation, exchange: Exchange) -> Judgement | None:
    """A declared error carries ``{"error": {"code": …, "message": …}}``.

    ``requestId``, ``target`` and ``details`` vary on real tenants and are not judged.
    """
    response = operation.response(exchange.status)
    if exchange.status not in _ENVELOPED or response is None or "application/json" not in response.content:
        return None
    if response.beyond or exchange.truncated or not gateway.reaches_the_api(exchange):
        return None
    if operation.id == "getMeta" and exchange.status == 404:
        return None  # There is no such path on this target: no publication says what that looks like (F57).
    expected = 'JSON {"error": {"code": text, "message": text}}'
    error = exchange.json_object().get("error")
    if not isinstance(error, dict) or not isinstance(error.get("message"), str) or "code" not in error:
        return broken(_ENVELOPE, expected, exchange.brief)
    if not isinstance(error["code"], str):
        return broken(_ENVELOPE, expected, f"code is {type(error['code']).__name__}: {exchange.brief}")
    return kept(_ENVELOPE)


def _value(exchange: Exchange) -> Any:
    if exchange.is_json:
        return exchange.json()
    if exchange.media_type != "text/plain":
        return exchange.text
    text = exchange.text.strip()
    # A count travels as text/plain, and its schema says integer.
    number = natural(text.removeprefix("-"))
    if number is None:
        return text
    return -number if text.startswith("-") else number
