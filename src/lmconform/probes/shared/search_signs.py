"""Probes of $search with signs: a text is found whatever signs it has, and is no pattern of any language."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from lmconform.errors import Failure
from lmconform.evidence.exchange import Exchange
from lmconform.probes.builders.resource_type import ResourceType
from lmconform.probes.context import Context
from lmconform.probes.fixtures import fixture
from lmconform.probes.registry import probe

# Ends of search texts, and the names that one of LIKE, globs and regular expressions would find for them. The first
# text has all other signs, and a search that ends at one of them would find the beginning.
_PLAIN: Final = " A+b&c=d #e;f,g \"h\" 'i' <j> %2B {k}/:@!^$"
_ENDS: Final[Mapping[str, tuple[str, ...]]] = {
    _PLAIN: (_PLAIN[:-1],),
    " k_x%y.z*v+u?t": (" kZxZZy.z*v+u?t", " k_x%y.zZZv+uZt", " k_x%yZzzvvt"),
    r" [o](j) g\-f": (" oj g-f", " [o](j) g-f"),
    " i|h": (" i",),
}


@dataclass(frozen=True, slots=True)
class _Searched:
    """One resource whose name holds all texts, others whose names hold what patterns would find.

    ``found`` has for each text the ids that a search finds, and the exchange that shows them.
    """

    own: str
    others: frozenset[str]
    found: Mapping[str, tuple[frozenset[str], Exchange | None]]


def install(resource: ResourceType) -> None:
    """Register the probes of signs in search texts."""

    @probe(f"LM-{resource.noun}-SEARCH-SIGNS")
    def text_is_found_whatever_signs_it_has(ctx: Context) -> None:
        searched = _searched(ctx, resource)
        for text, (ids, exchange) in searched.found.items():
            wanted = f"the {resource.noun.lower()} named {text!r}"
            ctx.expect(searched.own in ids, expected=wanted, actual=f"{sorted(ids)}", exchange=exchange)

    @probe(f"LM-{resource.noun}-SEARCH-NO-PATTERN")
    def search_text_is_no_pattern(ctx: Context) -> None:
        searched = _searched(ctx, resource)
        for text, (ids, exchange) in searched.found.items():
            matches = sorted(searched.others & ids)
            seen = f"{matches}, whose names do not hold it"
            ctx.expect(not matches, expected=f"no match for {text!r}", actual=seen, exchange=exchange)


@fixture(builds_on=lambda searched: [searched.own, *searched.others])
def _searched(ctx: Context, resource: ResourceType) -> _Searched:
    """The searches that both probes judge; raises Failure and NotTestable."""
    token = ctx.unique("s")
    texts = [f"{token}{end}" for end in _ENDS]
    own = resource.make(ctx, name=" ".join(texts))
    parts = [f"{token}{end}" for ends in _ENDS.values() for end in ends]
    # A name has 256 characters at most.
    others = [resource.make(ctx, name=" ".join(names)).id for names in (parts[::2], parts[1::2])]
    found: dict[str, tuple[frozenset[str], Exchange | None]] = {}

    def look() -> None:
        found.update({t: (frozenset(ctx.ids(resource.list, {"$search": t})), ctx.client.last) for t in texts})
        missed = [text for text, (ids, _) in found.items() if own.id not in ids]
        ctx.expect(not missed, expected=f"{own.id} for each of them", actual=f"not for {missed}")

    # A list may lag behind what was created a moment ago (C2); what is found then, the probes judge.
    with suppress(Failure):
        ctx.retry_in_grace(time.monotonic(), look)
    return _Searched(own.id, frozenset(others), found)
