"""Walks over the pages of one list: what each page holds, and whether all pages together hold each resource once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from lmconform.errors import Inconclusive
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool
from lmconform.probes.builders.resource_type import ResourceType, batch
from lmconform.probes.context import Context, Json
from lmconform.probes.enactment import Enactment
from lmconform.probes.enactment_pool import ATTEMPTS
from lmconform.probes.fixtures import fixture
from lmconform.probes.registry import probe

# Of three resources or more, one page is full, and one that is not empty follows it.
_SIZE: Final = 2


@dataclass(frozen=True, slots=True)
class Page:
    """The ids on one page, the ``$top`` and ``$skip`` that asked for it, and the exchange."""

    top: int
    skip: int
    ids: tuple[str, ...]
    exchange: Exchange | None


# The filter of a list, as pairs of parameter and value.
Filter = tuple[tuple[str, str], ...]


@fixture()
def walk(ctx: Context, listing: str, query: Filter, total: int, size: int, number: int = 1) -> tuple[Page, ...]:
    """The pages of a list that holds ``total`` resources; ``number`` counts walks. Pages of two go beyond its end."""
    return _walk(ctx, listing, query, total if size != _SIZE or number > 1 else total + _SIZE, size)


def _walk(ctx: Context, listing: str, query: Filter, end: int, size: int) -> tuple[Page, ...]:
    """The pages with a ``$skip`` below ``end``."""

    def page(skip: int) -> Page:
        ids = tuple(ctx.ids(listing, {**dict(query), "$top": size, "$skip": skip}))
        return Page(size, skip, ids, ctx.client.last)

    return tuple(page(skip) for skip in range(0, end, size))


def as_filter(query: Json) -> Filter:
    """A filter that a walk can be remembered by."""
    return tuple(query.items())


def walks(ctx: Context, resource: ResourceType) -> list[tuple[Page, ...]]:
    """Walks over the batch, in pages of one, two and three, and in pages of two once more."""
    group = batch(ctx, resource)
    query, total = as_filter(group.query), len(group.members)
    return [walk(ctx, resource.list, query, total, size, number) for size, number in ((1, 1), (2, 1), (3, 1), (2, 2))]


def install(resource: ResourceType) -> None:
    """Register the probes of pages of a batch."""

    @probe(f"LM-{resource.noun}-PAGE-SIZES")
    def page_holds_what_was_asked_for_and_is_left(ctx: Context) -> None:
        total = len(batch(ctx, resource).members)
        for pages in walks(ctx, resource):
            _expect_sizes(ctx, pages, total)

    @probe(f"LM-{resource.noun}-PAGES-AGAIN")
    def pages_hold_each_resource_once_in_every_walk(ctx: Context) -> None:
        wanted = batch(ctx, resource).ids
        for pages in walks(ctx, resource):
            _expect_each_once(ctx, pages, wanted)


def install_enactments(kind: Enactment) -> None:
    """Register the probes of pages of executions or deployments with one configuration."""

    @probe(f"LM-{kind.noun}-PAGE-SIZES", late=True)
    def page_holds_what_was_asked_for_and_is_left(ctx: Context) -> None:
        ids, pages = _first_pages(ctx, kind)
        _expect_sizes(ctx, pages, len(ids))

    @probe(f"LM-{kind.noun}-PAGES-AGAIN", late=True)
    def pages_hold_each_one_once_in_every_walk(ctx: Context) -> None:
        ids, pages = _first_pages(ctx, kind)
        _expect_each_once(ctx, pages, ids)
        ids, pages = _pages_at_rest(ctx, kind, ids)
        _expect_each_once(ctx, pages, ids)


@fixture()
def _first_pages(ctx: Context, kind: Enactment) -> tuple[list[str], tuple[Page, ...]]:
    """The first walk of the session."""
    return _pages_at_rest(ctx, kind)


def _pages_at_rest(ctx: Context, kind: Enactment, known: Sequence[str] = ()) -> tuple[list[str], tuple[Page, ...]]:
    """The ids of a list that was the same before and after a walk over it, and the walk; ``known`` is the list."""
    own = {"configurationId": enactment_pool.spare(ctx, kind).configuration.id}
    before = list(known) or ctx.ids(kind.list, own)
    if len(before) < 2:
        enactment_pool.fresh(ctx, kind)
        before = ctx.ids(kind.list, own)
    for _ in range(ATTEMPTS):
        size = _SIZE if len(before) > _SIZE else 1
        pages = _walk(ctx, kind.list, as_filter(own), len(before) + size, size)
        after = ctx.ids(kind.list, own)
        if sorted(before) == sorted(after):
            return after, pages
        before = after
    raise Inconclusive(f"the list of {kind.word}s changed during each of {ATTEMPTS} walks over its pages")


def _expect_sizes(ctx: Context, pages: Iterable[Page], total: int) -> None:
    for page in pages:
        wanted = max(0, min(page.top, total - page.skip))
        text = f"{wanted} with $top={page.top} and $skip={page.skip} of {total}"
        ctx.expect(
            len(page.ids) == wanted, expected=text, actual=f"{len(page.ids)}: {page.ids}", exchange=page.exchange
        )


def _expect_each_once(ctx: Context, pages: tuple[Page, ...], wanted: Iterable[str]) -> None:
    ids = [resource_id for page in pages for resource_id in page.ids]
    doubled = sorted({i for i in ids if ids.count(i) > 1})
    missing = sorted(set(wanted) - set(ids))
    text = f"each of {sorted(wanted)} on one of the pages with $top={pages[0].top}"
    # The last page that shows one again; what is on no page is missing on each.
    telling = next((page for page in reversed(pages) if set(page.ids) & set(doubled)), pages[-1]).exchange
    seen = f"on several pages: {', '.join(doubled) or 'none'}; on no page: {', '.join(missing) or 'none'}"
    ctx.expect(not doubled and not missing, expected=text, actual=seen, exchange=telling)
