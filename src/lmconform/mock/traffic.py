"""The requests that a mock answered: kept for the page and for tests, one line each for the terminal."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lmconform.mock import auth
from lmconform.mock.app import path_of
from lmconform.mock.clock import POLLS, Clock

# Most bytes of the bodies that are kept, and of one body.
_MOST_BYTES, _MOST_BODY = 64 * 1024 * 1024, 1024 * 1024
# Of headers and paths in a line.
_MOST_TEXT = 200
_WAITED_FOR = ("/v2/lm/executions", "/v2/lm/deployments")


@dataclass(frozen=True, slots=True)
class Request:
    """One request and the answer to it.

    ``path`` is as sent, without the query; ``query`` has the last value of each parameter; ``group`` is the header
    AI-Resource-Group. ``status`` is 0 when the connection broke. ``when`` is in seconds since the epoch and ``took`` in
    seconds, both by the clock of the machine; ``retry_after`` is that header of the answer. ``sent`` and ``got`` are
    the bodies, as far as they are kept.
    """

    method: str
    path: str
    query: dict[str, str]
    group: str
    status: int
    when: float
    took: float
    retry_after: str = field(default="", repr=False)
    sent: bytes = field(default=b"", repr=False)
    got: bytes = field(default=b"", repr=False)

    @property
    def body(self) -> Any:
        """The body of the request: parsed JSON, or a text when it is none, or None."""
        return _parsed(self.sent)

    @property
    def answer(self) -> Any:
        """The body of the answer, in the same way."""
        return _parsed(self.got)

    def as_json(self) -> dict[str, Any]:
        """Everything but the bytes."""
        shown = ("method", "path", "query", "group", "status", "when", "took", "body", "answer")
        return {name: getattr(self, name) for name in shown}

    def __str__(self) -> str:
        # What a query holds was decoded: a line has no control characters.
        query = "&".join(f"{quote(name)}={quote(value)}" for name, value in self.query.items())
        shown = f"{self.path}?{query}" if query else self.path
        status = str(self.status or "---")
        group = quote(self.group, safe="")[:_MOST_TEXT]
        return f"{self.method:<6} {shown[:_MOST_TEXT]} {status} {self.took * 1000:.0f} ms {group}".rstrip()


Listener = Callable[[Request], None]


class Traffic:
    """The last requests in the order of their answers, ``most`` of them, and who hears of each.

    ``keeps_bodies`` says whether they are kept with their bodies; the listeners get them in any case.
    """

    def __init__(self, most: int, *, keeps_bodies: bool) -> None:
        self.requests: deque[Request] = deque()
        self.listeners: list[Listener] = []
        self._most = most
        self._keeps_bodies = keeps_bodies
        self._bytes = 0

    def add(self, request: Request) -> None:
        """Tell the listeners, and keep the request."""
        for listener in self.listeners:
            listener(request)
        self.requests.append(request if self._keeps_bodies else replace(request, sent=b"", got=b""))
        self._bytes += _size(self.requests[-1])
        while len(self.requests) > self._most or self._bytes > _MOST_BYTES:
            self._bytes -= _size(self.requests.popleft())

    def clear(self) -> None:
        """Forget all of them."""
        self.requests.clear()
        self._bytes = 0


def _size(request: Request) -> int:
    return len(request.sent) + len(request.got)


class Recorder:
    """An application that wraps ``app`` and records its traffic.

    Where the clock moves by polls, a GET that repeats an earlier one of executions or deployments moves it by ``step``
    seconds, as a client that waits would have waited.
    """

    def __init__(self, app: ASGIApp, traffic: Traffic, clock: Clock, step: float) -> None:
        self._app = app
        self.traffic = traffic
        self._clock = clock
        self._step = step
        self._seen: set[tuple[str, bytes]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(receive, send)
        path = path_of(scope)
        if self._clock.way == POLLS:
            self._wait(scope, path)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        finally:
            self.traffic.add(exchange.request(scope, path))

    def forget(self) -> None:
        """Forget all requests: no GET repeats an earlier one."""
        self._seen.clear()
        self.traffic.clear()

    def _wait(self, scope: Scope, path: str) -> None:
        if scope["method"] == "GET" and path.startswith(_WAITED_FOR):
            asked = path, scope.get("query_string", b"")
            if asked in self._seen:
                self._clock.move(self._step)
            self._seen.add(asked)


class _Exchange:
    """What passes between the server and the application for one request."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._begun, self._when = time.perf_counter(), time.time()
        self._sent, self._got = bytearray(), bytearray()
        self._status = 0
        self._headers: dict[bytes, bytes] = {}

    async def receive(self) -> Message:
        """Hear a part of the request."""
        message = await self._receive()
        _collect(self._sent, message)
        return message

    async def send(self, message: Message) -> None:
        """Hear a part of the response, and send it."""
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], dict(message["headers"])
        _collect(self._got, message)
        await self._send(message)

    def request(self, scope: Scope, path: str) -> Request:
        """What was recorded; of the token endpoint, whose requests and answers are secret, no more than the status."""
        headers = dict(scope["headers"])
        is_secret = path == auth.PATH
        query = "" if is_secret else scope.get("query_string", b"").decode("ascii", "replace")
        return Request(
            scope["method"],
            path,
            dict(parse_qsl(query, keep_blank_values=True)) if query else {},
            headers.get(b"ai-resource-group", b"").decode("latin-1"),
            self._status,
            self._when,
            time.perf_counter() - self._begun,
            self._headers.get(b"retry-after", b"").decode("latin-1"),
            b"" if is_secret else bytes(self._sent),
            b"" if is_secret else bytes(self._got),
        )


def _collect(buffer: bytearray, message: Message) -> None:
    if len(buffer) < _MOST_BODY:
        buffer += message.get("body", b"")


def _parsed(data: bytes) -> Any:
    if not data:
        return None
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return data.decode("utf-8", "replace")
