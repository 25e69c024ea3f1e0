"""Probes that count: under each filter, and each two of them, the count is the length of the list."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from itertools import combinations
from typing import Any

from lmconform.probes import enactment_pool
from lmconform.probes.artifacts import ARTIFACT
from lmconform.probes.configurations import CONFIGURATION
from lmconform.probes.context import Context, Json
from lmconform.probes.registry import probe
from lmconform.probes.resources import Kind, batch

# The published limits of $search and $top; what is beyond them is an observation (F3).
_LONGEST_SEARCH, _GREATEST_TOP = 80, 100_000


def _expect_agreement(ctx: Context, listing: str, count: str, own: Json, filters: list[Json]) -> None:
    """``own`` keeps the lists to what is ours: nobody else changes their length."""
    for chosen in [*((f,) for f in filters), *combinations(filters, 2)]:
        query: dict[str, Any] = dict(own)
        for one in chosen:
            query |= one
        length, number = len(ctx.items(listing, query)), ctx.count(count, query)
        ctx.expect(number == length, expected=f"$count = {length}, as the list has, for {query}", actual=f"{number}")


@probe("LM-ARTIFACT-COUNT-COMBINED")
def artifacts_are_counted_as_listed(ctx: Context) -> None:
    group = batch(ctx, ARTIFACT)
    first, second = (made.sent for made in group.members[:2])
    filters: list[Json] = [
        {"name": first["name"]},
        {"kind": second["kind"]},
        {"scenarioId": first["scenarioId"]},
        {"artifactLabelSelector": ["ext.ai.sap.com/color!=red"]},
    ]
    _expect_agreement(ctx, "listArtifacts", "countArtifacts", {"$search": group.token}, filters)


@probe("LM-CONFIGURATION-COUNT-COMBINED")
def configurations_are_counted_as_listed(ctx: Context) -> None:
    group = batch(ctx, CONFIGURATION)
    first = group.members[0].sent
    filters: list[Json] = [
        {"scenarioId": first["scenarioId"]},
        {"executableIds": [first["executableId"]]},
        {"searchCaseInsensitive": True, "$search": group.token.upper()},
    ]
    _expect_agreement(ctx, "listConfigurations", "countConfigurations", {"$search": group.token}, filters)


@probe("LM-EXECUTION-COUNT-COMBINED", late=True)
def executions_are_counted_as_listed(ctx: Context) -> None:
    body = enactment_pool.at_rest(ctx)
    sent = enactment_pool.base(ctx).configuration.sent
    filters: list[Json] = [
        {"status": body["status"]},
        {"scenarioId": sent["scenarioId"]},
        {"executableIds": [sent["executableId"]]},
    ]
    _expect_agreement(ctx, "listExecutions", "countExecutions", {"configurationId": body["configurationId"]}, filters)


def _install(kind: Kind) -> None:
    @probe(f"LM-{kind.noun}-QUERY-AT-LIMIT", effect="read")
    def greatest_values_are_taken(ctx: Context) -> None:
        # The search keeps the answer empty, whatever a tenant holds.
        longest = ctx.unique("longest").ljust(_LONGEST_SEARCH, "x")
        for less in (1, 0):
            query = {"$search": longest[: _LONGEST_SEARCH - less], "$top": _GREATEST_TOP - less}
            ctx.expect_status(ctx.get(kind.list, query), {200})


_install(ARTIFACT)
_install(CONFIGURATION)


@probe("LM-EXECUTION-TOP-AT-LIMIT")
def greatest_top_is_taken(ctx: Context) -> None:
    own = enactment_pool.base(ctx).configuration.id
    for top in (_GREATEST_TOP - 1, _GREATEST_TOP):
        ctx.expect_status(ctx.get("listExecutions", {"configurationId": own, "$top": top}), {200})
