"""How much of the description a run has reached: statuses, parameters and limits of each operation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from lmconform.contract import paths
from lmconform.contract.openapi import Contract, Operation, Parameter
from lmconform.evidence.exchange import decode

# Keywords of JSON Schema that limit a value, and whether a value beyond the limit is greater than it.
_LIMITS: Final = {
    **{"minLength": False, "maxLength": True, "minItems": False, "maxItems": True},
    **{"minimum": False, "maximum": True, "minProperties": False, "maxProperties": True},
}
_DEEPEST: Final = 12


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of the description: ``place`` is a parameter or a path of members, such as ``body.metrics[].name``."""

    place: str
    keyword: str
    value: float

    def __str__(self) -> str:
        return f"{self.place} {self.keyword} {self.value}"


@dataclass(slots=True)
class _Node:
    """The limits of a value, and those of its parts."""

    limits: list[Limit] = field(default_factory=list)
    members: dict[str, _Node] = field(default_factory=dict)
    entries: _Node | None = None

    def all(self) -> Iterator[Limit]:
        yield from self.limits
        for part in (*self.members.values(), *([self.entries] if self.entries else [])):
            yield from part.all()

    def reached(self, value: Any) -> Iterator[tuple[Limit, bool]]:
        """The limits that a value is exactly at, or (True) beyond."""
        for limit in self.limits:
            size = _size(limit.keyword, value)
            if size is not None and size == limit.value:
                yield limit, False
            elif size is not None and (size > limit.value) is _LIMITS[limit.keyword]:
                yield limit, True
        if isinstance(value, dict):
            for name, part in value.items():
                if name in self.members:
                    yield from self.members[name].reached(part)
        elif isinstance(value, list) and self.entries is not None:
            for part in value:
                yield from self.entries.reached(part)


@dataclass(slots=True)
class Reached:
    """What a run has reached of one operation: how often each status was answered and each parameter was sent.

    ``limits`` has for each limit how many values were exactly at it, and how many beyond. A count may be 0.
    """

    operation: str
    statuses: Counter[str]
    parameters: Counter[str]
    limits: dict[Limit, list[int]]


class Coverage:
    """Adds up recorded exchanges. A body that was cut when it was recorded counts for no limit."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._of: dict[str, tuple[Reached, dict[str, _Node]]] = {}

    def add(self, record: Mapping[str, Any]) -> None:
        """Count one line of exchanges.jsonl."""
        if record["operation"] not in self._contract:
            return
        operation = self._contract.operation(record["operation"])
        reached, nodes = self._start(operation)
        reached.statuses[str(record["response"]["status"])] += 1
        for name, value in _sent(self._contract, operation, record["request"]):
            if name in reached.parameters:
                reached.parameters[name] += 1
            if name in nodes:
                for limit, beyond in nodes[name].reached(value):
                    reached.limits[limit][beyond] += 1

    def rows(self) -> list[Reached]:
        """Every operation of the description, in its order; what was not asked has counts of 0."""
        return [self._start(operation)[0] for operation in self._contract.operations]

    def _start(self, operation: Operation) -> tuple[Reached, dict[str, _Node]]:
        if operation.id not in self._of:
            nodes = {p.name: _node(self._contract, p.schema, p.name) for p in operation.parameters}
            body = operation.request_body.json_schema if operation.request_body else None
            if body is not None:
                nodes["body"] = _node(self._contract, body, "body")
            limits = {limit: [0, 0] for node in nodes.values() for limit in node.all()}
            statuses = Counter({status: 0 for status in operation.responses if status.isdigit()})
            parameters = Counter({p.name: 0 for p in operation.parameters})
            self._of[operation.id] = Reached(operation.id, statuses, parameters, limits), nodes
        return self._of[operation.id]


def _sent(contract: Contract, operation: Operation, request: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The parameters of a recorded request with their values, and its JSON body as ``body``."""
    url = urlsplit(request["url"])
    at = url.path.find(paths.ROOT + "/")
    found = contract.match(operation.method, url.path[at:])
    yield from (found[1] if found else {}).items()
    values = dict(parse_qsl(url.query, keep_blank_values=True)) | {
        name.lower(): text for name, text in request["headers"]
    }
    for parameter in operation.parameters:
        name = parameter.name if parameter.location == "query" else parameter.name.lower()
        if parameter.location != "path" and name in values:
            yield parameter.name, _typed(contract, parameter, values[name])
    if operation.request_body is not None and request["body"] and not request.get("truncated"):
        try:
            yield "body", decode(request["body"])
        except ValueError:
            return


def _typed(contract: Contract, parameter: Parameter, text: str) -> Any:
    schema = contract.resolve(parameter.schema)
    kind = schema.get("type") if isinstance(schema, dict) else None
    if kind == "array":
        return text.split(",")
    if kind in ("integer", "number"):
        try:
            return float(text)
        except ValueError:
            return text
    return text


def _node(contract: Contract, schema: Any, place: str, depth: int = 0) -> _Node:
    node = _Node()
    resolved = contract.resolve(schema)
    if not isinstance(resolved, dict) or depth > _DEEPEST:
        return node
    node.limits = [
        Limit(place, word, resolved[word]) for word in _LIMITS if isinstance(resolved.get(word), int | float)
    ]
    for name, part in resolved.get("properties", {}).items():
        node.members[name] = _node(contract, part, f"{place}.{name}", depth + 1)
    if "items" in resolved:
        node.entries = _node(contract, resolved["items"], f"{place}[]", depth + 1)
    for part in (*resolved.get("allOf", ()), *resolved.get("anyOf", ()), *resolved.get("oneOf", ())):
        other = _node(contract, part, place, depth + 1)
        node.limits += [limit for limit in other.limits if limit not in node.limits]
        node.members.update(other.members)
        node.entries = node.entries or other.entries
    return node


def _size(keyword: str, value: Any) -> float | None:
    """What a limit is about; None where it does not apply to the value."""
    if keyword in ("minimum", "maximum"):
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None
    wanted = {"Length": str, "Items": list, "Properties": dict}[keyword[3:]]
    return len(value) if isinstance(value, wanted) else None
