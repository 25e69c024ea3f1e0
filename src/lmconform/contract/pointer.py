"""JSON Pointers (RFC 6901): parsed and resolved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

# A tilde that begins no escape (section 3), and the index of an element (section 4).
_STRAY_TILDE = re.compile(r"~(?![01])")
_INDEX = re.compile(r"0|[1-9][0-9]*")


class PointerError(ValueError):
    """A text that is no JSON Pointer; the message says why."""


@lru_cache(maxsize=4096)
def parse(pointer: str) -> tuple[str, ...]:
    """The reference tokens of ``pointer``, unescaped; none for the whole document. Raises PointerError."""
    if pointer and not pointer.startswith("/"):
        raise PointerError(f"the JSON Pointer {pointer!r} does not begin with '/'")
    if _STRAY_TILDE.search(pointer):
        raise PointerError("'~' in a JSON Pointer is written ~0, and '/' in a name ~1")
    # ~01 is the name "~1": the order of the two matters (section 4).
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:])


def resolve(document: Any, pointer: str) -> Any:
    """The value in ``document`` that ``pointer`` names; raises LookupError when there is none, and PointerError."""
    value = document
    for token in parse(pointer):
        if isinstance(value, Mapping) and token in value:
            value = value[token]
        elif isinstance(value, list) and _INDEX.fullmatch(token) and int(token) < len(value):
            value = value[int(token)]
        else:
            raise LookupError(f"{pointer} points to nothing")
    return value
