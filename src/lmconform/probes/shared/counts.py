"""Compares $count with the length of the list, under each two filters."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from lmconform.probes.context import Context, Json


def expect_counts_agree(ctx: Context, listing: str, count: str, own: Json, filters: list[Json]) -> None:
    """Raise Failure where $count is not the length of the list.

    ``own`` restricts both to resources of this session: other users of the tenant cannot change them.
    """
    for one, other in combinations(filters, 2):
        query: dict[str, Any] = {**own, **one, **other}
        length, number = len(ctx.items(listing, query)), ctx.count(count, query)
        ctx.expect(number == length, expected=f"$count = {length}, as the list has, for {query}", actual=f"{number}")
