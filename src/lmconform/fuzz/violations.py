"""Values that break one keyword of a schema, and values that the schema names: edges, choices, examples."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, Final

from lmconform.contract.openapi import Contract
from lmconform.safety.guard import ABSENT_PREFIX

Path = tuple[str | int, ...]

# In place of a member: it is taken away.
GONE: Final = object()
# Longer texts and lists are what a gateway refuses before the API sees them.
_LONGEST, _MOST_ITEMS = 6000, 1001
_DEEPEST = 8
# What comes before the oddity keeps a request harmless where the text is an id.
_ODD = (*(f"{ABSENT_PREFIX}{odd}" for odd in "!~`"), "")
_VALID = ("aaaa", "ext.ai.sap.com/lmconform=1", "ext.ai.sap.com/lmconform", "ai://default/lmconform", "1", "10h")
_NO_CHOICE = "lmconform-none"


def positions(contract: Contract, schema: Any, path: Path = ()) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each schema inside ``schema`` with its place in a value: names of members, and 0 for the items of a list."""
    node = contract.resolve(schema)
    if not isinstance(node, dict) or len(path) > _DEEPEST:
        return
    yield path, node
    for part in node.get("allOf", ()):
        yield from positions(contract, part, path)
    for name, member in node.get("properties", {}).items():
        yield from positions(contract, member, (*path, name))
    if "items" in node:
        yield from positions(contract, node["items"], (*path, 0))


def wrong(contract: Contract, node: dict[str, Any], present: Any = None) -> Iterator[tuple[Path, Any]]:
    """Values that break one keyword of ``node`` each, with the place in the value where they stand.

    What has the wrong type is none of the choices either, and too many entries of a list are copies of one.
    ``present`` is a valid value, from which longer lists are made. What the items of a list or the members of an
    object break is not here: they have positions of their own.
    """
    kinds = _kinds(node)
    if kinds:
        yield (), "lmconform" if "string" not in kinds else {}
    yield from (((name,), GONE) for name in node.get("required", ()))
    yield from (((), text) for text in _wrong_texts(contract, node))
    if "minimum" in node:
        yield (), node["minimum"] - 1
    if "maximum" in node:
        yield (), node["maximum"] + 1
    if "array" in kinds:
        yield from (((), entries) for entries in _wrong_lists(contract, node, present))


def named(contract: Contract, schema: Any) -> Iterator[Any]:
    """Valid values that the schema of a parameter names: choices, both booleans, the edges of a number, the default."""
    node = contract.resolve(schema)
    if not isinstance(node, dict):
        return
    if "items" in node:
        yield from ([value] for value in named(contract, node["items"]))
        return
    yield from node.get("enum", ())
    if "boolean" in _kinds(node):
        yield from (True, False)
    yield from (node[word] for word in ("minimum", "maximum", "default") if word in node)


def examples(node: dict[str, Any]) -> list[Any]:
    """The examples of a schema."""
    return list(node.get("examples", ()))


def is_endless(node: dict[str, Any]) -> bool:
    """Whether a text may be as long as one likes, as far as the schema says."""
    return _kinds(node) == ("string",) and not {"maxLength", "pattern", "enum", "const", "format"} & set(node)


def at(value: Any, path: Path) -> Any:
    """What stands at ``path``; GONE where nothing does."""
    for step in path:
        if isinstance(step, int):
            if not isinstance(value, list) or len(value) <= step:
                return GONE
        elif not isinstance(value, dict) or step not in value:
            return GONE
        value = value[step]
    return value


def put(value: Any, path: Path, new: Any) -> Any:
    """A copy of ``value`` with ``new`` at ``path``; GONE where the place does not exist."""
    if not path:
        return new
    changed = copy.deepcopy(value)
    parent, last = at(changed, path[:-1]), path[-1]
    if isinstance(parent, dict) and isinstance(last, str):
        if new is not GONE:
            parent[last] = new
        elif parent.pop(last, GONE) is GONE:
            return GONE
        return changed
    if isinstance(parent, list) and isinstance(last, int) and len(parent) > last:
        parent[last] = new
        return changed
    return GONE


def opened(value: Any, path: Path) -> Any:
    """A copy of ``value`` with all that ``path`` leads through, empty where nothing was; GONE where it cannot be."""
    for depth, step in enumerate(path):
        room: Any = [None] if isinstance(step, int) else {}
        found = at(value, path[:depth])
        if found in (GONE, None) or (found == [] and isinstance(step, int)):
            value = put(value, path[:depth], room)
        elif not isinstance(found, type(room)):
            return GONE
    return value


def _kinds(node: dict[str, Any]) -> tuple[str, ...]:
    kinds = node.get("type", ())
    return (kinds,) if isinstance(kinds, str) else tuple(kind for kind in kinds if kind != "null")


def _wrong_texts(contract: Contract, node: dict[str, Any]) -> Iterator[str]:
    if "pattern" in node:
        pattern = {"pattern": node["pattern"]}
        yield from [text for text in _ODD if not contract.is_valid(pattern, text)][:1]
    if "enum" in node:
        yield _NO_CHOICE
    if node.get("format") == "date-time":
        yield "lmconform"
    if node.get("minLength"):
        yield "x" * (node["minLength"] - 1)
    if node.get("maxLength", _LONGEST) < _LONGEST:
        # Longer by two: some count bytes of a closing zero, and nobody counts two.
        yield _valid(contract, {**node, "maxLength": _LONGEST}).ljust(node["maxLength"] + 2, "x")


def _wrong_lists(contract: Contract, node: dict[str, Any], present: Any) -> Iterator[list[Any]]:
    if node.get("minItems"):
        yield []
    entries = present if isinstance(present, list) and present else [_valid(contract, node.get("items", {}))]
    if not entries[0]:
        return
    if node.get("uniqueItems"):
        yield [entries[0], entries[0]]
    if node.get("maxItems", _MOST_ITEMS) < _MOST_ITEMS:
        yield entries[:1] * (node["maxItems"] + 1)


def _valid(contract: Contract, schema: Any) -> str:
    """A short text that the schema allows."""
    node = contract.resolve(schema)
    return next((text for text in _VALID if contract.is_valid(node, text)), "")
