"""Between schemathesis' cases and our transport: one request as it goes out, one answer as it comes in."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote

import requests
import schemathesis

from lmconform.client.transport import Request
from lmconform.contract.openapi import Operation
from lmconform.evidence.exchange import Exchange

_Case = schemathesis.Case[Any]
_LONGEST_URL = 6000
_LARGEST_BODY = 64 * 1024


@dataclass(frozen=True, slots=True)
class Wire:
    """A generated request. ``value`` is the parsed body where ``is_json``.

    ``authorize`` False: it goes out without the session's token.
    """

    operation: Operation
    path_parameters: dict[str, str]
    query_values: dict[str, Any]
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    is_json: bool
    value: Any
    authorize: bool = True

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal for requests that are the same on the wire."""
        return self.path, self.query, self.headers, self.body, self.authorize

    def naming(self, ids: dict[str, str]) -> Wire:
        """The same request for something else: ``ids`` are path parameters by name."""
        path_parameters = self.path_parameters | ids
        return replace(self, path_parameters=path_parameters, path=self.operation.fill(path_parameters))

    def request(self, item: str, repeat: bool) -> Request:
        """The request for the transport; ``repeat`` waits out a rate limit."""
        operation = self.operation
        sent = self.path, self.query, self.headers, self.body
        return Request(item, operation.id, operation.method, *sent, authorize=self.authorize, repeat=repeat)


def encode(operation: Operation, case: _Case, *, unambiguous: bool = False) -> Wire | None:
    """The case as a request; None for one that HTTP cannot carry, or that means another path.

    ``unambiguous``: whole numbers are written without a fraction. 8.0 is an integer to JSON Schema, and to some
    servers it is none.
    """
    path_parameters = {name: unquote(str(value)) for name, value in (case.path_parameters or {}).items()}
    if any(_leads_elsewhere(operation, name, value) for name, value in path_parameters.items()):
        return None
    query_values = dict(case.query or {})
    pairs = [(name, part) for name, value in query_values.items() for part in _parts(value)]
    query = "&".join(f"{_percent(name, '$')}={_percent(_text(value), ',')}" for name, value in pairs)
    path = operation.fill(path_parameters)
    if len(path) + len(query) > _LONGEST_URL:
        return None
    # The token is the transport's business, though the logs declare its header as a parameter.
    headers = {str(n): str(v) for n, v in (case.headers or {}).items() if str(n).lower() != "authorization"}
    body, is_json = _body(case, unambiguous)
    if body is None or len(body) > _LARGEST_BODY:
        return None
    if body or is_json:
        headers["Content-Type"] = case.media_type or "application/json"
    if not all(_is_legal(name + value) for name, value in headers.items()):
        return None
    value = json.loads(body) if is_json and body else None
    return Wire(operation, path_parameters, query_values, path, query, tuple(headers.items()), body, is_json, value)


def as_response(exchange: Exchange) -> schemathesis.Response:
    """The answer as schemathesis' checks want it."""
    sent = requests.Request(exchange.method, exchange.url).prepare()
    headers: dict[str, list[str]] = {}
    for name, value in exchange.headers:
        headers.setdefault(name.lower(), []).append(value)
    return schemathesis.Response(
        status_code=exchange.status,
        headers=headers,
        content=exchange.body,
        request=sent,
        elapsed=exchange.elapsed,
        verify=True,
    )


def _body(case: _Case, unambiguous: bool) -> tuple[bytes | None, bool]:
    """The bytes of the body, and whether they are JSON; None for what cannot be encoded."""
    if case.media_type is None:
        return b"", False
    if isinstance(case.body, bytes):
        try:
            json.loads(case.body)
        except (ValueError, RecursionError):
            return case.body, False
        return case.body, True
    if "json" not in case.media_type and isinstance(case.body, str):
        return case.body.encode("utf-8", "replace"), False
    try:
        return json.dumps(_whole(case.body) if unambiguous else case.body, allow_nan=False).encode(), True
    except (TypeError, ValueError):
        # No body at all, or a number that JSON does not have.
        return (b"", False) if type(case.body).__name__ == "NotSet" else (None, False)


def _whole(value: Any) -> Any:
    """The same JSON value, its whole numbers as integers."""
    if isinstance(value, dict):
        return {name: _whole(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_whole(entry) for entry in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _leads_elsewhere(operation: Operation, name: str, value: str) -> bool:
    """Whether the value, put into the path, means another path."""
    parameter = operation.parameter(name)
    segments = value.split("/") if parameter is not None and parameter.slashes else [value]
    return any(not segment or "/" in segment or segment.strip(".") == "" for segment in segments)


def _parts(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _percent(text: str, safe: str = "") -> str:
    return quote(text, safe=safe, errors="replace")


def _is_legal(text: str) -> bool:
    return all(" " <= c <= "~" for c in text)
