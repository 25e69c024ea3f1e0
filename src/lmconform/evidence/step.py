"""One request of a story: redacted, without what says nothing, its long texts cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from lmconform.evidence.curl import authorization
from lmconform.evidence.exchange import Exchange
from lmconform.evidence.recorder import SECRET_HEADERS
from lmconform.evidence.redaction import MASK, Redactor

# Characters of a text and of a header, and headers of one kind.
_TEXT: Final = 1500
_HEADER: Final = 300
_HEADERS: Final = 12
# What each request has, and what of an answer says more than its body does.
_PLAIN: Final = frozenset({"user-agent", "accept", "accept-encoding", "connection", "content-length"})
_TELLING: Final = frozenset({"content-type", "location", "retry-after", "allow", "www-authenticate"})

Step = dict[str, Any]


def step(exchange: Exchange, redactor: Redactor, *, times: int = 1, left_out: int = 0, telling: bool = True) -> Step:
    """The request and its answer as results.schema.json describes a step.

    ``times`` is how often it was sent in a row with this status, ``left_out`` the number of requests before it that
    the story does not show, ``telling`` whether it shows the finding.
    """
    url = urlsplit(exchange.url)
    return {
        "id": exchange.id,
        "item": exchange.item,
        "method": exchange.method,
        "path": _short(redactor.text(url.path)),
        "query": _short(redactor.text(url.query)),
        "headers": _headers(
            ((name, _sent(exchange, name, value, redactor)) for name, value in exchange.request_headers),
            redactor,
            lambda name: name not in _PLAIN,
        ),
        "body": _body(exchange.request_body, redactor),
        "status": exchange.status,
        "answer_headers": _headers(exchange.headers, redactor, lambda name: name in _TELLING),
        "answer": _body(exchange.body, redactor),
        "seconds": round(exchange.elapsed, 4),
        "times": times,
        "left_out": left_out,
        "telling": telling,
    }


def _headers(pairs: Iterable[tuple[str, str]], redactor: Redactor, is_wanted: Callable[[str], bool]) -> list[list[str]]:
    wanted = [pair for pair in pairs if is_wanted(pair[0].lower())][:_HEADERS]
    return [[_short(redactor.text(text), _HEADER) for text in pair] for pair in wanted]


def _sent(exchange: Exchange, name: str, value: str, redactor: Redactor) -> str:
    if name.lower() == "authorization":
        return authorization(exchange, value, redactor)
    return MASK if name.lower() in SECRET_HEADERS else value


def _body(body: bytes, redactor: Redactor) -> str:
    return "(bytes that are no text)" if b"\0" in body else _short(redactor.text(body.decode("utf-8", "replace")))


def _short(text: str, most: int = _TEXT) -> str:
    """The beginning of a text that is redacted already, and how much of it is missing."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text) - most} more characters)"
