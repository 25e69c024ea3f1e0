"""Defects of stopping, updating and deleting."""

from __future__ import annotations

from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import WRONG_STATE, Problem
from lmconform.mutants.bench import Bench


def stops_nothing(bench: Bench, operation: str, shelf: str) -> None:
    """Stopping answers success, and nothing stops."""

    @bench.after(operation)
    def undo(call: Call, reply: Reply) -> None:
        asked = call.body.get(shelf) or [{"id": next(iter(call.path.values()), "")}]
        for entry in asked:
            if entry["id"] in getattr(call.group, shelf):
                getattr(call.group, shelf)[entry["id"]].stopped = None


def deletes_what_it_stops(bench: Bench, operation: str, shelf: str) -> None:
    """What is stopped is deleted as well."""

    @bench.after(operation)
    def gone(call: Call, reply: Reply) -> None:
        if call.body.get("targetStatus") == "STOPPED" and reply.status < 300:
            call.group.delete(getattr(call.group, shelf)[next(iter(call.path.values()))])


def deletes_nothing(bench: Bench, operation: str) -> None:
    """Deleting answers success, and nothing is deleted."""

    @bench.instead(operation)
    def pretend(call: Call, handler: Handler) -> Reply:
        vars(call.group)["delete"] = lambda enactment, when=None: None
        try:
            return handler(call)
        finally:
            del vars(call.group)["delete"]


def stops_in_words(bench: Bench, operation: str) -> None:
    """What was stopped shows targetStatus STOPPED, and runs for ever."""

    @bench.after(operation)
    def runs(call: Call, reply: Reply) -> None:
        if reply.status == 200 and reply.json.get("status") in ("STOPPING", "STOPPED"):
            reply.json |= {"status": "RUNNING", "completionTime": None}


def deletes_in_words(bench: Bench, operation: str) -> None:
    """What was deleted shows targetStatus DELETED, and stays."""

    @bench.instead(operation)
    def promise(call: Call, handler: Handler) -> Reply:
        vars(call.group)["delete"] = lambda enactment, when=None: setattr(enactment, "deleted", call.group.now())
        try:
            return handler(call)
        finally:
            del vars(call.group)["delete"]


def takes_unknown(bench: Bench, operation: str, shelf: str, status: int = 202) -> None:
    """Changing or deleting what does not exist answers success."""

    @bench.instead(operation)
    def accepted(call: Call, handler: Handler) -> Reply:
        wanted = next(iter(call.path.values()))
        if wanted not in getattr(call.group, shelf):
            return Reply(status, {"id": wanted, "message": "Scheduled"})
        return handler(call)


def takes_in_any_state(bench: Bench, operation: str) -> None:
    """A request that the state forbids answers 202, and nothing is done."""

    @bench.instead(operation)
    def accepted(call: Call, handler: Handler) -> Reply:
        try:
            return handler(call)
        except Problem as problem:
            if problem.code != WRONG_STATE:
                raise
            return Reply(202, {"id": next(iter(call.path.values())), "message": "Scheduled"})


def refused_yet_deleted(bench: Bench, operation: str, shelf: str) -> None:
    """A deletion that is refused is carried out all the same."""

    @bench.instead(operation)
    def done(call: Call, handler: Handler) -> Reply:
        found = getattr(call.group, shelf).get(next(iter(call.path.values())))
        try:
            return handler(call)
        except Problem:
            if found is not None and found.deleted is None:
                call.group.delete(found)
            raise
