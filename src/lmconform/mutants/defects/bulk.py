"""Defects of bulk updates; ``key`` is the member of the body that holds the entries."""

from __future__ import annotations

from typing import Any

from lmconform.mock.call import Call, Handler, Reply
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.bodies import SCHEMAS


def each(reply: Reply, key: str) -> list[dict[str, Any]]:
    """The entries of the answer to a bulk update."""
    return list(reply.json[key])


def bulk_entry(bench: Bench, schema: str, member: str) -> dict[str, Any]:
    """The schema of one entry of a bulk update, to be changed in place."""
    items: dict[str, Any] = bench.schema(f"{SCHEMAS}/{schema}/properties/{member}/items")
    return bench.schema(items["$ref"].removeprefix("#/")) if "$ref" in items else items


def acknowledges(bench: Bench, operation: str, key: str) -> None:
    """An entry of a bulk update with an unknown targetStatus answers success, and nothing is done."""

    @bench.instead(operation)
    def done(call: Call, handler: Handler) -> Reply:
        whole = call.body[key]
        call.body[key] = [entry for entry in whole if entry.get("targetStatus") in ("STOPPED", "DELETED")]
        real = iter(handler(call).json[key]) if call.body[key] else iter(())
        entries = [next(real) if e in call.body[key] else {"id": e["id"], "message": "Scheduled"} for e in whole]
        return Reply(202, {key: entries})


def ends_at_error(bench: Bench, operation: str, key: str) -> None:
    """The entries of a bulk update after the first unknown id answer success, and nothing is done."""

    @bench.instead(operation)
    def promised(call: Call, handler: Handler) -> Reply:
        shelf, asked = getattr(call.group, key), call.body[key]
        first = next((place for place, entry in enumerate(asked) if entry["id"] not in shelf), len(asked))
        late, call.body[key] = asked[first + 1 :], asked[: first + 1]
        reply = handler(call)
        reply.json[key] += [{"id": entry["id"], "message": "Modification scheduled"} for entry in late]
        return reply


def errors_succeed(bench: Bench, operation: str, key: str) -> None:
    """The errors in the answer to a bulk update become successes."""

    @bench.after(operation)
    def fine(call: Call, reply: Reply) -> None:
        for entry in each(reply, key):
            if entry.pop("error", None):
                entry["message"] = "Modification scheduled"


def takes_gone(bench: Bench, create: str, operation: str, key: str) -> None:
    """The entry of a bulk update for one that was deleted and is gone is a success."""
    made: set[str] = set()

    @bench.after(create)
    def remember(call: Call, reply: Reply) -> None:
        made.add(reply.json["id"])

    @bench.after(operation)
    def fine(call: Call, reply: Reply) -> None:
        for entry in each(reply, key):
            if entry["id"] in made and entry["id"] not in getattr(call.group, key) and entry.pop("error", None):
                entry["message"] = "Modification scheduled"


def all_or_nothing(bench: Bench, operation: str, key: str, code: str) -> None:
    """One unknown id makes every entry of a bulk update an error, and nothing is done."""

    @bench.instead(operation)
    def nothing(call: Call, handler: Handler) -> Reply:
        entries, shelf = call.body[key], getattr(call.group, key)
        if any(entry["id"] not in shelf for entry in entries) and len(entries) > 1:
            error = {"code": code, "message": "not found", "requestId": "1", "target": f"/lm/{key}"}
            return Reply(202, {key: [{"id": entry["id"], "error": error} for entry in entries]})
        return handler(call)
