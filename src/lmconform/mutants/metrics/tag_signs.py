"""Tag filters that take signs for something else."""

from __future__ import annotations

import re
from collections.abc import Callable

from lmconform.mock import metrics
from lmconform.mutants.bench import Bench
from lmconform.mutants.registry import mutant


def _filtered_as(bench: Bench, change: Callable[[str], str]) -> None:
    """The value in a tag filter is changed before it is compared."""

    @bench.patch(metrics, "_tagged")
    def other(original, tracking, conditions):  # type: ignore[no-untyped-def]
        return original(tracking, [(name, sign, change(value)) for name, sign, value in conditions])


@mutant("tag-filter-quotes-lost", "LM-METRICS-TAG-FILTER-SIGNS")
def tag_filter_quotes_lost(bench: Bench) -> None:
    """BUG: quotes around the value of a tag filter are taken off."""
    _filtered_as(bench, lambda value: value.strip("'\""))


@mutant("tag-filter-ampersand-cuts", "LM-METRICS-TAG-FILTER-SIGNS")
def tag_filter_ampersand_cuts(bench: Bench) -> None:
    """BUG: the value of a tag filter ends at an ampersand."""
    _filtered_as(bench, lambda value: value.partition("&")[0])


@mutant("tag-filter-spaces-joined", "LM-METRICS-TAG-FILTER-SIGNS")
def tag_filter_spaces_joined(bench: Bench) -> None:
    """BUG: two spaces in the value of a tag filter become one."""
    _filtered_as(bench, lambda value: " ".join(value.split()))


@mutant("tag-filter-latin", "LM-METRICS-TAG-FILTER-SIGNS")
def tag_filter_latin(bench: Bench) -> None:
    """BUG: letters beyond Latin in a tag filter become question marks."""
    _filtered_as(bench, lambda value: value.encode("latin-1", "replace").decode("latin-1"))


@mutant("tag-filter-like", "LM-METRICS-TAG-FILTER-NO-PATTERN")
def tag_filter_like(bench: Bench) -> None:
    """BUG: an underscore in a tag filter matches any sign."""

    @bench.patch(metrics, "_tagged")
    def like(original, tracking, conditions):  # type: ignore[no-untyped-def]
        def fitted(name: str, sign: str, value: str) -> tuple[str, str, str]:
            stored = tracking.tags.get(name, {}).get("value", "")
            pattern = re.escape(value).replace("_", ".")
            return (name, sign, stored if "_" in value and re.fullmatch(pattern, stored) else value)

        return original(tracking, [fitted(*condition) for condition in conditions])


@mutant("tag-filter-percent", "LM-METRICS-TAG-FILTER-NO-PATTERN")
def tag_filter_percent(bench: Bench) -> None:
    """BUG: a percent sign in a tag filter matches any text."""

    @bench.patch(metrics, "_tagged")
    def like(original, tracking, conditions):  # type: ignore[no-untyped-def]
        def fitted(name: str, sign: str, value: str) -> tuple[str, str, str]:
            stored = tracking.tags.get(name, {}).get("value", "")
            pattern = ".*".join(re.escape(part) for part in value.split("%"))
            return (name, sign, stored if "%" in value and re.fullmatch(pattern, stored) else value)

        return original(tracking, [fitted(*condition) for condition in conditions])
