"""Defects of lists and counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench


def forget(bench: Bench, name: str, *operations: str) -> None:
    """The operations ignore a query parameter."""

    @bench.before(*operations)
    def forgotten(call: Call) -> None:
        call.query.pop(name, None)


def off_by_one(bench: Bench, *operations: str) -> None:
    """``count`` in the answers is one too high."""

    @bench.after(*operations)
    def more(call: Call, reply: Reply) -> None:
        if reply.json:
            reply.json["count"] += 1


def counted_wrongly(bench: Bench, *operations: str) -> None:
    """The answer of ``$count`` is one too high."""

    @bench.after(*operations)
    def more(call: Call, reply: Reply) -> None:
        if reply.text is not None:
            reply.text = str(int(reply.text) + 1)


def skips_one_more(bench: Bench, *operations: str) -> None:
    """``$skip`` leaves out one resource too many."""

    @bench.before(*operations)
    def more(call: Call) -> None:
        if call.query.get("$skip"):
            call.query["$skip"] += 1


def keeps_out(bench: Bench, operation: str, out: Callable[[Call, dict[str, Any]], bool]) -> None:
    """The rows for which ``out`` is true are missing in a list and in its count."""

    @bench.after(operation)
    def fewer(call: Call, reply: Reply) -> None:
        rows = [row for row in reply.json["resources"] if not out(call, row)]
        reply.json = {"count": len(rows), "resources": rows}


def last_twice(bench: Bench, operation: str) -> None:
    """The last resource is listed, and counted, twice."""

    @bench.after(operation)
    def twice(call: Call, reply: Reply) -> None:
        rows = reply.json["resources"]
        reply.json = {"count": len(rows) + len(rows[-1:]), "resources": rows + rows[-1:]}


def shown_at_most(bench: Bench, most: int, operation: str) -> None:
    """Without ``$top`` a list holds ``most`` resources."""

    @bench.before(operation)
    def short(call: Call) -> None:
        call.query.setdefault("$top", most)
