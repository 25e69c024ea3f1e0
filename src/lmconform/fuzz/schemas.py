"""Small schemas that generated data is described with; a run without generated data imports them, and no generator."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

Schema = dict[str, Any]

# The formats of texts, which ``fuzz/formats`` draws.
FORMATS: Final = frozenset(
    {"lm-name", "lm-search", "lm-plain", "lm-printable", "lm-label", "lm-selector", "lm-url", "lm-time"}
)


def text(name: str) -> Schema:
    """A text of one of the ``FORMATS``, named without ``lm-``."""
    assert f"lm-{name}" in FORMATS, name
    return {"type": "string", "format": f"lm-{name}"}


def one_of(values: Iterable[str]) -> Schema:
    """One of these texts."""
    return {"type": "string", "enum": list(dict.fromkeys(values))}


def number(least: int, most: int) -> Schema:
    """A whole number, both ends included."""
    return {"type": "integer", "minimum": least, "maximum": most}


def measured(most: float) -> Schema:
    """A number of at most that size; a third of them are those that programs treat differently."""
    free = {"type": "number", "minimum": -most, "maximum": most}
    return {"anyOf": [free, free, {"enum": [0, -0.5, 1e-9, most]}]}


def several(items: Schema, most: int, least: int = 0) -> Schema:
    """A list of different items."""
    return {"type": "array", "minItems": least, "maxItems": most, "uniqueItems": True, "items": items}


def record(needed: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """An object with these members and no others."""
    return {
        "type": "object",
        "required": list(needed),
        "properties": {**needed, **(optional or {})},
        "additionalProperties": False,
    }
