"""Stands before the API and does to requests and answers what the fault rules say."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lmconform.contract.openapi import Contract
from lmconform.mock import auth
from lmconform.mock.app import path_of
from lmconform.mock.faults import TOKEN, Rule, Rules
from lmconform.mock.http_protocol import LINE, Line

# How long a client may wait for bytes that were announced and never come, in seconds: as long as it may be idle.
_HELD = 5.0
_PIECES = 100
_WORDS = {
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


class Damage:
    """The API with faults before it. ``expire`` makes all tokens old that were given out so far."""

    def __init__(self, api: ASGIApp, rules: Rules, contract: Contract, expire: Callable[[], None]) -> None:
        self._api = api
        self._rules = rules
        self._contract = contract
        self._expire = expire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or spoil it."""
        rule = self._rules.pick(name) if scope["type"] == "http" and (name := self._name(scope)) else None
        if rule is None:
            await self._api(scope, receive, send)
        elif rule.kind == "expire":
            self._expire()
            await self._api(scope, receive, send)
        elif rule.kind in _INSTEAD:
            await self._instead(rule, scope, receive, send)
        else:
            line: Line = scope["state"][LINE]
            if rule.settings.get("when") == "before":
                await _BEFORE[rule.kind](rule, line)
                if not line.is_gone:
                    await self._api(scope, receive, send)
                return
            start, body = await self._carried_out(scope, receive)
            await _SPOIL[rule.kind](rule, line, start, body, send)

    def _name(self, scope: Scope) -> str:
        """The operation that is asked for, the token, or neither."""
        path = path_of(scope)
        if path == auth.PATH:
            return TOKEN
        found = self._contract.match(scope["method"], path.removeprefix("/v2")) if path.startswith("/v2/") else None
        return found[0].id if found else ""

    async def _instead(self, rule: Rule, scope: Scope, receive: Receive, send: Send) -> None:
        """The gateway answers."""
        if rule.settings.get("when") == "after":
            await self._carried_out(scope, receive)
        start, body = _INSTEAD[rule.kind](rule, scope)
        await _answer(start, body, send)

    async def _carried_out(self, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
        """The answer as it would go out."""
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        await self._api(scope, receive, keep)
        return kept[0], b"".join(message.get("body", b"") for message in kept[1:])


def _refused(rule: Rule, scope: Scope) -> tuple[Message, bytes]:
    wait = rule.settings["retry-after"]
    more = [] if wait is None else [(b"retry-after", str(wait).encode())]
    return _start(int(rule.kind), b"text/plain; charset=utf-8", more), _WORDS[rule.kind]


def _page(rule: Rule, scope: Scope) -> tuple[Message, bytes]:
    return _start(int(rule.settings["status"]), b"text/html; charset=utf-8"), _PAGE


def _elsewhere(rule: Rule, scope: Scope) -> tuple[Message, bytes]:
    to = str(rule.settings["to"])
    parts = urlsplit(to)
    if not (parts.path or parts.query or parts.fragment):
        query = scope.get("query_string", b"")
        rest = scope.get("raw_path") or scope["path"].encode()
        to += quote(rest + (b"?" + query if query else b""), safe="/%?$!'()*+,;=:@&~-._")
    return _start(int(rule.settings["status"]), b"text/plain", [(b"location", to.encode())]), b""


_INSTEAD = {**dict.fromkeys(_WORDS, _refused), "html": _page, "redirect": _elsewhere}


async def _wait(rule: Rule, line: Line) -> None:
    await line.wait(rule.settings["seconds"])


async def _reset(rule: Rule, line: Line) -> None:
    await line.reset()


_BEFORE: dict[str, Callable[[Rule, Line], Awaitable[None]]] = {"latency": _wait, "reset": _reset}


async def _late(rule: Rule, line: Line, start: Message, body: bytes, send: Send) -> None:
    await line.wait(rule.settings["seconds"])
    await _answer(start, body, send)


async def _lost(rule: Rule, line: Line, start: Message, body: bytes, send: Send) -> None:
    await line.reset()


async def _truncated(rule: Rule, line: Line, start: Message, body: bytes, send: Send) -> None:
    if body:
        await send(start)
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    else:
        # Of an answer without a body the first line is cut: a client that got it whole would take it for all.
        line.write(b"HTTP/1.1 2")
    await line.close()


async def _misannounced(rule: Rule, line: Line, start: Message, body: bytes, send: Send) -> None:
    announced = max(0, len(body) + rule.settings["by"]) if body else abs(rule.settings["by"])
    rest = [pair for pair in start.get("headers", ()) if pair[0] != b"content-length"]
    await send({**start, "headers": [*rest, (b"content-length", str(announced).encode())]})
    await send({"type": "http.response.body", "body": body[:announced], "more_body": True})
    if announced < len(body):
        line.write(body[announced:])
        await send({"type": "http.response.body", "body": b""})
        return
    if body:
        await line.wait(_HELD)
    await line.close()


async def _trickled(rule: Rule, line: Line, start: Message, body: bytes, send: Send) -> None:
    size = max(1, math.ceil(len(body) / _PIECES))
    pieces = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    await send(start)
    for piece in pieces:
        await line.wait(rule.settings["seconds"] / len(pieces))
        if line.is_over:
            await line.close()
            return
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


_SPOIL: dict[str, Callable[[Rule, Line, Message, bytes, Send], Awaitable[None]]] = {
    "latency": _late,
    "reset": _lost,
    "truncate": _truncated,
    "content-length": _misannounced,
    "trickle": _trickled,
}


def _start(status: int, media_type: bytes, more: list[tuple[bytes, bytes]] | None = None) -> Message:
    return {"type": "http.response.start", "status": status, "headers": [(b"content-type", media_type), *(more or [])]}


async def _answer(start: Message, body: bytes, send: Send) -> None:
    headers = list(start["headers"])
    if start["status"] != 204 and b"content-length" not in dict(headers):
        headers.append((b"content-length", str(len(body)).encode()))
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": body})
