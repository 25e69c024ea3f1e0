"""Probes that are the same for several operations: unknown ids, bad ids, bodies to refuse or accept."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable
from typing import Any

from lmconform.errors import Inconclusive
from lmconform.evidence.exchange import Exchange
from lmconform.probes.context import Context
from lmconform.probes.registry import probe

Bodies = Callable[[Context], Iterable[Any]]
Place = Callable[[Context], dict[str, str]]

# Half a document: valid JSON up to where it ends.
# An id in a body that the pattern of ids forbids: some targets look at the pattern, some look for the thing (F19).
LOOKED_UP = frozenset({400, 404})
MALFORMED = b'{"name": "lmconform", "scenarioId": '


def nowhere(_: Context) -> dict[str, str]:
    """No further path parameters."""
    return {}


def unknown_id(requirement: str, operation: str, parameter: str, *, place: Place = nowhere, needs: str = "") -> None:
    """A well-formed id of nothing is answered with 404; ``needs`` is a further capability."""

    @probe(requirement, effect="read")
    def judge(ctx: Context) -> None:
        ctx.require(needs)
        answer = ctx.get(operation, **{**place(ctx), parameter: ctx.absent_id()})
        if answer.status == 400:
            # The target's ids have a form of their own: the one that SAP's services give (D1).
            answer = ctx.get(operation, **{**place(ctx), parameter: str(uuid.uuid4())})
        if answer.status == 400:
            answer = ctx.get(operation, **{**place(ctx), parameter: uuid.uuid4().hex[:16]})
        ctx.expect_refused(answer, {404})


def expect_absent(ctx: Context, answer: Exchange, get: str, path: dict[str, str]) -> None:
    """Raise Failure unless a change of nothing was answered with 404; ``get`` reads what ``path`` names.

    Raises Inconclusive where the target's ids have a form that ours have not.
    """
    if answer.status == 400 and ctx.send(get, path).status == 400:
        raise Inconclusive(f"{ctx.label(answer)}: ids of the target have a form of their own")
    ctx.expect_refused(answer, {404})


def bad_id(requirement: str, operation: str, parameter: str, *, place: Place = nowhere, needs: str = "") -> None:
    """An id that the pattern of ids forbids is answered with 400 or 404 (F63); ``needs`` as in unknown_id."""

    @probe(requirement, effect="read")
    def judge(ctx: Context) -> None:
        ctx.require(needs)
        for wrong in ("abc", "lmconform absent", "a" * 65):
            path = {**place(ctx), parameter: wrong}
            ctx.expect_refused(ctx.get(operation, **path), {400, 404})


def refuses(
    requirement: str, operation: str, bodies: Bodies, *, allowed: Collection[int] = (400,), effect: str = "write"
) -> None:
    """Each of the bodies is wrong in one way, and is refused (F62). Bytes go as they are."""

    @probe(requirement, effect=effect)
    def judge(ctx: Context) -> None:
        for body in bodies(ctx):
            ctx.expect_refused(_send(ctx, operation, body), allowed)


def accepts(requirement: str, operation: str, bodies: Bodies, *, success: int, effect: str = "write") -> None:
    """Each of the bodies is valid, and is accepted with ``success``."""

    @probe(requirement, effect=effect)
    def judge(ctx: Context) -> None:
        for body in bodies(ctx):
            ctx.expect_status(_send(ctx, operation, body), {success})


def without_each(body: dict[str, Any], names: Iterable[str]) -> list[dict[str, Any]]:
    """``body`` without the first name, without the second, and so on."""
    return [{key: value for key, value in body.items() if key != name} for name in names]


def _send(ctx: Context, operation: str, body: Any) -> Any:
    if isinstance(body, bytes):
        return ctx.send(operation, body=body)
    return ctx.send(operation, json=body)
