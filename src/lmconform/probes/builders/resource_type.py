"""Artifacts, configurations and schedules as values: resources that no probe changes, in batches of three."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from lmconform.errors import Failure, Skip
from lmconform.probes.context import Context, Created, Json
from lmconform.probes.described import Described
from lmconform.probes.fixtures import fixture

# Neither the order of names nor its reverse is the order of creation.
_LETTERS: Final = "bca"


def _name(token: str, number: int) -> str:
    return f"{token}-{_LETTERS[number]}"


def _search(ctx: Context, token: str) -> Json:
    return {"$search": token}


def without_none(body: Mapping[str, Any]) -> Json:
    """``body`` without the members that are None: how an override leaves a member out."""
    return {key: value for key, value in body.items() if value is not None}


@dataclass(frozen=True, slots=True)
class ResourceType(Described):
    """A type of resource that changes only on request, and how to build a valid body.

    ``noun`` is the part in ids of requirements; ``vary`` gives the fields in which the three members of a batch
    differ. ``select`` gives the query that lists a batch by its token: where lists cannot be searched, fields that
    only its members have.
    """

    noun: str
    body: Callable[..., Json]
    vary: Callable[[Context, int], Json]
    select: Callable[[Context, str], Json] = _search

    @property
    def searchable(self) -> bool:
        """Whether its lists take $search."""
        return self.select is _search

    def make(self, ctx: Context, **overrides: Any) -> Created:
        """Create one; raises NotTestable."""
        return ctx.make(self.create, self.body(ctx, **overrides))

    def fetch(self, ctx: Context, created: Created, **query: Any) -> Json:
        """The body of its GET; raises Failure."""
        return ctx.get_or_fail(self.get, query, **{self.parameter: created.id})


@dataclass(frozen=True, slots=True)
class Batch:
    """Three resources whose names hold a ``token`` that no other name in the tenant holds; ``query`` lists them.

    ``listed`` is that list when it held all of them for the first time, or when the grace was over.
    """

    token: str
    query: Json
    members: tuple[Created, ...]
    listed: tuple[Json, ...]

    @property
    def ids(self) -> list[str]:
        """The members' ids in order of creation."""
        return [created.id for created in self.members]

    def name(self, number: int) -> str:
        """The beginning of the name of one member, which no other name holds."""
        return _name(self.token, number)


@fixture(builds_on=lambda batch: batch.ids)
def batch(ctx: Context, resource: ResourceType) -> Batch:
    """The batch of a resource type that all probes of the session read; raises NotTestable."""
    token = ctx.unique("batch")
    query = resource.select(ctx, token)
    common = {} if resource.searchable else query
    # Capitals and two spaces are for echoes.
    names = [f"{_name(token, number)}  As Sent" for number in range(len(_LETTERS))]
    members = tuple(resource.make(ctx, name=n, **resource.vary(ctx, i), **common) for i, n in enumerate(names))
    return Batch(token, query, members, _listed(ctx, resource, query, {created.id for created in members}))


def _listed(ctx: Context, resource: ResourceType, query: Json, ids: set[str]) -> tuple[Json, ...]:
    """A list may lag behind what was created (C2): probes that look at it need not wait."""
    found: list[Json] = []

    def look() -> None:
        found[:] = ctx.items(resource.list, query)
        there = {str(item.get("id")) for item in found}
        ctx.expect(ids <= there, expected="all three created resources", actual=f"{sorted(there)}")

    with suppress(Failure, Skip):
        ctx.retry_in_grace(time.monotonic(), look)
    return tuple(found)


def selected(ctx: Context, resource: ResourceType, query: Json) -> set[str]:
    """The ids of the batch in a list filtered by ``query`` and by the batch."""
    group = batch(ctx, resource)
    return set(ctx.ids(resource.list, {**group.query, **query})) & set(group.ids)
