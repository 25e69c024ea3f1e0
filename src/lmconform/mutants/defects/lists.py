"""Defects of lists and counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lmconform.mock.call import Call, Handler, Reply
from lmconform.mutants.bench import Bench, resources


def forget(bench: Bench, name: str, *operations: str) -> None:
    """The operations ignore a query parameter."""

    @bench.before(*operations)
    def forgotten(call: Call) -> None:
        call.query.pop(name, None)


def alone_or_not(bench: Bench, name: str, *operations: str) -> None:
    """With the query parameter ``name`` the operations ignore all filters."""

    @bench.before(*operations)
    def only(call: Call) -> None:
        if name in call.query:
            call.query = {key: value for key, value in call.query.items() if key.startswith("$") and key != "$search"}


def embeds_the_id_alone(bench: Bench, *operations: str) -> None:
    """With ``$expand=scenario`` the scenario in the answers is only its id."""

    @bench.after(*operations)
    def bare(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if resource.get("scenario"):
                resource["scenario"] = {"id": resource["scenario"]["id"]}


def takes_the_first(bench: Bench, name: str, most: int, *operations: str) -> None:
    """Of a query parameter with a list only the first ``most`` values count."""

    @bench.before(*operations)
    def fewer(call: Call) -> None:
        if name in call.query:
            call.query[name] = call.query[name][:most]


def takes_the_last(bench: Bench, name: str, *operations: str) -> None:
    """Of a query parameter with a list only the last value counts."""

    @bench.before(*operations)
    def fewer(call: Call) -> None:
        if name in call.query:
            call.query[name] = call.query[name][-1:]


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


def skips_from_one(bench: Bench, *operations: str) -> None:
    """``$skip`` counts from one: the page begins with the last resource that it should leave out."""

    @bench.before(*operations)
    def less(call: Call) -> None:
        if call.query.get("$skip"):
            call.query["$skip"] -= 1


def last_page_again(bench: Bench, operation: str) -> None:
    """Beyond the end of a list the last page is shown again."""

    @bench.instead(operation)
    def again(call: Call, handler: Handler) -> Reply:
        reply = handler(call)
        if call.query.get("$skip") and not reply.json["resources"]:
            call.query["$skip"] = max(0, call.query["$skip"] - call.query.get("$top", 1))
            reply = handler(call)
        return reply


def loses_one_at_a_boundary(bench: Bench, operation: str, least: int = 2) -> None:
    """A page of ``least`` or more that is not the first one begins one resource too late."""

    @bench.before(operation)
    def later(call: Call) -> None:
        if call.query.get("$skip") and call.query.get("$top", 0) >= least:
            call.query["$skip"] += 1


def fills_no_page(bench: Bench, operation: str) -> None:
    """A page that is full and not the first one holds one resource less."""

    @bench.after(operation)
    def fewer(call: Call, reply: Reply) -> None:
        rows, top = reply.json["resources"], call.query.get("$top")
        if call.query.get("$skip") and len(rows) == top:
            reply.json = {"count": top - 1, "resources": rows[:-1]}


def turns_round(bench: Bench, operation: str, least: int = 2) -> None:
    """The first page of ``least`` or more is in the order of creation, those behind it are in the reverse order."""
    _reordered(bench, operation, lambda call, rows: rows[::-1] if call.query.get("$skip") else rows, least)


def moves_on(bench: Bench, operation: str) -> None:
    """The order of a list moves on with each page of two or more that is not the first."""
    seen: list[int] = []

    def rotated(call: Call, rows: list[Any]) -> list[Any]:
        seen.extend([1] if call.query.get("$skip") else ())
        by = len(seen) % len(rows) if rows else 0
        return rows[by:] + rows[:by]

    _reordered(bench, operation, rotated, 2)


def second_walk_differs(bench: Bench, operation: str, least: int = 2) -> None:
    """A page of ``least`` or more that is asked for a second time begins one resource earlier."""
    seen: set[str] = set()

    @bench.before(operation)
    def earlier(call: Call) -> None:
        query = repr(sorted(call.query.items(), key=str))
        if query in seen and call.query.get("$skip") and call.query.get("$top", 0) >= least:
            call.query["$skip"] -= 1
        seen.add(query)


def _reordered(bench: Bench, operation: str, order: Callable[[Call, list[Any]], list[Any]], least: int) -> None:
    """Pages of ``least`` or more are cut out of the list in another order."""

    @bench.instead(operation)
    def other(call: Call, handler: Handler) -> Reply:
        top, skip = call.query.get("$top"), call.query.get("$skip", 0)
        if not top or top < least:
            return handler(call)
        whole = handler(replace(call, query={n: v for n, v in call.query.items() if n not in ("$top", "$skip")}))
        rows = order(call, whole.json["resources"])[skip : skip + top]
        whole.json = {"count": len(rows), "resources": rows}
        return whole


def counts_one(bench: Bench, operation: str) -> None:
    """``count`` is 1 in each list that holds something."""

    @bench.after(operation)
    def one(call: Call, reply: Reply) -> None:
        if reply.json.get("resources"):
            reply.json["count"] = 1


def selects_before_filters(bench: Bench, operation: str, *left_out: str) -> None:
    """``$select=status`` leaves members out before the list is filtered: the filters ``left_out`` find nothing."""

    @bench.after(operation)
    def nothing(call: Call, reply: Reply) -> None:
        if call.query.get("$select") == "status" and call.query.keys() & {*left_out}:
            reply.json = {"count": 0, "resources": []}


def cut_before_filters(bench: Bench, operation: str, *filters: str) -> None:
    """``$top`` and ``$skip`` choose a page of all resources, and the ``filters`` select from that page."""

    @bench.instead(operation)
    def cut(call: Call, handler: Handler) -> Reply:
        page = handler(replace(call, query={name: v for name, v in call.query.items() if name not in filters}))
        reply = handler(replace(call, query={n: v for n, v in call.query.items() if n not in ("$top", "$skip")}))
        ids = {row["id"] for row in page.json["resources"]}
        rows = [row for row in reply.json["resources"] if row["id"] in ids]
        reply.json = {"count": len(rows), "resources": rows}
        return reply
