"""Streams exchanges to exchanges.jsonl, redacted, one JSON object a line."""

from __future__ import annotations

import base64
import os
import threading
from pathlib import Path
from typing import Any, Final

from lmconform.evidence.exchange import Exchange
from lmconform.evidence.record_size import RecordSize
from lmconform.evidence.redaction import MASK, Redactor

EXCHANGES: Final = "exchanges.jsonl"
_BODY_LIMIT = 64 * 1024
_HEADER_LIMIT = 4 * 1024
# Masks are shorter than what they stand for, so more than the limit is looked at.
_REDACTED = 2 * _BODY_LIMIT
SECRET_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})


class Recorder:
    """Appends to one file, from several threads and processes if need be: a line is one write, and stays whole."""

    def __init__(self, path: Path, redactor: Redactor) -> None:
        self._redactor = redactor
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        self._lock = threading.Lock()
        self._size = RecordSize()

    def write(self, exchange: Exchange) -> None:
        """Append ``exchange``, redacted."""
        record = as_json(exchange, self._redactor)
        with self._lock:
            rest = memoryview(self._size.line(record).encode())
            while rest:
                # All of it at once, but on a disk that is nearly full: then no other line comes in between.
                rest = rest[os.write(self._fd, rest) :]

    def close(self) -> None:
        """Release the file."""
        os.close(self._fd)


def as_json(exchange: Exchange, redactor: Redactor) -> dict[str, Any]:
    """The recorded form of an exchange; bodies beyond 64 KiB are cut and say so.

    Names and values of headers are cut at 4 KiB.
    """
    return {
        "type": "exchange",
        "id": exchange.id,
        "item": exchange.item,
        "operation": exchange.operation,
        "started": exchange.started,
        "elapsed": round(exchange.elapsed, 6),
        "request": {
            "method": exchange.method,
            "url": redactor.text(exchange.url),
            "headers": _headers(exchange.request_headers, redactor),
            **_body(exchange.request_body, redactor, False),
        },
        "response": {
            "status": exchange.status,
            "headers": _headers(exchange.headers, redactor),
            **_body(exchange.body, redactor, exchange.truncated),
        },
    }


def _headers(pairs: tuple[tuple[str, str], ...], redactor: Redactor) -> list[list[str]]:
    secret = SECRET_HEADERS
    return [[_cut(n, redactor), MASK if n.lower() in secret else _cut(v, redactor)] for n, v in pairs]


def _cut(text: str, redactor: Redactor) -> str:
    return redactor.text(text[:_REDACTED])[:_HEADER_LIMIT]


def _body(body: bytes, redactor: Redactor, truncated: bool) -> dict[str, Any]:
    cut = truncated or len(body) > _BODY_LIMIT
    try:
        # Redact before cutting: a secret that lies across the cut would show its first half.
        text = redactor.text(body.decode("utf-8")[:_REDACTED])[:_BODY_LIMIT]
        result: dict[str, Any] = {"body": text}
    except UnicodeDecodeError:
        masked = redactor.text(body.decode("latin-1")[:_REDACTED])[:_BODY_LIMIT]
        result = {"body": base64.b64encode(masked.encode("latin-1", "replace")).decode(), "encoding": "base64"}
    return {**result, "truncated": True} if cut else result
