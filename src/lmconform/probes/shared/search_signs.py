"""Probes of $search with signs: a text is found whatever signs it has, and is no pattern of any language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lmconform.probes.builders.resource_type import ResourceType
from lmconform.probes.context import Context
from lmconform.probes.fixtures import fixture
from lmconform.probes.registry import probe

# Ends of search texts, and the names that one of LIKE, globs and regular expressions would find for them.
_PATTERNS: Final[Mapping[str, tuple[str, ...]]] = {
    " k_x%y.z*v+u?t": (" kZxZZy.z*v+u?t", " k_x%y.zZZv+uZt", " k_x%yZzzvvt"),
    r" [o](j) g\-f": (" oj g-f", " [o](j) g-f"),
    " i|h": (" i",),
}
_PLAIN: Final = " A+b&c=d #e;f,g \"h\" 'i' <j> %2B {k}/:@!^$"


@dataclass(frozen=True, slots=True)
class _Searched:
    """One resource whose name holds all texts, one whose name holds what patterns would find, and the ids found."""

    own: str
    decoy: str
    found: Mapping[str, frozenset[str]]


def install(resource: ResourceType) -> None:
    """Register the probes of signs in search texts."""

    @probe(f"LM-{resource.noun}-SEARCH-SIGNS")
    def text_is_found_whatever_signs_it_has(ctx: Context) -> None:
        searched = _searched(ctx, resource)
        for text, ids in searched.found.items():
            ctx.expect(
                searched.own in ids, expected=f"the {resource.noun.lower()} named {text!r}", actual=f"{sorted(ids)}"
            )

    @probe(f"LM-{resource.noun}-SEARCH-NO-PATTERN")
    def search_text_is_no_pattern(ctx: Context) -> None:
        searched = _searched(ctx, resource)
        for text, ids in searched.found.items():
            ctx.expect(
                searched.decoy not in ids, expected=f"no match for {text!r}", actual="a name without this text too"
            )


@fixture(builds_on=lambda searched: [searched.own, searched.decoy])
def _searched(ctx: Context, resource: ResourceType) -> _Searched:
    """The searches that both probes judge; raises Failure and NotTestable."""
    token = ctx.unique("s")
    texts = [f"{token}{end}" for end in (_PLAIN, *_PATTERNS)]
    own = resource.make(ctx, name=" ".join(texts))
    decoy = resource.make(ctx, name=" ".join(f"{token}{end}" for ends in _PATTERNS.values() for end in ends))
    found = {text: frozenset(ctx.ids(resource.list, {"$search": text})) for text in texts}
    return _Searched(own.id, decoy.id, found)
