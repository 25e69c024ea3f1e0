"""One request and its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# Ten times what the API needs, and a tenth of what a walk through it by recursion can bear.
_DEEPEST = 100
_SURROGATE = re.compile(r"\\ud[89a-f]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, unredacted: it stays in memory, the recorder redacts.

    ``operation`` is the operationId, or empty when the request is for no operation.
    ``path`` begins with ``/lm`` and carries neither query nor host. Header names are kept
    as sent; ``header`` looks them up in any case. ``elapsed`` is in seconds.
    ``truncated``: the body was longer than we read.
    """

    id: str
    item: str
    operation: str
    method: str
    url: str
    path: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: bytes
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    truncated: bool
    started: str
    elapsed: float

    def header(self, name: str) -> str | None:
        """The first response header of that name, in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def media_type(self) -> str:
        """The media type of the answer, in lower case, without parameters; empty when absent."""
        return (self.header("Content-Type") or "").partition(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        """Whether the answer says that it is JSON."""
        return self.media_type == "application/json" or self.media_type.endswith("+json")

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text, with what is no UTF-8 replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON, whatever the media type says; ValueError when it is none, or nested too deeply."""
        return decode(self.body)

    def json_object(self) -> Mapping[str, Any]:
        """The body as a JSON object; an empty mapping when it is none."""
        try:
            data = self.json()
        except ValueError:
            return {}
        return data if isinstance(data, dict) else {}

    @property
    def brief(self) -> str:
        """Status and the beginning of the body, for an ``actual`` line."""
        body = " ".join(self.text[:300].split())
        return f"{self.status} {body}"[:240].rstrip()


def decode(body: bytes | str) -> Any:
    """JSON in UTF-8 as a value (RFC 8259, section 8.1).

    Half a surrogate pair, which JSON can escape and no file can hold, becomes a question mark.
    ValueError when it is no JSON, or nested too deeply for somebody who walks through it.
    """
    text = body if isinstance(body, str) else body.decode("utf-8-sig")
    too_deep = f"nested more than {_DEEPEST} deep"
    try:
        value = json.loads(text)
    except RecursionError:
        raise ValueError(too_deep) from None
    # As many brackets as levels there are at least: nearly all bodies have fewer.
    level = [value] if text.count("[") + text.count("{") > _DEEPEST else []
    for _ in range(_DEEPEST):
        level = [part for node in level if isinstance(node, dict | list) for part in _parts(node)]
        if not level:
            break
    else:
        raise ValueError(too_deep)
    if _SURROGATE.search(text):
        value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    return value


def _parts(node: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return node.values() if isinstance(node, dict) else node
