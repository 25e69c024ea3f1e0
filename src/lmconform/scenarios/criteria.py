"""Arazzo criteria: simple, regex and JSONPath (RFC 9535), each parsed when the file is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jsonpath_rfc9535 as jsonpath

from lmconform.errors import did_you_mean
from lmconform.scenarios.conditions import compile_condition
from lmconform.scenarios.expressions import MISSING, Expression, ExpressionError, Scope, as_text, evaluate, parse

_TYPES = ("simple", "regex", "jsonpath")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One test of an answer. ``text`` says it to people; ``expressions`` are what it reads, ``pattern`` its regex."""

    text: str
    expressions: tuple[Expression, ...]
    holds: Callable[[Scope], bool]
    pattern: str = ""


def compile_criterion(node: Mapping[str, Any]) -> Criterion:
    """The criterion that a Criterion Object describes; raises ExpressionError."""
    condition = node["condition"]
    kind = node.get("type", "simple")
    if isinstance(kind, Mapping):
        raise ExpressionError(
            f"criterion {condition!r}: a type with a version ({kind.get('version')!r}) is not supported; "
            "write type: jsonpath, which is RFC 9535 here"
        )
    if kind not in _TYPES:
        hint = did_you_mean(str(kind), _TYPES)
        raise ExpressionError(f"criterion {condition!r}: type {kind!r} is not supported{hint}")
    if not isinstance(condition, str) or not condition.strip():
        raise ExpressionError(f"criterion {condition!r}: a condition is a text")
    if kind == "simple":
        simple = compile_condition(condition)
        return Criterion(condition, simple.expressions, simple.holds)
    if "context" not in node:
        raise ExpressionError(f"criterion {condition!r}: has no context, which {kind} needs; add $response.body")
    if not isinstance(node["context"], str):
        raise ExpressionError(f"criterion {condition!r}: its context is a runtime expression such as $response.body")
    context = parse(node["context"])
    if kind == "regex":
        return Criterion(f"{context.text} matches {condition}", (context,), _regex(context, condition), condition)
    return Criterion(f"{context.text} has {condition}", (context,), _jsonpath(context, condition))


def _regex(context: Expression, condition: str) -> Callable[[Scope], bool]:
    try:
        pattern = re.compile(condition)
    except re.error as error:
        raise ExpressionError(f"criterion {condition!r}: is no regular expression ({error})") from error

    def holds(scope: Scope) -> bool:
        value = evaluate(context, scope)
        return value is not MISSING and value is not None and bool(pattern.search(as_text(value)))

    return holds


def _jsonpath(context: Expression, condition: str) -> Callable[[Scope], bool]:
    try:
        query = jsonpath.compile(condition)
    except jsonpath.JSONPathError as error:
        raise ExpressionError(f"criterion {condition!r}: is no JSONPath ({_first_line(error)})") from error

    def holds(scope: Scope) -> bool:
        value = evaluate(context, scope)
        if not isinstance(value, dict | list):
            return False
        try:
            return query.find_one(value) is not None
        except jsonpath.JSONPathError:
            # A body nested beyond the evaluator's limit holds nothing that anybody looks for.
            return False

    return holds


def first_broken(criteria: Iterable[Criterion], scope: Scope) -> Criterion | None:
    """The first criterion that is not met, or None when all are."""
    return next((criterion for criterion in criteria if not criterion.holds(scope)), None)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
