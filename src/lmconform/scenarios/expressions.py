"""Arazzo runtime expressions: parsed once, evaluated against what is known at a step; no ``eval``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from lmconform.contract import pointer
from lmconform.contract.pointer import PointerError
from lmconform.errors import did_you_mean
from lmconform.evidence.exchange import Exchange, decode


class ExpressionError(ValueError):
    """A text that is no runtime expression; the message says why and names the nearest legal form."""


class _Missing:
    """The value of an expression that points to nothing; false, and equal to nothing but itself."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "nothing"


MISSING: Final = _Missing()

# What a scenario reads: the answer, the inputs of its workflow, the outputs of its steps.
_FORMS = {
    "statusCode": "$statusCode",
    "response": "$response.body, with #/pointer for a part of it",
    "inputs": "$inputs.NAME",
    "steps": "$steps.ID.outputs.NAME",
}
_UNSUPPORTED = ("url", "method", "request", "outputs", "workflows", "sourceDescriptions", "components")
_NAME = re.compile(r"[A-Za-z0-9_\-]+")
_EMBEDDED = re.compile(r"\{(\$[^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Expression:
    """One runtime expression: ``$steps.a.outputs.b#/c`` has ``parts`` (steps, a, outputs, b) and a pointer."""

    text: str
    parts: tuple[str, ...]
    pointer: str | None = None

    @property
    def root(self) -> str:
        """The word after the dollar sign."""
        return self.parts[0]


@dataclass(slots=True)
class Scope:
    """What expressions can see. ``steps`` maps the id of a step to its outputs."""

    inputs: Mapping[str, Any] = field(default_factory=dict)
    steps: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    exchange: Exchange | None = None


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """The expression that ``text`` is as a whole; raises ExpressionError."""
    if not text.startswith("$"):
        raise ExpressionError(f"{text!r} is no runtime expression; it begins with '$', such as $response.body#/id")
    head, mark, fragment = text[1:].partition("#")
    parts = tuple(head.split("."))
    root = parts[0]
    if root in _UNSUPPORTED:
        raise ExpressionError(f"{text!r}: ${root} is not supported; no scenario needs it")
    if root not in _FORMS:
        raise ExpressionError(f"{text!r}: ${root} is unknown{did_you_mean(root, _FORMS)}")
    match parts:
        case ("statusCode",):
            legal = not mark
        case ("response", "body"):
            legal = True
        case ("inputs", name) | ("steps", _, "outputs", name):
            legal = all(_NAME.fullmatch(part) for part in (parts[1], name))
        case _:
            legal = False
    if not legal:
        raise ExpressionError(f"{text!r} has the wrong shape; expected {_FORMS[root]}")
    if mark:
        try:
            pointer.parse(fragment)
        except PointerError as error:
            raise ExpressionError(f"{text!r}: {error}") from error
    return Expression(text, parts, fragment if mark else None)


def find(tree: Any) -> Iterator[Expression]:
    """Every expression in a value of a scenario file: whole texts, and ``{$…}`` within texts."""
    if isinstance(tree, str):
        if tree.startswith("$"):
            yield parse(tree)
        else:
            yield from (parse(found) for found in _EMBEDDED.findall(tree))
    elif isinstance(tree, Mapping):
        for value in tree.values():
            yield from find(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from find(value)


def resolve(tree: Any, scope: Scope) -> Any:
    """``tree`` with its expressions replaced by their values.

    A text that is one expression becomes that value, whatever its type; ``{$…}`` within a
    text becomes text. MISSING stays where an expression points to nothing.
    """
    if isinstance(tree, str):
        if tree.startswith("$"):
            return evaluate(parse(tree), scope)
        return _EMBEDDED.sub(lambda found: as_text(evaluate(parse(found[1]), scope)), tree)
    if isinstance(tree, Mapping):
        return {key: resolve(value, scope) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [resolve(value, scope) for value in tree]
    return tree


def evaluate(expression: Expression, scope: Scope) -> Any:
    """The value of ``expression``, or MISSING."""
    value = _source(expression, scope)
    if expression.pointer is None or value is MISSING:
        return value
    try:
        return pointer.resolve(value, expression.pointer)
    except LookupError:
        return MISSING


def as_text(value: Any) -> str:
    """A value within a text: JSON, but for texts themselves."""
    if value is MISSING:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _source(expression: Expression, scope: Scope) -> Any:
    match expression.parts:
        case ("inputs", name):
            return scope.inputs.get(name, MISSING)
        case ("steps", step, _, name):
            return scope.steps.get(step, {}).get(name, MISSING)
    exchange = scope.exchange
    if exchange is None:
        return MISSING
    return exchange.status if expression.root == "statusCode" else _body(exchange.body, exchange.is_json)


def _body(body: bytes, is_json: bool) -> Any:
    if not body:
        return MISSING
    text = body.decode("utf-8", "replace")
    try:
        return decode(text) if is_json else text
    except ValueError:
        return text
