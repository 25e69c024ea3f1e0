"""Cases that chance seldom draws: every choice, edge and example of the description, and every keyword broken once.

Each case is a request that the target has accepted, with one thing changed. So what it is refused for is the change,
and where nothing was accepted there are no cases.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from schemathesis.generation import GenerationMode

from lmconform.client.client import encode_query
from lmconform.contract.openapi import Contract, Operation, Parameter
from lmconform.fuzz import violations
from lmconform.fuzz.case_encoding import Wire
from lmconform.fuzz.pool import ABSENT
from lmconform.fuzz.violations import GONE

# What the session says, not the data: the token and the resource group.
_OF_THE_SESSION: Final = frozenset({"authorization", "ai-resource-group"})
_LONGEST_URL, _LARGEST_BODY = 6000, 64 * 1024
# Custom information is the one text without a length in the description; its limit is fact F44.
_LONGEST_TEXT: Final = 5 * 1024 * 1024
# A limit that meta gives is exceeded where it is no larger.
_MOST_BYTES: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Listed:
    """One case; ``mode`` None: no rule says what the answer is, so that the contract's checks judge it and no other."""

    wire: Wire
    mode: GenerationMode | None


def listed(
    contract: Contract, operation: Operation, accepted: Sequence[Wire], *, largest_file: Any
) -> Iterator[Listed]:
    """The cases of an operation.

    ``accepted`` are positive requests that got a 2xx; ``largest_file`` is what meta says of the bytes of a file.
    """
    if not accepted:
        return
    plain = accepted[0]
    for parameter in operation.parameters:
        if parameter.name.lower() not in _OF_THE_SESSION:
            yield from _of_parameter(contract, operation, parameter, plain)
    yield from _of_body(contract, operation, accepted)
    yield from _without_access(plain)
    yield from _too_large(contract, operation, accepted, largest_file)


def _of_parameter(contract: Contract, operation: Operation, parameter: Parameter, plain: Wire) -> Iterator[Listed]:
    node = contract.resolve(parameter.schema)
    if parameter.location == "path":
        yield from (Listed(_at_path(plain, parameter, text), None) for text in violations.examples(node))
        yield from (
            Listed(_at_path(plain, parameter, text), GenerationMode.NEGATIVE)
            for text in _wrong_path_values(contract, node, parameter)
        )
    if parameter.location != "query":
        return
    for path, inner in violations.positions(contract, node):
        values = (violations.put([None], path, example) for example in violations.examples(inner))
        yield from (Listed(_asking(operation, plain, {parameter.name: value}), None) for value in values)
    for value in violations.named(contract, node):
        yield Listed(_asking(operation, plain, {parameter.name: value}), GenerationMode.POSITIVE)
    for value in _wrong_query_values(contract, node):
        wire = _asking(operation, plain, {parameter.name: value})
        if len(wire.path) + len(wire.query) <= _LONGEST_URL:
            yield Listed(wire, GenerationMode.NEGATIVE)


def _wrong_path_values(contract: Contract, node: Any, parameter: Parameter) -> Iterator[str]:
    """Ids that are none, of things that exist nowhere: what comes before the oddity keeps the request harmless."""
    for _, value in violations.wrong(contract, node):
        if isinstance(value, str) and value:
            text = f"{ABSENT}/{value}.csv" if parameter.slashes else f"{ABSENT}{value}"
            if not contract.is_valid(node, text):
                yield text


def _wrong_query_values(contract: Contract, node: Any) -> Iterator[Any]:
    """Values that a query can carry, where everything is text."""
    for path, inner in violations.positions(contract, node):
        for _, value in violations.wrong(contract, inner):
            if value != {} and value != []:
                yield [value] if path else value


def _of_body(contract: Contract, operation: Operation, accepted: Sequence[Wire]) -> Iterator[Listed]:
    if operation.request_body is None:
        return
    # The fullest one has most places to change.
    bases = sorted((wire for wire in accepted if wire.is_json), key=lambda wire: -len(wire.body))
    for media, schema in operation.request_body.content.items():
        for path, node in violations.positions(contract, schema):
            base = _base(bases, path)
            if base is None:
                continue
            value = violations.opened(base.value, path)
            for example in violations.examples(node):
                yield from _sending(base, media, violations.put(value, path, example), None)
            present = violations.at(base.value, path)
            for below, one in violations.wrong(contract, node, present):
                changed = violations.put(value, (*path, *below), one)
                yield from _sending(base, media, changed, GenerationMode.NEGATIVE)


def _base(bases: Sequence[Wire], path: violations.Path) -> Wire | None:
    """The first request whose body has something at ``path``, else one with room for it there, else the first."""
    there = (base for base in bases if violations.at(base.value, path) is not GONE)
    room = (base for base in bases if violations.put(base.value, path, None) is not GONE)
    return next(there, None) or next(room, None) or next(iter(bases), None)


def _without_access(plain: Wire) -> Iterator[Listed]:
    """A token that is none, and no token: every operation declares what it answers then."""
    yield Listed(replace(plain, authorize=False), None)
    yield Listed(replace(plain, authorize=False, headers=(*plain.headers, ("Authorization", "Bearer lmconform"))), None)


def _too_large(
    contract: Contract, operation: Operation, accepted: Sequence[Wire], largest_file: Any
) -> Iterator[Listed]:
    """A body beyond its limit, where the published description says what the answer is."""
    answer, body = operation.responses.get("413"), operation.request_body
    if answer is None or answer.beyond or body is None:
        return
    for schema in body.content.values():
        for path, node in violations.positions(contract, schema):
            base = next(
                (wire for wire in accepted if wire.is_json and violations.at(wire.value, path) is not GONE), None
            )
            if base is not None and violations.is_endless(node):
                value = violations.put(base.value, path, "x" * (_LONGEST_TEXT + 1))
                yield Listed(replace(base, body=json.dumps(value).encode(), value=value), None)
                return
    if not accepted[0].is_json and isinstance(largest_file, int) and 0 < largest_file <= _MOST_BYTES:
        yield Listed(replace(accepted[0], body=bytes(largest_file + 1)), None)


def _at_path(plain: Wire, parameter: Parameter, value: str) -> Wire:
    values = {**plain.path_parameters, parameter.name: value}
    return replace(plain, path_parameters=values, path=plain.operation.fill(values))


def _asking(operation: Operation, plain: Wire, values: dict[str, Any]) -> Wire:
    """The request with ``values`` and with no other parameter that can be left out."""
    needed = {p.name for p in operation.parameters if p.required and p.location == "query"}
    # Metrics are found by executions, though the description says that they need not be named.
    kept = {name: value for name, value in plain.query_values.items() if name in needed or name == "executionIds"}
    first = {name: _first(value) for name, value in kept.items()}
    query = {**first, **values}
    return replace(plain, query_values=query, query=encode_query(operation, query))


def _first(value: Any) -> Any:
    if isinstance(value, list):
        return value[0]
    return value.split(",")[0] if isinstance(value, str) else value


def _sending(base: Wire, media: str, value: Any, mode: GenerationMode | None) -> Iterator[Listed]:
    """The request with another body, unless the change has no place in it, or makes it too large."""
    if value is GONE:
        return
    body = json.dumps(value).encode()
    headers = [(name, text) for name, text in base.headers if name.lower() != "content-type"]
    if len(body) <= _LARGEST_BODY:
        wire = replace(base, body=body, value=value, is_json=True, headers=(*headers, ("Content-Type", media)))
        yield Listed(wire, mode)
