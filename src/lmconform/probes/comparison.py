"""Compares a resource as sent with the resource as answered, where the spelling of values may differ."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from lmconform.contract import times

_TIMES = frozenset(
    {"createdAt", "modifiedAt", "submissionTime", "startTime", "completionTime", "timestamp", "start", "end"}
)
# Tenants answer any of these for a member without a value.
_EMPTY: tuple[Any, ...] = (None, "", [], {})
# Lists whose order is not promised, of entries with any members.
_UNORDERED: Final = frozenset({"inputArtifacts", "outputArtifacts", "parameters"})
# Lists whose order is not promised, with the fields that make up an entry (F38).
_KEYED = {
    "labels": ("key", "name", "value"),
    "tags": ("name", "value"),
    "customInfo": ("name", "value"),
    "parameterBindings": ("key", "value"),
    "inputArtifactBindings": ("key", "artifactId"),
}

# Lists to which a server may add entries (F39).
GROWING: Final = frozenset({"tags", "metrics", "customInfo"})
# Characters of a value that a message shows.
_SHOWN: Final = 160


def instant(text: object) -> datetime | None:
    """The time that an RFC 3339 text denotes, or None; nanoseconds are cut to microseconds."""
    if not isinstance(text, str):
        return None
    try:
        moment = times.parse(text) or datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def normal(name: str, value: Any) -> Any:
    """``value`` of the field ``name`` in a normal form: equal values have equal forms."""
    if name in _TIMES:
        return instant(value) or value
    if name in _KEYED and isinstance(value, list):
        rows = _rows(value, _KEYED[name])
        # What a server may add may be double.
        return frozenset(rows) if name in GROWING else sorted(rows)
    if name in _UNORDERED and isinstance(value, list):
        return sorted(json.dumps(_without_empty(entry), sort_keys=True) for entry in value)
    return value


def _without_empty(entry: Any) -> Any:
    """An entry without the members that have no value."""
    return {n: v for n, v in entry.items() if v not in _EMPTY} if isinstance(entry, dict) else entry


def pairs(entries: Iterable[Any], fields: Iterable[str] = ("name", "value")) -> frozenset[tuple[str, ...]]:
    """The entries as a set of tuples of their ``fields``; an entry that is no object becomes a tuple of one."""
    return frozenset(_rows(entries, fields))


def _rows(entries: Iterable[Any], fields: Iterable[str]) -> list[tuple[str, ...]]:
    names = tuple(fields)
    return [
        tuple(repr(entry.get(n)) for n in names) if isinstance(entry, dict) else (repr(entry),) for entry in entries
    ]


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


def apart(name: str, wanted: Any, actual: Any) -> tuple[str, str]:
    """Two values of the field ``name`` that differ, as texts: of long ones the part where they differ.

    Of lists whose order is not promised, only the entries that the other list lacks.
    """
    if name in _KEYED and isinstance(wanted, list) and isinstance(actual, list) and wanted and actual:
        # Where both have the same entries, their numbers differ.
        parts = _lacking(name, wanted, actual), _lacking(name, actual, wanted)
        wanted, actual = parts if any(parts) else (wanted, actual)
    left, right = (json.dumps(value, ensure_ascii=False) for value in (wanted, actual))
    least = min(len(left), len(right))
    first = next((n for n in range(least) if left[n] != right[n]), least)
    start = max(0, first - _SHOWN // 2) if max(len(left), len(right)) > _SHOWN else 0
    return _part(left, start), _part(right, start)


def _lacking(name: str, entries: list[Any], others: list[Any]) -> list[Any]:
    known = pairs(others, _KEYED[name])
    return [entry for entry in entries if not pairs([entry], _KEYED[name]) <= known]


def _part(text: str, start: int) -> str:
    end = start + _SHOWN
    if start == 0 and end >= len(text):
        return text
    return f"{'…' * (start > 0)}{text[start:end]}{'…' * (end < len(text))} ({len(text)} characters)"
