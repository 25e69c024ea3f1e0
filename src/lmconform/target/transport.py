"""Sends requests: token, time limits, body limit, retries; knows when the target is gone."""

from __future__ import annotations

import itertools
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests

from lmconform import __version__
from lmconform.errors import NotTestable, TargetLost
from lmconform.evidence.exchange import Exchange
from lmconform.evidence.recorder import Recorder
from lmconform.evidence.redaction import Redactor
from lmconform.target.config import is_loopback
from lmconform.target.target import Target
from lmconform.target.token import TokenProvider

_BODY_LIMIT = 8 * 1024 * 1024
_BODY_SECONDS = 30.0
_LONGEST_WAIT = 60.0
# After so many requests that waiting did not help, nobody waits until one succeeds.
_IN_VAIN = 3
_SAFE = frozenset({"GET", "HEAD"})
# What a gateway says for a moment, and what SAP's own client repeats as well (fact E7).
_PASSING = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be sent. ``path`` begins with ``/lm`` and is percent-encoded; ``query`` is raw text.

    ``repeat`` False: a 429 or a passing 5xx goes back to the caller, who waits himself.
    """

    item: str
    operation: str
    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    authorize: bool = True
    repeat: bool = True


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what: seconds, and how often a request or the target is tried."""

    connect: float = 5.0
    read: float = 20.0
    tries: int = 4
    liveness_checks: int = 3


class Transport:
    """One connection pool to one target. Redirects are not followed: a token goes to one host."""

    def __init__(
        self,
        target: Target,
        redactor: Redactor,
        recorder: Recorder | None,
        *,
        worker: str = "",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.target = target
        self.session = requests.Session()
        # A proxy between us and our own machine would only be in the way.
        self.session.trust_env = not is_loopback(target.host)
        self.token = TokenProvider(target.credentials, self.session, redactor)
        self.sent = 0
        self._in_vain = 0
        self.patience = Patience()
        self._recorder = recorder
        self._prefix = f"{worker}-" if worker else ""
        self._numbers = itertools.count(1)
        self._sleep = sleep

    def send(self, request: Request) -> Exchange:
        """Send, and return the exchange.

        A 429 is repeated, and a 502, 503 or 504 of a safe method; ``Retry-After`` is honoured.
        A 401 is repeated once with a new token, for tokens expire. Raises NotTestable when the
        connection breaks again and again on this request alone, TargetLost when nobody
        listens any more.
        """
        renewed = False
        for attempt in itertools.count(1):
            try:
                exchange = self._once(request)
            except (requests.RequestException, OSError) as error:
                self._check_alive()
                if request.method not in _SAFE or attempt >= self.patience.tries:
                    raise NotTestable(f"{request.method} /v2{request.path}: {_reason(error)}") from error
                continue
            if exchange.status == 401 and request.authorize and not renewed:
                renewed = True
                self.token.forget()
                continue
            wait = _wait_before_repeating(exchange, attempt)
            given_up = attempt >= self.patience.tries or self._in_vain >= _IN_VAIN
            if wait is None or not request.repeat or given_up:
                self._in_vain = self._in_vain + 1 if wait is not None and request.repeat else 0
                return exchange
            self._sleep(wait)
        raise AssertionError("unreachable")

    def _once(self, request: Request) -> Exchange:
        headers = [("User-Agent", f"lmconform/{__version__}"), ("Accept", "*/*"), *request.headers]
        if request.authorize:
            headers.append(("Authorization", f"Bearer {self.token.token()}"))
        url = f"{self.target.base_url}{request.path}" + (f"?{request.query}" if request.query else "")
        prepared = requests.Request(request.method, "http://placeholder", auth=_no_auth).prepare()
        # The URL as given: requests would tidy up what we send on purpose.
        prepared.url = url
        prepared.body = request.body or None
        prepared.headers.clear()
        for name, value in headers:
            prepared.headers[name] = value
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            prepared.headers["Content-Length"] = str(len(request.body))
        settings = self.session.merge_environment_settings(self.target.base_url, {}, True, None, None)
        limits = (self.patience.connect, self.patience.read)
        started, clock = datetime.now(UTC), time.monotonic()
        with self.session.send(prepared, timeout=limits, allow_redirects=False, **settings) as answer:
            body, truncated = _read(answer)
            exchange = Exchange(
                id=f"{self._prefix}{next(self._numbers)}",
                item=request.item,
                operation=request.operation,
                method=request.method,
                url=url,
                path=request.path,
                request_headers=tuple(headers),
                request_body=request.body,
                status=answer.status_code,
                headers=tuple(answer.raw.headers.items()),
                body=body,
                truncated=truncated,
                started=started.isoformat(timespec="milliseconds"),
                elapsed=time.monotonic() - clock,
            )
        self.sent += 1
        if self._recorder is not None:
            self._recorder.write(exchange)
        return exchange

    def _check_alive(self) -> None:
        parts = urlsplit(self.target.base_url)
        address = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        for attempt in range(self.patience.liveness_checks):
            if attempt:
                self._sleep(1.0)
            try:
                socket.create_connection(address, timeout=2).close()
                return
            except OSError:
                continue
        raise TargetLost(f"{self.target.name} no longer accepts connections at {address[0]}:{address[1]}")


def _wait_before_repeating(exchange: Exchange, attempt: int) -> float | None:
    """Seconds until the same request may go out again; None when it must not."""
    passing = exchange.status in _PASSING and exchange.method in _SAFE
    if exchange.status != 429 and not passing:
        return None
    told = exchange.header("Retry-After")
    seconds = retry_after(told) if told is not None else None
    if seconds is None:
        # Nobody said how long: a little, then more.
        return 0.25 * 2.0**attempt
    return seconds if seconds <= _LONGEST_WAIT else None


def retry_after(value: str) -> float | None:
    """Seconds from a ``Retry-After`` value (RFC 9110, section 10.2.3): a number or a date."""
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def _read(answer: requests.Response) -> tuple[bytes, bool]:
    chunks: list[bytes] = []
    size, deadline = 0, time.monotonic() + _BODY_SECONDS
    for chunk in answer.iter_content(64 * 1024):
        chunks.append(chunk)
        size += len(chunk)
        if size > _BODY_LIMIT or time.monotonic() > deadline:
            return b"".join(chunks)[:_BODY_LIMIT], True
    return b"".join(chunks), False


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from taking credentials out of a .netrc file."""
    return request


def _reason(error: Exception) -> str:
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    text = str(error)
    names: Sequence[tuple[str, str]] = (("reset", "connection reset"), ("RemoteDisconnected", "connection closed"))
    return next((label for word, label in names if word in text), f"transport error ({type(error).__name__})")
