"""Defects that show only while several requests are in flight: the mock answers one after the other, these wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final

from lmconform.mock import app as application
from lmconform.mock.call import Call
from lmconform.mock.problems import Problem
from lmconform.mutants.bench import Bench

# Long enough for requests of one burst to come before the first of them is carried out, also on a busy machine.
WINDOW: Final = 0.25


def in_flight(
    bench: Bench, *operations: str, begin: Callable[[], Any] = lambda: None, seconds: float = WINDOW
) -> tuple[Callable[[], Any], Callable[[], int]]:
    """Requests for the operations wait ``seconds`` before they are carried out; others are carried out meanwhile.

    Returns two functions for handlers: the first gives what ``begin`` returned when the present request came, the
    second how many requests for the operations are there now, the present one included.
    """
    came: ContextVar[Any] = ContextVar("came")
    there: list[object] = []

    @bench.patch(application.App, "__call__")
    async def wait(original: Any, app: Any, scope: Any, receive: Any, send: Any) -> None:
        if _operation(app, scope) not in operations:
            await original(app, scope, receive, send)
            return
        came.set(begin())
        there.append(scope)
        try:
            await asyncio.sleep(seconds)
            await original(app, scope, receive, send)
        finally:
            there.remove(scope)

    return came.get, lambda: len(there)


def while_under_way(bench: Bench, change: str, read: str) -> Callable[[], int]:
    """How many changes are in flight when a read is carried out; the read waits for less long than a change does."""
    _, there = in_flight(bench, change)
    in_flight(bench, read, seconds=WINDOW / 2)
    return there


def breaks_down_beside(bench: Bench, other: str, operation: str, seconds: float = WINDOW) -> None:
    """An operation is answered with 500 while another one, or another request for it, is in flight."""
    if other == operation:
        _, there = in_flight(bench, operation, seconds=seconds)
    else:
        there = while_under_way(bench, other, operation)

    @bench.before(operation)
    def break_down(call: Call) -> None:
        if there() > (other == operation):
            raise Problem(500, "01010500", "Internal Server Error")


def _operation(app: Any, scope: Any) -> str:
    if scope["type"] != "http":
        return ""
    found = app._contract.match(scope["method"], application.path_of(scope).removeprefix("/v2"))
    return found[0].id if found else ""
