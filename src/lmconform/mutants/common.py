"""Defects that several families have in common."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lmconform.mock import validation
from lmconform.mock.app import App
from lmconform.mock.auth import Authority
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import WRONG_STATE, Problem, bad_request
from lmconform.mutants.bench import Bench, resources

SCHEMAS = "components/schemas"


def forget(bench: Bench, name: str, *operations: str) -> None:
    """The operations act as if the query parameter had not been sent."""

    @bench.before(*operations)
    def forgotten(call: Call) -> None:
        call.query.pop(name, None)


def elsewhere(bench: Bench, operation: str, member: str, value: Any) -> None:
    """One member is another in the answers of one operation."""

    @bench.after(operation)
    def other(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            resource[member] = value


def wrong_location(bench: Bench, operation: str) -> None:
    """Location names another thing."""

    @bench.after(operation)
    def other(call: Call, reply: Reply) -> None:
        if "Location" in reply.headers:
            reply.headers["Location"] = reply.headers["Location"][:-4] + "0000"


def off_by_one(bench: Bench, *operations: str) -> None:
    """``count`` in the answers is one too many."""

    @bench.after(*operations)
    def more(call: Call, reply: Reply) -> None:
        if reply.json:
            reply.json["count"] += 1


def counted_wrongly(bench: Bench, *operations: str) -> None:
    """The answer of ``$count`` is one too many."""

    @bench.after(*operations)
    def more(call: Call, reply: Reply) -> None:
        if reply.text is not None:
            reply.text = str(int(reply.text) + 1)


def skips_one_more(bench: Bench, *operations: str) -> None:
    """``$skip`` leaves out one too many."""

    @bench.before(*operations)
    def more(call: Call) -> None:
        if call.query.get("$skip"):
            call.query["$skip"] += 1


def optional(bench: Bench, schema: str, *names: str) -> None:
    """The members need not be there."""
    node = bench.schema(f"{SCHEMAS}/{schema}")
    node["required"] = [name for name in node["required"] if name not in names]


def malformed_422(bench: Bench, operation: str) -> None:
    """Broken JSON is answered with 422."""

    @bench.patch(validation, "body")
    def other(original, contract, asked, media_type, raw, switches):  # type: ignore[no-untyped-def]
        try:
            return original(contract, asked, media_type, raw, switches)
        except Problem as problem:
            if asked.id == operation and "not valid JSON" in problem.message:
                raise Problem(422, "01010422", problem.message) from problem
            raise


def same_again(bench: Bench, operation: str) -> None:
    """A body that came before is answered as before."""

    made: dict[str, Reply] = {}

    @bench.instead(operation)
    def same(call: Call, handler: Handler) -> Reply:
        key = repr(sorted(call.body.items(), key=str))
        if key not in made:
            made[key] = handler(call)
        return made[key]


def wrong_status(bench: Bench, operation: str, status: int) -> None:
    """A good answer has another status."""

    @bench.after(operation)
    def other(call: Call, reply: Reply) -> None:
        reply.status = status


def unknown_is_200(bench: Bench, operation: str) -> None:
    """A 404 becomes an empty object with 200."""

    @bench.instead(operation)
    def empty(call: Call, handler: Handler) -> Reply:
        try:
            return handler(call)
        except Problem as problem:
            if problem.status != 404:
                raise
            return Reply(200, {})


def reads_everywhere(bench: Bench, shelf: str, parameter: str, *operations: str) -> None:
    """An id of any resource group is found."""

    @bench.instead(*operations)
    def anywhere(call: Call, handler: Handler) -> Reply:
        wanted = call.path[parameter]
        for group in bench.groups.values():
            if wanted in getattr(group, shelf):
                call.group = group
        return handler(call)


def lists_everything(bench: Bench, shelf: str, *operations: str) -> None:
    """What belongs to the first group is listed in the others as well."""

    @bench.instead(*operations)
    def everything(call: Call, handler: Handler) -> Reply:
        own = getattr(call.group, shelf)
        if call.group.name == "other":
            setattr(call.group, shelf, {**getattr(bench.groups["tutorial"], shelf), **own})
        try:
            return handler(call)
        finally:
            setattr(call.group, shelf, own)


def refuses_when(bench: Bench, words: str, wrong: Callable[[Call], bool], *operations: str) -> None:
    """A valid request is refused with 400."""

    @bench.before(*operations)
    def refuse(call: Call) -> None:
        if wrong(call):
            raise bad_request(words)


def loosen(bench: Bench, schema: str, member: str, by: dict[str, Any] | None = None) -> None:
    """A member of a body may be anything, or whatever ``by`` allows."""
    bench.schema(f"{SCHEMAS}/{schema}")["properties"][member] = by or {}


def stops_nothing(bench: Bench, operation: str, shelf: str) -> None:
    """Stopping succeeds, and nothing stops."""

    @bench.after(operation)
    def undo(call: Call, reply: Reply) -> None:
        asked = call.body.get(shelf) or [{"id": next(iter(call.path.values()), "")}]
        for entry in asked:
            if entry["id"] in getattr(call.group, shelf):
                getattr(call.group, shelf)[entry["id"]].stopped = None


def deletes_nothing(bench: Bench, operation: str) -> None:
    """Deletions succeed, and nothing is deleted."""

    @bench.instead(operation)
    def pretend(call: Call, handler: Handler) -> Reply:
        vars(call.group)["delete"] = lambda enactment, when=None: None
        try:
            return handler(call)
        finally:
            del vars(call.group)["delete"]


def takes_unknown(bench: Bench, operation: str, shelf: str, status: int = 202) -> None:
    """What does not exist is changed or deleted with success."""

    @bench.instead(operation)
    def accepted(call: Call, handler: Handler) -> Reply:
        wanted = next(iter(call.path.values()))
        if wanted not in getattr(call.group, shelf):
            return Reply(status, {"id": wanted, "message": "Scheduled"})
        return handler(call)


def takes_in_any_state(bench: Bench, operation: str) -> None:
    """A refusal for the state becomes an acceptance, and nothing is done."""

    @bench.instead(operation)
    def accepted(call: Call, handler: Handler) -> Reply:
        try:
            return handler(call)
        except Problem as problem:
            if problem.code != WRONG_STATE:
                raise
            return Reply(202, {"id": next(iter(call.path.values())), "message": "Scheduled"})


def keeps_out(bench: Bench, operation: str, out: Callable[[Call, dict[str, Any]], bool]) -> None:
    """Some resources are left out of a list, and not counted."""

    @bench.after(operation)
    def fewer(call: Call, reply: Reply) -> None:
        rows = [row for row in reply.json["resources"] if not out(call, row)]
        reply.json = {"count": len(rows), "resources": rows}


def each(reply: Reply, key: str) -> list[dict[str, Any]]:
    """The entries of a bulk answer."""
    return list(reply.json[key])


def needs_no_token(bench: Bench, free: Callable[[str, str], bool]) -> None:
    """Requests of a method and path that are ``free`` need no token."""
    now = [False]

    @bench.patch(App, "_answer")
    def look(original, self, scope, path, headers, body):  # type: ignore[no-untyped-def]
        now[0] = free(scope["method"], path)
        return original(self, scope, path, headers, body)

    @bench.patch(Authority, "check")
    def check(original, self, authorization, switches):  # type: ignore[no-untyped-def]
        if not now[0]:
            original(self, authorization, switches)


def acknowledges(bench: Bench, operation: str, key: str) -> None:
    """A bulk update says done to a target that there is not, and does nothing."""

    @bench.instead(operation)
    def done(call: Call, handler: Handler) -> Reply:
        whole = call.body[key]
        call.body[key] = [entry for entry in whole if entry.get("targetStatus") in ("STOPPED", "DELETED")]
        real = iter(handler(call).json[key]) if call.body[key] else iter(())
        told = [next(real) if e in call.body[key] else {"id": e["id"], "message": "Scheduled"} for e in whole]
        return Reply(202, {key: told})


def oldest_configuration(bench: Bench, operation: str) -> None:
    """What cannot be an id stands for the first configuration that there is for the operation."""
    deployable = operation == "createDeployment"

    @bench.before(operation)
    def any_will_do(call: Call) -> None:
        wanted = call.body.get("configurationId", "none")
        if isinstance(wanted, str) and re.fullmatch(r"[\w.-]{4,64}", wanted):
            return
        for found in call.group.configurations.values():
            if call.catalog.of(found).deployable is deployable:
                call.body["configurationId"] = found["id"]
                return
