"""Compares $count with the length of the list, and says which of them is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from lmconform.contract.resources import Resource, Role
from lmconform.errors import NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes.context import Context, Json


@dataclass(frozen=True, slots=True)
class Counted:
    """What a ``$count`` operation returned, and the exchange that shows it."""

    number: int
    exchange: Exchange


def counted(ctx: Context, count: str, query: Json) -> Counted:
    """The number of a ``$count`` operation that this probe judges."""
    number = ctx.count(count, query)
    assert ctx.client.last is not None, count
    return Counted(number, ctx.client.last)


def expect_counts_agree(
    ctx: Context, listing: str, count: str, own: Json, filters: list[Json], *, closed: bool = True
) -> None:
    """Raise Failure where $count is not the length of the list with two filters that stand side by side.

    ``own`` restricts both to resources of this session: other users of the tenant cannot change them. ``closed``: the
    last of three or more filters is asked with the first one as well.
    """
    ring = pairwise([*filters, *filters[:1]]) if closed and len(filters) > 2 else pairwise(filters)
    for one, other in ring:
        query: dict[str, Any] = {**own, **one, **other}
        length, number = len(ctx.items(listing, query)), ctx.count(count, query)
        text = f"$count = {length}, as the list has, for {query}"
        ctx.expect(number == length, expected=text, actual=f"$count = {number}")


def expect_counted(
    ctx: Context, resource: Resource, query: Json, listed: Sequence[str], counted: Counted, expected: str
) -> None:
    """Raise Failure when $count is not the number of ids in the list of the same query.

    ``query`` names what the resources were made from. Raises NotTestable when the list is to blame: it lacks one of
    this run that GET shows, or holds one that GET does not find.
    """
    if counted.number == len(listed):
        return
    twice = sorted({one for one in listed if listed.count(one) > 1})
    if twice:
        raise NotTestable(f"the list with {query} holds {twice} more than once")
    operation, journal = resource.operations[Role.GET], ctx.session.journal
    made = journal.all(resource.noun, ctx.session.target.resource_group)
    own = [one for one in made if query.items() <= journal.origins(resource.noun, one).items()]
    for one in sorted({*own} ^ {*listed}):
        answer = ctx.send(operation.id, **resource.address(operation, one))
        body = answer.json_object()
        is_there = answer.ok and query.items() <= body.items() and body.get("targetStatus") != "DELETED"
        if is_there or (one in listed and answer.status == 404):
            words = "lacks" if is_there else "holds"
            raise NotTestable(f"the list with {query} {words} {one}, of which GET says {answer.brief}")
    ctx.fail(expected=expected, actual=f"$count = {counted.number}", exchange=counted.exchange)
