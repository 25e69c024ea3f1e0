"""Probes of pages: $top, $skip, the default page, greatest values, count and $count of a list."""

from __future__ import annotations

import time
from typing import Final

from lmconform.errors import Failure, NotTestable
from lmconform.probes.builders.resource_type import ResourceType, batch
from lmconform.probes.context import Context, Json
from lmconform.probes.fixtures import fixture
from lmconform.probes.reading import entries
from lmconform.probes.registry import probe
from lmconform.probes.shared import walks

# The size of a page without $top (F3).
DEFAULT_TOP: Final = 10_000
# The published limits of $search and $top; what lies beyond them is observed (F3).
_LONGEST_SEARCH: Final = 80
GREATEST_TOP: Final = 100_000


def install(resource: ResourceType) -> None:
    """Register the probes of counts and pages of a batch."""
    _counts(resource)
    _pages(resource)
    walks.install(resource)


def expect_count(ctx: Context, body: Json) -> None:
    """Raise Failure unless the member ``count`` of a list is the number of its resources."""
    length = len(entries(body))
    ctx.expect(body.get("count") == length, expected=f"count: {length}", actual=f"count: {body.get('count')}")


def _counts(resource: ResourceType) -> None:
    @probe(f"LM-{resource.noun}-LIST-COUNT")
    def count_is_the_number_of_resources(ctx: Context) -> None:
        expect_count(ctx, _listing(ctx, resource))

    @probe(f"LM-{resource.noun}-COUNT-MATCHES-LIST")
    def count_operation_agrees_with_the_list(ctx: Context) -> None:
        length = len(entries(_listing(ctx, resource)))
        number = ctx.count(resource.count, batch(ctx, resource).query)
        ctx.expect(number == length, expected=f"$count = {length}, as the list has", actual=f"$count = {number}")


@fixture(remember=(Failure,))
def _listing(ctx: Context, resource: ResourceType) -> Json:
    """The list of the batch, where there are others as well; raises Failure."""
    query = batch(ctx, resource).query
    # In an empty resource group a server that ignores the query would pass.
    resource.make(ctx)
    return ctx.get_or_fail(resource.list, query)


def _pages(resource: ResourceType) -> None:
    @probe(f"LM-{resource.noun}-TOP")
    def top_bounds_the_page(ctx: Context) -> None:
        ids = ctx.ids(resource.list, {**batch(ctx, resource).query, "$top": 2})
        ctx.expect(len(ids) == 2, expected="2 of the 3 of this run, with $top=2", actual=f"{len(ids)}: {ids}")

    @probe(f"LM-{resource.noun}-SKIP")
    def skip_leaves_resources_out(ctx: Context) -> None:
        query = batch(ctx, resource).query
        for number in (1, 3):
            ids = ctx.ids(resource.list, {**query, "$skip": number})
            left = 3 - number
            ctx.expect(len(ids) == left, expected=f"{left} after $skip={number} of 3", actual=f"{len(ids)}: {ids}")
        # $skip is no multiple of $top: a server that skips whole pages fails here.
        ids = ctx.ids(resource.list, {**query, "$top": 3, "$skip": 1})
        ctx.expect(len(ids) == 2, expected="2 after $skip=1 of 3, also with $top=3", actual=f"{len(ids)}: {ids}")

    @probe(f"LM-{resource.noun}-PAGES-COVER")
    def pages_hold_each_resource_once(ctx: Context) -> None:
        group = batch(ctx, resource)
        pages = walks.walk(ctx, resource.list, walks.as_filter(group.query), len(group.members), 1)
        ids = [resource_id for page in pages for resource_id in page.ids]
        ctx.expect(
            sorted(ids) == sorted(group.ids), expected=f"each of {sorted(group.ids)} on one page of 1", actual=f"{ids}"
        )


def install_default_page(resource: ResourceType) -> None:
    """Register the probe of a list without $top, for lists that can be searched."""

    # At the end of a run, when there are most of them.
    @probe(f"LM-{resource.noun}-DEFAULT-PAGE", last=True)
    def list_without_top_is_complete(ctx: Context) -> None:
        group = batch(ctx, resource)
        begun, query = time.monotonic(), {"$search": ctx.mark()}
        # They cannot be deleted (F53): those of other probes are enough, and one more than the batch has.
        known = [ctx.count(resource.count, query)]
        if known[0] <= len(group.members):
            resource.make(ctx)
            known.clear()

        def judge() -> None:
            before = known.pop() if known else ctx.count(resource.count, query)
            length = len(ctx.items(resource.list, query))
            after = ctx.count(resource.count, query)
            if before != after:
                raise NotTestable(f"$count answers {before}, then {after}")
            wanted = min(after, DEFAULT_TOP)
            ctx.expect(
                length == wanted, expected=f"all {wanted} that $count counts for {query}", actual=f"{length} of them"
            )

        ctx.retry_in_grace(begun, judge)


def install_limits(resource: ResourceType) -> None:
    """Register the probe of the longest $search and the greatest $top."""

    @probe(f"LM-{resource.noun}-QUERY-AT-LIMIT")
    def greatest_values_are_accepted(ctx: Context) -> None:
        # The search matches nothing, so that the answer is short in any tenant.
        longest = ctx.unique("longest").ljust(_LONGEST_SEARCH, "x")
        for less in (1, 0):
            query = {"$search": longest[: _LONGEST_SEARCH - less], "$top": GREATEST_TOP - less}
            ctx.expect_status(ctx.get(resource.list, query), {200})
