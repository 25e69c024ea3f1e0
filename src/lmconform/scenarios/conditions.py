"""Arazzo's simple conditions: a small parser for ``$statusCode == 200 && $response.body#/id != null``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lmconform.scenarios.expressions import MISSING, Expression, ExpressionError, Scope, evaluate, parse

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<expression>\$[A-Za-z0-9_.\-]+(?:\#(?:/[^\s\[\]()=!<>&|,]*)?)?)
      | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+\-]?\d+)?)
      | (?P<text>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*")
      | (?P<word>true|false|null)\b
      | (?P<operator>==|!=|<=|>=|&&|\|\||[<>!()\[\]])
      | \.(?P<property>[A-Za-z0-9_\-]+)
    )""",
    re.VERBOSE,
)
_WORDS = {"true": True, "false": False, "null": None}
# Depth of parentheses and negations; a file that goes deeper is a mistake, and would end in a RecursionError.
_DEPTH = 50

Node = Callable[[Scope], Any]


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition; ``expressions`` are the runtime expressions in it, in order."""

    text: str
    expressions: tuple[Expression, ...]
    node: Node

    def holds(self, scope: Scope) -> bool:
        """Whether the condition is true; what is missing counts as null."""
        return bool(self.node(scope))


def compile_condition(text: str) -> Condition:
    """The parsed condition; raises ExpressionError with the place that cannot be read."""
    parser = _Parser(text)
    node = parser.alternatives(0)
    if parser.kind:
        raise ExpressionError(f"condition {text!r}: {parser.value!r} is not expected at column {parser.column}")
    return Condition(text, tuple(parser.expressions), node)


class _Parser:
    """Recursive descent over one line; ``kind`` and ``value`` are the token at hand."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.column = 1
        self.expressions: list[Expression] = []
        self.kind = ""
        self.value = ""
        self.advance()

    def advance(self) -> None:
        rest = self.text[self.position :]
        self.column = self.position + len(rest) - len(rest.lstrip()) + 1
        if not rest.strip():
            self.kind = self.value = ""
            return
        found = _TOKEN.match(self.text, self.position)
        if found is None:
            raise ExpressionError(f"condition {self.text!r}: cannot be read from column {self.column} on")
        self.position = found.end()
        self.kind = found.lastgroup or ""
        self.value = found[self.kind]

    def take(self, operator: str) -> bool:
        if self.kind == "operator" and self.value == operator:
            self.advance()
            return True
        return False

    def expect(self, operator: str) -> None:
        if not self.take(operator):
            got = repr(self.value) if self.kind else "its end"
            raise ExpressionError(f"condition {self.text!r}: expected {operator!r} before {got}, column {self.column}")

    def alternatives(self, depth: int) -> Node:
        nodes = [self.conjunction(depth)]
        while self.take("||"):
            nodes.append(self.conjunction(depth))
        return nodes[0] if len(nodes) == 1 else lambda scope: any(bool(node(scope)) for node in nodes)

    def conjunction(self, depth: int) -> Node:
        nodes = [self.comparison(depth)]
        while self.take("&&"):
            nodes.append(self.comparison(depth))
        return nodes[0] if len(nodes) == 1 else lambda scope: all(bool(node(scope)) for node in nodes)

    def comparison(self, depth: int) -> Node:
        left = self.unary(depth)
        for operator, function in _COMPARE.items():
            if self.take(operator):
                right = self.unary(depth)
                return _compare(function, left, right)
        return left

    def unary(self, depth: int) -> Node:
        if depth > _DEPTH:
            raise ExpressionError(f"condition {self.text[:60]!r}…: nested deeper than {_DEPTH} levels")
        if self.take("!"):
            inner = self.unary(depth + 1)
            return lambda scope: not inner(scope)
        if self.take("("):
            grouped = self.alternatives(depth + 1)
            self.expect(")")
            return grouped
        return self.access()

    def access(self) -> Node:
        node = self.operand()
        while True:
            if self.kind == "property":
                node = _item(node, self.value)
                self.advance()
            elif self.take("["):
                if self.kind not in ("number", "text"):
                    raise ExpressionError(
                        f"condition {self.text!r}: expected an index or a name in brackets, column {self.column}"
                    )
                key = _literal(self.kind, self.value)
                self.advance()
                self.expect("]")
                node = _item(node, key)
            else:
                return node

    def operand(self) -> Node:
        kind, value = self.kind, self.value
        if kind == "expression":
            expression, rest = _split(value)
            self.expressions.append(expression)
            self.advance()
            node: Node = lambda scope: evaluate(expression, scope)  # noqa: E731 - a def would need a second name
            for name in rest:
                node = _item(node, name)
            return node
        if kind in ("number", "text", "word"):
            self.advance()
            literal = _literal(kind, value)
            return lambda scope: literal
        got = repr(value) if kind else "its end"
        raise ExpressionError(f"condition {self.text!r}: expected a value before {got}, column {self.column}")


def _split(text: str) -> tuple[Expression, tuple[str, ...]]:
    """The longest expression at the beginning of ``text``, and the properties taken of its value.

    ``$response.body.id`` is the body and its property; ``$steps.a.outputs.b.c`` an output and one.
    """
    head, mark, _ = text.partition("#")
    names = head.split(".")
    keep = {"response": 2, "inputs": 2, "steps": 4}.get(names[0][1:], len(names))
    if mark or len(names) <= keep:
        return parse(text), ()
    return parse(".".join(names[:keep])), tuple(names[keep:])


def _literal(kind: str, value: str) -> Any:
    if kind == "word":
        return _WORDS[value]
    if kind == "number":
        return float(value) if re.search(r"[.eE]", value) else int(value)
    # Arazzo writes texts in single quotes and doubles a quote within; others escape it with a backslash.
    return re.sub(r"\\(.)", r"\1", value[1:-1].replace("''", "'"))


def _item(node: Node, key: str | int | float) -> Node:
    def item(scope: Scope) -> Any:
        value = node(scope)
        if isinstance(value, dict) and isinstance(key, str):
            return value.get(key, MISSING)
        if isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
            return value[key]
        return MISSING

    return item


def _compare(function: Callable[[Any, Any], bool], left: Node, right: Node) -> Node:
    return lambda scope: function(_plain(left(scope)), _plain(right(scope)))


def _plain(value: Any) -> Any:
    return None if value is MISSING else value


def equal(left: Any, right: Any) -> bool:
    """Equality as simple conditions have it: texts in any case, numbers by value, ``"5"`` equals 5."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    left, right = _numbers(left, right)
    return bool(left == right)


def _numbers(left: Any, right: Any) -> tuple[Any, Any]:
    # Header and query values are texts; "== 5" means the number in them.
    if isinstance(left, str) and isinstance(right, int | float):
        return _number(left), right
    if isinstance(right, str) and isinstance(left, int | float):
        return left, _number(right)
    return left, right


def _number(text: str) -> Any:
    return float(text) if re.fullmatch(r"\s*-?\d+(\.\d+)?([eE][+\-]?\d+)?\s*", text) else text


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(left: Any, right: Any) -> bool:
        if isinstance(left, bool) or isinstance(right, bool):
            return False
        if isinstance(left, str) and isinstance(right, str):
            return test(left.casefold(), right.casefold())
        left, right = _numbers(left, right)
        if isinstance(left, int | float) and isinstance(right, int | float):
            return test(left, right)
        return False

    return compare


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<=": _ordered(lambda left, right: bool(left <= right)),
    ">=": _ordered(lambda left, right: bool(left >= right)),
    "<": _ordered(lambda left, right: bool(left < right)),
    ">": _ordered(lambda left, right: bool(left > right)),
}
