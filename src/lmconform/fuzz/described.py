"""Bodies read from their schema, for resources that have no body of their own in ``bodies``.

``bounded`` narrows a schema to data that a lawful server has no reason to refuse; ``plain`` is the smallest value of
a schema. Ids are those of ``Names``: a member called ``executionId`` names an execution.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Final

from lmconform.contract.openapi import Contract
from lmconform.fuzz.schemas import Schema, number, one_of, record, several, text
from lmconform.safety.guard import ABSENT_PREFIX, NAME_PREFIX

# From the name of a member to the ids that it may hold; None when the name says nothing of ids.
Ids = Callable[[str], list[str] | None]

ABSENT: Final = f"{ABSENT_PREFIX}fuzz"
_DEEPEST, _MOST_ITEMS, _LARGEST = 4, 3, 1000
_WORDS = (f"{NAME_PREFIX}fuzz", "fuzz", "f", "1", "1.0.0", "ai://default/fuzz", "a@example.com")
_TIME = "2026-01-01T00:00:00Z"


def bounded(contract: Contract, schema: Any, ids: Ids) -> Schema:
    """A schema of valid and unremarkable bodies."""
    return _Bounds(contract, ids).narrowed(schema)


def without(schema: Schema, names: Collection[str]) -> Schema:
    """The schema of an object without optional members of these names."""
    gone = set(names) - set(schema.get("required", ()))
    left = {name: s for name, s in schema.get("properties", {}).items() if name not in gone}
    return {**schema, "properties": left} if "properties" in schema else schema


def plain(contract: Contract, schema: Any, ids: Ids, known: dict[str, Any] | None = None) -> Any:
    """The smallest valid value: only required members, the first id of each; None where none was found.

    ``known`` are values for members by name.
    """
    value = _Plain(contract, ids, known or {}).value(schema)
    return value if value is not None and contract.is_valid(schema, value) else None


def entries(contract: Contract, schema: Any, ids: Ids) -> dict[str, Any]:
    """The first list of objects that a body may have, with one plain entry; empty when there is none."""
    for name, member in _members(contract, contract.resolve(schema))[0].items():
        node = contract.resolve(member)
        if _kind(node) == "array" and _kind(contract.resolve(node.get("items", {}))) == "object":
            entry = plain(contract, node["items"], ids)
            return {name: [entry]} if entry is not None else {}
    return {}


def members(contract: Contract, schema: Any) -> frozenset[str]:
    """The names of the members that an object of the schema may have."""
    node = contract.resolve(schema)
    return frozenset(_members(contract, node)[0]) if isinstance(node, dict) else frozenset()


def refers(name: str) -> bool:
    """Whether a member of that name holds an id, or ids, of something."""
    return name.endswith(("Id", "Ids"))


class _Bounds:
    def __init__(self, contract: Contract, ids: Ids) -> None:
        self._contract = contract
        self._ids = ids

    def narrowed(self, schema: Any, name: str = "", depth: int = 0) -> Schema:
        node = self._contract.resolve(schema)
        if not isinstance(node, dict):
            return {}
        for word in ("anyOf", "oneOf"):
            if word in node and "properties" not in node:
                options = [option for option in node[word] if self._contract.resolve(option) != {"type": "null"}]
                return {"anyOf": [self.narrowed(option, name, depth) for option in options]}
        if "const" in node or "enum" in node:
            return {"enum": [value for value in node.get("enum", [node.get("const")]) if value is not None]}
        match _kind(node):
            case "object":
                return self._object(node, depth)
            case "array":
                most = min(node.get("maxItems", _MOST_ITEMS), max(_MOST_ITEMS, node.get("minItems", 0)))
                return several(
                    self.narrowed(node.get("items", {}), name=name, depth=depth + 1), most, node.get("minItems", 0)
                )
            case "string":
                return _text(node, name)
            case "integer":
                return number(*_range(node))
            case "number":
                least, most = _range(node)
                return {"type": "number", "minimum": least, "maximum": most}
            case "boolean" | "null" as kind:
                return {"type": kind}
        return {"enum": [_WORDS[0]]}

    def _object(self, node: Schema, depth: int) -> Schema:
        members, required = _members(self._contract, node)
        needed: dict[str, Schema] = {}
        optional: dict[str, Schema] = {}
        for name, schema in members.items():
            if refers(name):
                found = self._ids(name)
                if found is None and name not in required:
                    # What it refers to is not known: any value could name something that does not exist.
                    continue
                narrowed = self._named(schema, found or [])
            elif depth >= _DEEPEST and name not in required:
                continue
            else:
                narrowed = self.narrowed(schema, name=name, depth=depth + 1)
            (needed if name in required else optional)[name] = narrowed
        return record(needed, optional)

    def _named(self, schema: Any, ids: list[str]) -> Schema:
        choice = one_of([*ids, ABSENT])
        return several(choice, _MOST_ITEMS, 1) if _kind(self._contract.resolve(schema)) == "array" else choice


class _Plain:
    def __init__(self, contract: Contract, ids: Ids, known: dict[str, Any]) -> None:
        self._contract = contract
        self._ids = ids
        self._known = known

    def value(self, schema: Any, depth: int = 0) -> Any:
        node = self._contract.resolve(schema)
        if not isinstance(node, dict) or depth > 2 * _DEEPEST:
            return None
        for word in ("anyOf", "oneOf"):
            if word in node and "properties" not in node:
                return self.value(node[word][0], depth)
        if "const" in node or "enum" in node:
            return next((value for value in node.get("enum", [node.get("const")]) if value is not None), None)
        match _kind(node):
            case "object":
                members, required = _members(self._contract, node)
                return {name: self._member(name, members.get(name, {}), depth) for name in sorted(required)}
            case "array":
                return [self.value(node.get("items", {}), depth + 1)] * node.get("minItems", 0)
            case "string":
                words = (_TIME,) if node.get("format") == "date-time" else _WORDS
                return next((word for word in words if self._contract.is_valid(node, word)), None)
            case "integer" | "number":
                return max(node.get("minimum", 1), min(1, node.get("maximum", 1)))
            case "boolean":
                return True
        return None

    def _member(self, name: str, schema: Any, depth: int) -> Any:
        if name in self._known:
            return self._known[name]
        if refers(name):
            found = next(iter(self._ids(name) or ()), None)
            return [found] if _kind(self._contract.resolve(schema)) == "array" else found
        return self.value(schema, depth + 1)


def _members(contract: Contract, node: Schema) -> tuple[Schema, frozenset[str]]:
    """The members of an object and the names of those that are required, its parts by allOf included."""
    members, required = dict(node.get("properties", {})), set(node.get("required", ()))
    for part in node.get("allOf", ()):
        more, needed = _members(contract, contract.resolve(part))
        members |= more
        required |= needed
    return members, frozenset(required)


def _kind(node: Any) -> str:
    """The type that values get: the first that is not null."""
    if not isinstance(node, dict):
        return ""
    kinds = node.get("type", "object" if {"properties", "allOf"} & set(node) else "")
    found = kinds if isinstance(kinds, list) else [kinds]
    return next((kind for kind in found if kind != "null"), "null")


def _range(node: Schema) -> tuple[int, int]:
    """The bounds of a number, in its range and near to zero."""
    least = node.get("minimum", node["exclusiveMinimum"] + 1 if "exclusiveMinimum" in node else None)
    most = node.get("maximum", node["exclusiveMaximum"] - 1 if "exclusiveMaximum" in node else None)
    if least is None:
        least = -_LARGEST if most is None else min(-_LARGEST, most)
    return least, max(_LARGEST, least) if most is None else most


def _text(node: Schema, name: str) -> Schema:
    """A text in the bounds of the schema, of plain characters."""
    if node.get("format") == "date-time":
        return text("time")
    if "pattern" in node or "format" in node:
        kept = ("pattern", "format", "minLength", "maxLength")
        return {"type": "string"} | {key: node[key] for key in kept if key in node}
    least, most = node.get("minLength", 0), node.get("maxLength", 256)
    if name == "name" and least <= 1 and most >= 80:
        return text("name")
    if least <= 1 and most >= 31:
        return text("plain")
    return {"type": "string", "pattern": f"^[A-Za-z0-9]{{{max(1, least)},{max(1, least, min(most, 31))}}}$"}
