"""The plainest value of a schema: a valid body for a resource of which nothing is known but its description."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from lmconform.contract.openapi import Contract, Schema

# The value of a member by its name; None where the name says nothing.
Known = Callable[[str], Any]

_DEEPEST: Final = 20
_WORDS: Final = ("lmconform", "l", "1", "1.0.0", "ai://default/lmconform", "lmconform@example.com", "2026-01-01")
_TIME: Final = "2026-01-01T00:00:00Z"


def sample(contract: Contract, schema: Schema, known: Known = lambda name: None) -> Any:
    """A value with only the required members, and those optional ones that ``known`` has a value for.

    Returns None when no valid value is found this way.
    """
    value = _value(contract, schema, known, 0)
    return value if value is not None and contract.is_valid(schema, value) else None


def _value(contract: Contract, schema: Any, known: Known, depth: int) -> Any:
    node = contract.resolve(schema)
    if not isinstance(node, dict) or depth > _DEEPEST:
        return None
    for word in ("default", "const"):
        if node.get(word) is not None:
            return node[word]
    for word in ("enum", "examples"):
        for value in node.get(word, ()):
            if value is not None:
                return value
    if "properties" not in node:
        for branch in (*node.get("oneOf", ()), *node.get("anyOf", ())):
            found = _value(contract, branch, known, depth + 1)
            if found is not None:
                return found
    return _by_type(contract, node, known, depth)


def _by_type(contract: Contract, node: dict[str, Any], known: Known, depth: int) -> Any:
    match _type(node):
        case "object":
            members = {name: _member(contract, name, part, known, depth) for name, part in _members(contract, node)}
            needed = _required(contract, node)
            return {name: value for name, value in members.items() if name in needed or known(name) is not None}
        case "array":
            items = _value(contract, node.get("items", {}), known, depth + 1)
            return [items] * int(node.get("minItems", 0))
        case "string":
            words = (_TIME,) if node.get("format") == "date-time" else (*_WORDS, "x" * int(node.get("minLength", 0)))
            return next((word for word in words if contract.is_valid(node, word)), None)
        case "integer" | "number":
            return next((n for n in (1, node.get("minimum"), node.get("maximum")) if contract.is_valid(node, n)), None)
        case "boolean":
            return True
    return None


def _member(contract: Contract, name: str, schema: Any, known: Known, depth: int) -> Any:
    value = known(name)
    if value is None:
        return _value(contract, schema, known, depth + 1)
    return [value] if _type(contract.resolve(schema)) == "array" else value


def _members(contract: Contract, node: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from node.get("properties", {}).items()
    for part in node.get("allOf", ()):
        yield from _members(contract, contract.resolve(part))


def _required(contract: Contract, node: dict[str, Any]) -> set[str]:
    parts = (_required(contract, contract.resolve(part)) for part in node.get("allOf", ()))
    return set(node.get("required", ())).union(*parts)


def _type(node: Any) -> str:
    """The first type that is not null; that of an object where only its members are named."""
    if not isinstance(node, dict):
        return ""
    types = node.get("type", "object" if {"properties", "allOf"} & set(node) else "")
    names = types if isinstance(types, list) else [types]
    return next((name for name in names if name != "null"), "")
