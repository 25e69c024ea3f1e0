"""Defects of answers: another status, member or header, a refusal without a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lmconform.mock import validation
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem, bad_request
from lmconform.mutants.bench import Bench, resources


def wrong_status(bench: Bench, operation: str, status: int) -> None:
    """A successful answer has another status."""

    @bench.after(operation)
    def other(call: Call, reply: Reply) -> None:
        reply.status = status


def unknown_is_200(bench: Bench, operation: str) -> None:
    """A 404 becomes 200 with an empty object."""

    @bench.instead(operation)
    def empty(call: Call, handler: Handler) -> Reply:
        try:
            return handler(call)
        except Problem as problem:
            if problem.status != 404:
                raise
            return Reply(200, {})


def bad_id_status(bench: Bench, status: int, *parameters: str) -> None:
    """Ids that break their pattern are answered with another status."""

    @bench.patch(validation, "path")
    def other(original, contract, operation, values, switches):  # type: ignore[no-untyped-def]
        try:
            original(contract, operation, values, switches)
        except Problem as problem:
            if values.keys() & set(parameters):
                raise Problem(status, problem.code, problem.message) from problem
            raise


def malformed_422(bench: Bench, operation: str) -> None:
    """Broken JSON is answered with 422 instead of 400."""

    @bench.patch(validation, "body")
    def other(original, contract, asked, media_type, raw, switches):  # type: ignore[no-untyped-def]
        try:
            return original(contract, asked, media_type, raw, switches)
        except Problem as problem:
            if asked.id == operation and "not valid JSON" in problem.message:
                raise Problem(422, "01010422", problem.message) from problem
            raise


def refuses_when(bench: Bench, words: str, wrong: Callable[[Call], bool], *operations: str) -> None:
    """Requests for which ``wrong`` is true are refused with 400."""

    @bench.before(*operations)
    def refuse(call: Call) -> None:
        if wrong(call):
            raise bad_request(words)


def breaks_down_when(bench: Bench, wrong: Callable[[Call], bool], *operations: str) -> None:
    """Requests for which ``wrong`` is true are answered with 500."""

    @bench.before(*operations)
    def break_down(call: Call) -> None:
        if wrong(call):
            raise Problem(500, "01010500", "Internal Server Error")


def elsewhere(bench: Bench, operation: str, member: str, value: Any) -> None:
    """A member has another value in the answers of an operation."""

    @bench.after(operation)
    def other(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            resource[member] = value


def wrong_location(bench: Bench, operation: str) -> None:
    """The header Location holds another id."""

    @bench.after(operation)
    def other(call: Call, reply: Reply) -> None:
        if "Location" in reply.headers:
            reply.headers["Location"] = reply.headers["Location"][:-4] + "0000"
