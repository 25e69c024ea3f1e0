"""Is one JSON value contained in another: partial, in any order, numbers and instants by value."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from lmconform.contract import times, urls


def difference(expected: Any, actual: Any, exact: Collection[str] = (), where: str = "") -> str:
    """What of ``expected`` is not in ``actual``, in one line; empty when all of it is there.

    An object may have further members, a list further elements; elements match in any order,
    each one only once. The list of a member named in ``exact`` has no further elements.
    Texts that are RFC 3339 instants are equal when they mean the same moment; a member ``url`` may have got a slash.
    """
    here = where or "the value"
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            return f"{here} is {_kind(actual)}, expected an object"
        for key, value in expected.items():
            place = f"{where}.{key}" if where else key
            if key not in actual:
                return f"{place} is missing"
            if key == "url" and urls.came_back(value, actual[key]):
                continue
            if found := difference(value, actual[key], exact, place):
                return found
            if key in exact and isinstance(value, list) and len(actual[key]) > len(value):
                return f"{place} has {len(actual[key])} elements, expected {len(value)}: {short(actual[key])}"
        return ""
    if isinstance(expected, list):
        if not isinstance(actual, list):
            return f"{here} is {_kind(actual)}, expected a list"
        return _elements(expected, actual, exact, where)
    return "" if same(expected, actual) else f"{here} is {short(actual)}, expected {short(expected)}"


def same(expected: Any, actual: Any) -> bool:
    """Whether two scalars mean the same."""
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, str) and isinstance(actual, str):
        return expected == actual or times.same(expected, actual)
    return bool(expected == actual)


def _elements(expected: list[Any], actual: list[Any], exact: Collection[str], where: str) -> str:
    table = [[not difference(want, got, exact) for got in actual] for want in expected]
    owner: dict[int, int] = {}
    for index, want in enumerate(expected):
        if not _assign(index, table, owner, set()):
            close = ((i, got) for i, got in enumerate(actual) if _alike(want, got))
            near = next(filter(None, (difference(want, got, exact, f"{where}[{i}]") for i, got in close)), "")
            return near or f"{where or 'the list'} has no element {short(want)}"
    return ""


def _assign(index: int, table: list[list[bool]], owner: dict[int, int], seen: set[int]) -> bool:
    """Give expected element ``index`` a separate actual one (augmenting paths of a matching)."""
    for candidate, fits in enumerate(table[index]):
        if fits and candidate not in seen:
            seen.add(candidate)
            if candidate not in owner or _assign(owner[candidate], table, owner, seen):
                owner[candidate] = index
                return True
    return False


def _alike(want: Any, got: Any) -> bool:
    """Whether ``got`` is meant to be ``want``: their first members are equal."""
    if not isinstance(want, dict) or not isinstance(got, dict) or not want:
        return False
    first = next(iter(want))
    return first in got and same(want[first], got[first])


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def short(value: Any) -> str:
    """A value as JSON, cut."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:117]}…"
