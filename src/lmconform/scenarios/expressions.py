"""Arazzo runtime expressions: parsed once, evaluated against what is known at a step; no ``eval``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

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

# What may follow the first word, by that word.
_ROOTS = (
    "url",
    "method",
    "statusCode",
    "request",
    "response",
    "inputs",
    "outputs",
    "steps",
    "workflows",
    "sourceDescriptions",
    "components",
)
_SOURCES = ("header", "query", "path", "body")
_NAME = re.compile(r"[A-Za-z0-9_\-]+")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~A-Za-z0-9]+")
_EMBEDDED = re.compile(r"\{(\$[^{}]*)\}")
_ESCAPE = re.compile(r"~(?![01])")


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
    """What expressions can see. ``steps`` and ``workflows`` map an id to its outputs."""

    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    steps: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    workflows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    components: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    exchange: Exchange | None = None
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """The expression that ``text`` is as a whole; raises ExpressionError."""
    if not text.startswith("$"):
        raise ExpressionError(f"{text!r} is no runtime expression; it begins with '$', such as $response.body#/id")
    head, mark, pointer = text[1:].partition("#")
    parts = tuple(head.split("."))
    root = parts[0]
    if root not in _ROOTS:
        raise ExpressionError(f"{text!r}: ${root} is unknown{did_you_mean(root, _ROOTS)}")
    if mark:
        check_pointer(pointer, text)
    _check_shape(text, parts, bool(mark))
    if root in ("request", "response") and parts[1] in ("header", "query", "path"):
        # A header's name, and a parameter's, may hold dots.
        parts = (root, parts[1], ".".join(parts[2:]))
    return Expression(text, parts, pointer if mark else None)


def _check_shape(text: str, parts: tuple[str, ...], pointed: bool) -> None:
    root, rest = parts[0], parts[1:]
    if root in ("url", "method", "statusCode"):
        wrong = bool(rest) or pointed
        wanted = f"${root} alone"
    elif root in ("request", "response"):
        source = rest[0] if rest else ""
        legal = _SOURCES if root == "request" else ("header", "body")
        if source not in legal:
            raise ExpressionError(f"{text!r}: ${root}.{source} is unknown{did_you_mean(source, legal)}")
        if source == "body":
            wrong, wanted = len(rest) != 1, f"${root}.body or ${root}.body#/pointer"
        else:
            wrong = pointed or not _TOKEN.fullmatch(".".join(rest[1:]))
            wanted = f"${root}.{source}.NAME"
    elif root in ("inputs", "outputs"):
        wrong, wanted = len(rest) != 1, f"${root}.NAME"
    elif root in ("steps", "workflows"):
        sections = ("outputs",) if root == "steps" else ("outputs", "inputs")
        wrong, wanted = len(rest) != 3 or rest[1] not in sections, f"${root}.ID.outputs.NAME"
    else:
        wrong, wanted = len(rest) != 2, f"${root}.NAME.NAME"
    if not wrong and root not in ("request", "response"):
        wrong = not all(_NAME.fullmatch(part) for part in rest)
    if wrong:
        raise ExpressionError(f"{text!r} has the wrong shape; expected {wanted}")


def check_pointer(pointer: str, text: str) -> None:
    """Raise ExpressionError when ``pointer`` is no JSON Pointer (RFC 6901, section 3)."""
    if pointer and not pointer.startswith("/"):
        raise ExpressionError(f"{text!r}: the JSON Pointer {pointer!r} does not begin with '/'")
    if _ESCAPE.search(pointer):
        raise ExpressionError(f"{text!r}: '~' in a JSON Pointer is written ~0, and '/' in a name ~1")


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
    return value if expression.pointer is None or value is MISSING else point(value, expression.pointer)


def point(document: Any, pointer: str) -> Any:
    """What the JSON Pointer (RFC 6901) points to in ``document``, or MISSING."""
    for raw in pointer.split("/")[1:]:
        token = raw.replace("~1", "/").replace("~0", "~")
        if isinstance(document, Mapping) and token in document:
            document = document[token]
        elif isinstance(document, list) and re.fullmatch(r"0|[1-9][0-9]*", token) and int(token) < len(document):
            document = document[int(token)]
        else:
            return MISSING
    return document


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
        case ("outputs", name):
            return scope.outputs.get(name, MISSING)
        case ("steps", step, _, name):
            return scope.steps.get(step, {}).get(name, MISSING)
        case ("workflows", workflow, "outputs", name):
            return scope.workflows.get(workflow, {}).get(name, MISSING)
        case ("components", kind, name):
            return scope.components.get(kind, {}).get(name, MISSING)
        case ("sourceDescriptions", name, "url"):
            return scope.sources.get(name, MISSING)
    exchange = scope.exchange
    if exchange is None:
        return MISSING
    match expression.parts:
        case ("url",):
            return exchange.url
        case ("method",):
            return exchange.method
        case ("statusCode",):
            return exchange.status
        case ("response", "header", name):
            value = exchange.header(name)
            return MISSING if value is None else value
        case ("response", "body"):
            return _body(exchange.body, exchange.is_json)
        case ("request", "body"):
            return _body(exchange.request_body, True)
        case ("request", "header", name):
            return next((v for k, v in exchange.request_headers if k.lower() == name.lower()), MISSING)
        case ("request", "query", name):
            return scope.query.get(name, MISSING)
        case ("request", "path", name):
            return scope.path.get(name, MISSING)
    return MISSING


def _body(body: bytes, is_json: bool) -> Any:
    if not body:
        return MISSING
    text = body.decode("utf-8", "replace")
    try:
        return decode(text) if is_json else text
    except ValueError:
        return text
