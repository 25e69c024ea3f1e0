"""Compares a resource as sent with the resource as answered, where the spelling of values may differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

_TIMES = frozenset(
    {"createdAt", "modifiedAt", "submissionTime", "startTime", "completionTime", "timestamp", "start", "end"}
)
# Tenants answer any of these for a member without a value.
_EMPTY: tuple[Any, ...] = (None, "", [], {})
# Lists whose order is not promised, with the fields that make up an entry (F38).
_KEYED = {
    "labels": ("key", "name", "value"),
    "tags": ("name", "value"),
    "customInfo": ("name", "value"),
    "parameterBindings": ("key", "value"),
    "inputArtifactBindings": ("key", "artifactId"),
}


def instant(text: object) -> datetime | None:
    """The time that an RFC 3339 text denotes, or None; nanoseconds are cut to microseconds."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def normal(name: str, value: Any) -> Any:
    """``value`` of the field ``name`` in a normal form: equal values have equal forms."""
    if name in _TIMES:
        return instant(value) or value
    if name in _KEYED and isinstance(value, list):
        return pairs(value, _KEYED[name])
    return value


def pairs(entries: Iterable[Any], fields: Iterable[str] = ("name", "value")) -> frozenset[tuple[str, ...]]:
    """The entries as a set of tuples of their ``fields``; an entry that is no object becomes a tuple of one."""
    names = tuple(fields)
    return frozenset(
        tuple(repr(entry.get(n)) for n in names) if isinstance(entry, dict) else (repr(entry),) for entry in entries
    )


def same(name: str, wanted: Any, actual: Any) -> bool:
    """Whether two values of the field ``name`` are equal.

    Null, absent and empty are equal. The server may write its times with or without fractions of a second, so times
    of the same second are equal, but for the ``timestamp`` of a metric, which the client chose.
    """
    if wanted in _EMPTY and actual in _EMPTY:
        return True
    left, right = normal(name, wanted), normal(name, actual)
    if name in _TIMES - {"timestamp"} and isinstance(left, datetime) and isinstance(right, datetime):
        return abs(left - right) < timedelta(seconds=1)
    return bool(left == right)


def differences(wanted: Mapping[str, Any], actual: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """The fields of ``wanted`` that differ in ``actual``, as ``same`` compares them: (name, wanted, actual)."""
    return [
        (name, value, actual.get(name)) for name, value in wanted.items() if not same(name, value, actual.get(name))
    ]
