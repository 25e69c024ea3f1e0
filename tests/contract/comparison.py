"""Compares two OpenAPI descriptions by what they say to machines; words for people do not count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

ABSENT = "none"
_METHODS = ("get", "put", "post", "delete", "patch")
_LIMITS = (
    *("type", "format", "enum", "pattern", "default", "minimum", "maximum"),
    *("minLength", "maxLength", "minItems", "maxItems", "uniqueItems"),
)
# How a schema looks that allows everything.
_ANYTHING = {"null": "yes"}
_WORDS = frozenset({"description", "title", "example", "examples", "deprecated"})


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """``operation`` is method and path, ``place`` what in it differs, the rest its two values."""

    operation: str
    place: str
    published: str
    here: str


def differences(published: dict[str, Any], here: dict[str, Any]) -> Iterator[Difference]:
    """Every difference between the operations below ``/lm`` of two descriptions."""
    ours, theirs = _operations(here), _operations(published)
    for name in sorted(set(ours) | set(theirs)):
        if name in ours and name in theirs:
            for place, left, right in _between(theirs[name], ours[name], ""):
                yield Difference(name, place, left, right)
        else:
            yield Difference(name, "operation", *_presence(name in theirs, name in ours))


def _between(left: dict[str, Any], right: dict[str, Any], place: str) -> Iterator[tuple[str, str, str]]:
    """Differences of two trees whose inner nodes are mappings: what one of them lacks, and leaves that differ."""
    for key in [*left, *(k for k in right if k not in left)]:
        where = f"{place} {key}".strip()
        if key not in left or key not in right:
            yield where, _text(left.get(key, ABSENT)), _text(right.get(key, ABSENT))
        elif right[key] == _ANYTHING != left[key]:
            yield where, left[key].get("type", "there"), "anything"
        elif isinstance(left[key], dict) and isinstance(right[key], dict):
            yield from _between(left[key], right[key], where)
        elif left[key] != right[key]:
            yield where, _text(left[key]), _text(right[key])


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "there"
    return value if isinstance(value, str) else repr(value)


def _presence(*there: bool) -> tuple[str, ...]:
    return tuple("there" if one else ABSENT for one in there)


def _operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    reader = _Reader(document)
    return {
        f"{method.upper()} {path}": reader.operation(item, item[method])
        for path, item in document["paths"].items()
        for method in _METHODS
        if path.startswith("/lm/") and method in item
    }


class _Reader:
    """Brings a description of OpenAPI 3.0 or 3.1 into one form: nested mappings with texts as leaves."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def operation(self, item: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
        parameters = {}
        for raw in [*item.get("parameters", []), *node.get("parameters", [])]:
            parameter = self._resolve(raw)
            parameters[f"{parameter['in']} {parameter['name']}"] = self._parameter(parameter)
        tree: dict[str, Any] = {**parameters, "deprecated": bool(node.get("deprecated"))}
        if "requestBody" in node:
            body = self._resolve(node["requestBody"])
            tree["body"] = {"required": bool(body.get("required")), **self._content(body)}
        for status, raw in node["responses"].items():
            response = self._resolve(raw)
            headers = {
                f"header {name}": {"required": bool(h.get("required")), **self._schema(h["schema"])}
                for name, h in ((n, self._resolve(h)) for n, h in response.get("headers", {}).items())
            }
            tree[str(status)] = {**headers, **self._content(response)}
        return tree

    def _parameter(self, node: dict[str, Any]) -> dict[str, Any]:
        style = node.get("style", "form" if node["in"] == "query" else "simple")
        return {
            "required": bool(node.get("required")),
            "style": style,
            "explode": node.get("explode", style == "form"),
            "deprecated": bool(node.get("deprecated")),
            **self._schema(node["schema"]),
        }

    def _content(self, node: dict[str, Any]) -> dict[str, Any]:
        return {media: self._schema(value.get("schema", {})) for media, value in node.get("content", {}).items()}

    def _schema(self, schema: Any) -> dict[str, Any]:
        node = self._flat(schema)
        tree = {key: str(node[key]) for key in _LIMITS if key in node}
        says_nothing = not {"type", "enum", "anyOf", "oneOf"} & set(node)
        tree["null"] = "yes" if node.get("null") or says_nothing else "no"
        needed = node.get("required", [])
        for name, member in node.get("properties", {}).items():
            tree[f".{name}" + ("" if name in needed else "?")] = self._schema(member)
        if "items" in node:
            tree["[]"] = self._schema(node["items"])
        if "additionalProperties" in node:
            more = node["additionalProperties"]
            tree[".*"] = self._schema(more) if isinstance(more, dict) else {"allowed": str(more)}
        for word in ("anyOf", "oneOf"):
            for number, option in enumerate(node.get(word, ())):
                tree[f"{word} {number}"] = self._schema(option)
        return tree

    def _flat(self, schema: Any) -> dict[str, Any]:
        """The schema without references, unions of one, and the spellings of null, which become ``null: True``."""
        node = {k: v for k, v in self._resolve(schema).items() if k not in _WORDS and not k.startswith("x-")}
        known = {*_LIMITS, "null", "nullable", "required", "properties", "items", "additionalProperties"}
        assert set(node) <= known | {"allOf", "anyOf", "oneOf"}, f"keywords that are not compared: {set(node) - known}"
        if node.pop("nullable", False):
            node["null"] = True
        types = _listed(node.pop("type", None))
        if "null" in types:
            node["null"] = True
        if types != ["null"] and types:
            node["type"] = " or ".join(sorted(t for t in types if t != "null"))
        if isinstance(node.get("enum"), list):
            node["enum"] = ", ".join(sorted(str(value) for value in node["enum"] if value is not None))
        for word in ("allOf", "anyOf", "oneOf"):
            options = [option for option in node.pop(word, ()) if option != {"type": "null"} or node.update(null=True)]
            if word == "allOf" or len(options) == 1:
                for option in options:
                    node = {**self._flat(option), **node}
            elif options and {} not in options:
                # A union with an option that allows everything says nothing.
                node[word] = options
        return node

    def _resolve(self, node: Any) -> dict[str, Any]:
        while "$ref" in node:
            target: Any = self._document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        assert isinstance(node, dict)
        return node


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value is not None else []
