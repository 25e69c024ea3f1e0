"""What of an answer has the types of its schema: the rest is a finding of the checks, and nothing can be read in it."""

from __future__ import annotations

from typing import Any, Final

from lmconform.contract.openapi import Contract, Schema

_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int, float),
    "number": (int, float),
    "null": (type(None),),
}


def typed(contract: Contract, schema: Schema, value: Any) -> Any:
    """``value`` without the members and entries, at any depth, that are of no type that ``schema`` allows there.

    Members that the schema does not know stay. Formats, patterns and limits are not looked at.
    """
    if isinstance(value, dict):
        known = _properties(contract, schema)
        return {
            name: typed(contract, known.get(name, True), part)
            for name, part in value.items()
            if _fits(contract, known.get(name, True), part)
        }
    if isinstance(value, list):
        entry = _items(contract, schema)
        return [typed(contract, entry, part) for part in value if _fits(contract, entry, part)]
    return value


def _fits(contract: Contract, schema: Schema, value: Any) -> bool:
    node = contract.resolve(schema)
    if not isinstance(node, dict):
        return True
    names = node.get("type", ())
    kinds = [kind for name in ([names] if isinstance(names, str) else names) for kind in _KINDS[name]]
    # A boolean is a number in Python, and none in JSON.
    fits = not kinds or (bool in kinds if isinstance(value, bool) else isinstance(value, tuple(kinds)))
    either = [part for word in ("anyOf", "oneOf") for part in node.get(word, ())]
    return (
        fits
        and all(_fits(contract, part, value) for part in node.get("allOf", ()))
        and (not either or any(_fits(contract, part, value) for part in either))
    )


def _properties(contract: Contract, schema: Schema) -> dict[str, Schema]:
    node = contract.resolve(schema)
    if not isinstance(node, dict):
        return {}
    found: dict[str, Schema] = {}
    for part in _parts(node):
        found |= _properties(contract, part)
    return {**found, **node.get("properties", {})}


def _items(contract: Contract, schema: Schema) -> Schema:
    node = contract.resolve(schema)
    if not isinstance(node, dict):
        return True
    inner = (_items(contract, part) for part in _parts(node))
    found: Schema = node.get("items", next((part for part in inner if part is not True), True))
    return found


def _parts(node: dict[str, Any]) -> list[Schema]:
    return [part for word in ("allOf", "anyOf", "oneOf") for part in node.get(word, ())]
