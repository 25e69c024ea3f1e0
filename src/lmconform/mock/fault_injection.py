"""Fault injection: wraps the application, and breaks requests and responses as the fault rules say."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lmconform.contract.openapi import Contract
from lmconform.mock import auth
from lmconform.mock.app import path_of
from lmconform.mock.faults import TOKEN, Rule, Rules
from lmconform.mock.http_protocol import CONNECTION, Connection

# Seconds that a connection stays open while its client waits for bytes that are announced and not sent:
# as long as an idle connection.
_HOLD = 5.0
# The most pieces in which a slow body is sent.
_PIECES = 100
_STATUS_TEXTS = {
    "429": b"too many requests",
    "500": b"internal server error",
    "502": b"no good answer from upstream",
    "503": b"no healthy upstream",
    "504": b"upstream request timeout",
}
_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Please wait</title></head>"
    b"<body><h1>Please wait</h1><p>This service is being looked after.</p></body></html>\n"
)


class FaultInjection:
    """An application that wraps ``app``; ``expire`` expires all tokens that were issued so far.

    ``rules`` can be exchanged while it runs.
    """

    def __init__(self, app: ASGIApp, rules: Rules, contract: Contract, expire: Callable[[], None]) -> None:
        self._app = app
        self.rules = rules
        self._contract = contract
        self.expire = expire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, with a fault when a rule wants one."""
        rule = self.rules.pick(name) if scope["type"] == "http" and (name := self._name(scope)) else None
        if rule is None:
            await self._app(scope, receive, send)
        elif rule.kind == "expire":
            self.expire()
            await self._app(scope, receive, send)
        elif rule.kind in _REPLACEMENTS:
            await self._replace(rule, scope, receive, send)
        else:
            connection: Connection = scope["state"][CONNECTION]
            if rule.settings.get("when") == "before":
                await _BEFORE[rule.kind](rule, connection)
                if not connection.is_lost:
                    await self._app(scope, receive, send)
                return
            start, body = await self._execute(scope, receive)
            await _AFTER[rule.kind](rule, connection, start, body, send)

    def _name(self, scope: Scope) -> str:
        """The operationId of the request, ``TOKEN`` for the token endpoint, or "" for other requests."""
        path = path_of(scope)
        if path == auth.PATH:
            return TOKEN
        route = self._contract.match(scope["method"], path.removeprefix("/v2")) if path.startswith("/v2/") else None
        return route[0].id if route else ""

    async def _replace(self, rule: Rule, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response of a gateway instead of that of the application."""
        if rule.settings.get("when") == "after":
            await self._execute(scope, receive)
        start, body = _REPLACEMENTS[rule.kind](rule, scope)
        await _respond(start, body, send)

    async def _execute(self, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
        """Run the operation; returns the start and the body of its response, which is not sent."""
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, collect)
        return messages[0], b"".join(message.get("body", b"") for message in messages[1:])


def _error(rule: Rule, scope: Scope) -> tuple[Message, bytes]:
    wait = rule.settings["retry-after"]
    headers = [] if wait is None else [(b"retry-after", str(wait).encode())]
    return _start(int(rule.kind), b"text/plain; charset=utf-8", headers), _STATUS_TEXTS[rule.kind]


def _warm_up(rule: Rule, scope: Scope) -> tuple[Message, bytes]:
    return _start(401, b"text/plain; charset=utf-8"), b"Jwt issuer is not configured"


def _page(rule: Rule, scope: Scope) -> tuple[Message, bytes]:
    return _start(int(rule.settings["status"]), b"text/html; charset=utf-8"), _PAGE


def _redirect(rule: Rule, scope: Scope) -> tuple[Message, bytes]:
    to = str(rule.settings["to"])
    parts = urlsplit(to)
    if not (parts.path or parts.query or parts.fragment):
        query = scope.get("query_string", b"")
        path = scope.get("raw_path") or scope["path"].encode()
        to += quote(path + (b"?" + query if query else b""), safe="/%?$!'()*+,;=:@&~-._")
    return _start(int(rule.settings["status"]), b"text/plain", [(b"location", to.encode())]), b""


_REPLACEMENTS = {**dict.fromkeys(_STATUS_TEXTS, _error), "html": _page, "warm-up": _warm_up, "redirect": _redirect}


async def _wait(rule: Rule, connection: Connection) -> None:
    await connection.wait(rule.settings["seconds"])


async def _reset(rule: Rule, connection: Connection) -> None:
    await connection.reset()


# Faults before the operation runs.
_BEFORE: dict[str, Callable[[Rule, Connection], Awaitable[None]]] = {"latency": _wait, "reset": _reset}


async def _delay_response(rule: Rule, connection: Connection, start: Message, body: bytes, send: Send) -> None:
    await connection.wait(rule.settings["seconds"])
    await _respond(start, body, send)


async def _drop_response(rule: Rule, connection: Connection, start: Message, body: bytes, send: Send) -> None:
    await connection.reset()


async def _truncate(rule: Rule, connection: Connection, start: Message, body: bytes, send: Send) -> None:
    if body:
        await send(start)
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    else:
        # A response without a body is cut in its status line; a client would take the whole head for complete.
        connection.write(b"HTTP/1.1 2")
    await connection.close()


async def _misstate_length(rule: Rule, connection: Connection, start: Message, body: bytes, send: Send) -> None:
    announced = max(0, len(body) + rule.settings["by"]) if body else abs(rule.settings["by"])
    headers = [pair for pair in start.get("headers", ()) if pair[0] != b"content-length"]
    await send({**start, "headers": [*headers, (b"content-length", str(announced).encode())]})
    await send({"type": "http.response.body", "body": body[:announced], "more_body": True})
    if announced < len(body):
        connection.write(body[announced:])
        await send({"type": "http.response.body", "body": b""})
        return
    if body:
        await connection.wait(_HOLD)
    await connection.close()


async def _trickle(rule: Rule, connection: Connection, start: Message, body: bytes, send: Send) -> None:
    size = max(1, math.ceil(len(body) / _PIECES))
    pieces = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    await send(start)
    for piece in pieces:
        await connection.wait(rule.settings["seconds"] / len(pieces))
        if connection.is_ending:
            await connection.close()
            return
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


# Faults after the operation ran.
_AFTER: dict[str, Callable[[Rule, Connection, Message, bytes, Send], Awaitable[None]]] = {
    "latency": _delay_response,
    "reset": _drop_response,
    "truncate": _truncate,
    "content-length": _misstate_length,
    "trickle": _trickle,
}


def _start(status: int, media_type: bytes, headers: list[tuple[bytes, bytes]] | None = None) -> Message:
    all_headers = [(b"content-type", media_type), *(headers or [])]
    return {"type": "http.response.start", "status": status, "headers": all_headers}


async def _respond(start: Message, body: bytes, send: Send) -> None:
    headers = list(start["headers"])
    if start["status"] != 204 and b"content-length" not in dict(headers):
        headers.append((b"content-length", str(len(body)).encode()))
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": body})
