"""One request and its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# Ten times what the API needs, and a tenth of what a walk through it by recursion can bear.
_DEEPEST = 100
# Bytes that an object, a list and an entry of one take at least, and how many an answer may take.
_OBJECT, _LIST, _ENTRY = 184, 88, 58
_MOST_MEMORY = 56 * 1024 * 1024
_NAME = re.compile(rb'"([^"\\]{0,1000})"[ \t\r\n]*:')
_MOST_NAMES = 20_000
_NATURAL = re.compile(r"[0-9]{1,19}")
_SURROGATE = re.compile(r"\\ud[89a-f]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, unredacted: it stays in memory, the recorder redacts.

    ``operation`` is the operationId, or empty when the request is for no operation.
    ``path`` begins with ``/lm`` and carries neither query nor host. Header names are kept
    as sent; ``header`` looks them up in any case. ``elapsed`` is in seconds.
    ``token`` makes the token of its header Authorization in a shell; empty where that token is no secret.
    ``truncated``: the body was longer than we read, or holds more values than we can judge.
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
    token: str = "$TOKEN"

    def __post_init__(self) -> None:
        """An answer that is too large a value counts as cut: nothing reads a part of it."""
        if self.is_json and is_too_dense(self.body):
            object.__setattr__(self, "truncated", True)

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

    def resources(self) -> list[dict[str, Any]]:
        """The objects in the list ``resources`` of the body; none when it has no such list, or the status is no 2xx."""
        found = self.json_object().get("resources") if self.ok else None
        return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []

    @property
    def size(self) -> str:
        """How long its body is, for a message."""
        return f"{len(self.body)} bytes" + (" and more values than are read" if is_too_dense(self.body) else " or more")

    @property
    def brief(self) -> str:
        """Status and the beginning of the body, for an ``actual`` line."""
        body = " ".join(self.body[:2000].decode("utf-8", "replace")[:300].split())
        return f"{self.status} {body}"[:240].rstrip()


def is_too_dense(body: bytes | str) -> bool:
    """Whether JSON holds so many values, or so many names, that they take much more memory than its text.

    8 MiB of ``{},{},…`` are 220 MB of objects; 8 MiB of executions or metrics stay below the bound.
    """
    if _OBJECT * len(body) <= _MOST_MEMORY:
        return False
    raw = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    taken = _OBJECT * raw.count(b"{") + _LIST * raw.count(b"[") + _ENTRY * raw.count(b",")
    return taken > _MOST_MEMORY or _has_too_many_names(raw)


def _has_too_many_names(body: bytes) -> bool:
    """Whether its objects have more different names than any API: each is a text, and stands in two tables."""
    if body.count(b":") <= _MOST_NAMES:
        return False
    names: set[bytes] = set()
    for found in _NAME.finditer(body):
        names.add(found[1])
        if len(names) > _MOST_NAMES:
            return True
    return False


def decode(body: bytes | str) -> Any:
    """JSON in UTF-8 as a value (RFC 8259, section 8.1).

    Half a surrogate pair, which JSON can escape and no file can hold, becomes a question mark.
    ValueError when it is no JSON, nested too deeply for somebody who walks through it, or too large a value.
    """
    if is_too_dense(body):
        raise ValueError("more values than can be read")
    text = body if isinstance(body, str) else body.decode("utf-8-sig")
    too_deep = f"nested more than {_DEEPEST} deep"
    try:
        value = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError(too_deep) from None
    except json.JSONDecodeError:
        raise
    except ValueError as error:
        # Python's own word for a long number names a function of the interpreter.
        raise ValueError("a number of more than 4300 digits" if "digits" in str(error) else str(error)) from None
    # As many brackets as levels there are at least: nearly all bodies have fewer.
    level = [value] if text.count("[") + text.count("{") > _DEEPEST else []
    for _ in range(_DEEPEST):
        level = [part for node in level if isinstance(node, dict | list) for part in _parts(node)]
        if not level:
            break
    else:
        raise ValueError(too_deep)
    return _in_utf_8(value) if _SURROGATE.search(text) else value


def natural(text: str) -> int | None:
    """The number that a text is in digits of ASCII, as a count travels; None when it is anything else.

    More digits than a signed number of 64 bits has are no count.
    """
    return int(text) if _NATURAL.fullmatch(text) else None


def _refuse(constant: str) -> None:
    """NaN and Infinity, which Python reads, are no JSON (RFC 8259, section 6)."""
    raise ValueError(f"{constant} is no JSON")


def _in_utf_8(value: Any) -> Any:
    """``value`` with half surrogate pairs replaced; containers are changed where they are, a copy takes memory."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        value[:] = map(_in_utf_8, value)
    elif isinstance(value, dict):
        entries = [(_in_utf_8(name), _in_utf_8(part)) for name, part in value.items()]
        value.clear()
        value.update(entries)
    return value


def _parts(node: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return node.values() if isinstance(node, dict) else node
