"""Compares what was sent with what comes back, where only the spelling may differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

_TIMES = frozenset(
    {"createdAt", "modifiedAt", "submissionTime", "startTime", "completionTime", "timestamp", "start", "end"}
)
# Real answers have any of these where there is nothing to say.
_EMPTY: tuple[Any, ...] = (None, "", [], {})
# Lists whose order nobody promised, by the fields that make an entry (F38).
_KEYED = {
    "labels": ("key", "name", "value"),
    "tags": ("name", "value"),
    "customInfo": ("name", "value"),
    "parameterBindings": ("key", "value"),
    "inputArtifactBindings": ("key", "artifactId"),
}


def instant(text: object) -> datetime | None:
    """The moment that an RFC 3339 text names, or None; nanoseconds are cut to microseconds."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def normal(name: str, value: Any) -> Any:
    """``value`` of the field ``name`` in a form that equal things share."""
    if name in _TIMES:
        return instant(value) or value
    if name in _KEYED and isinstance(value, list):
        return pairs(value, _KEYED[name])
    return value


def pairs(entries: Iterable[Any], fields: Iterable[str] = ("name", "value")) -> frozenset[tuple[str, ...]]:
    """The entries as a set of tuples of their ``fields``; what is no object stands for itself."""
    names = tuple(fields)
    return frozenset(
        tuple(repr(entry.get(n)) for n in names) if isinstance(entry, dict) else (repr(entry),) for entry in entries
    )


def same(name: str, wanted: Any, found: Any) -> bool:
    """Whether two views of the field ``name`` say the same.

    Null, absent and empty are one. Times that the server made may be spelled with or without
    fractions of a second, so those of the same second agree; a metric's ``timestamp`` is ours.
    """
    if wanted in _EMPTY and found in _EMPTY:
        return True
    left, right = normal(name, wanted), normal(name, found)
    if name in _TIMES - {"timestamp"} and isinstance(left, datetime) and isinstance(right, datetime):
        return abs(left - right) < timedelta(seconds=1)
    return bool(left == right)


def differences(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """The fields of ``wanted`` that ``found`` has otherwise: (name, wanted, found).

    What counts as the same: see ``same``.
    """
    return [(name, value, found.get(name)) for name, value in wanted.items() if not same(name, value, found.get(name))]
