"""A comparison as Markdown, for an issue, a merge request or the summary of a job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lmconform.reporting import escaping
from lmconform.reporting.comparison import groups
from lmconform.results.compare import Comparison

# Characters of one text, groups of one kind, names of one group.
_WIDE: Final = 300
_SHOWN: Final = 40
_FEW: Final = 10


def text(found: Comparison) -> str:
    """The whole page."""
    return "\n".join(_lines(found))


def _lines(found: Comparison) -> Iterator[str]:
    yield f"# Comparison of two runs: {found.verdict}"
    yield ""
    yield "| | old | new |"
    yield "|---|---|---|"
    for (name, old), (_, new) in zip(groups.described(found.old), groups.described(found.new), strict=True):
        if old or new:
            yield f"| {name} | {_code(old)} | {_code(new)} |"
    yield ""
    for one in found.inputs:
        yield f"- {_code(one.name)} differs ({_code(one.old or 'none')}, {_code(one.new or 'none')}): {one.effect}."
    yield ""
    yield f"{groups.counts(found)}."
    for kind, (title, meaning) in groups.TITLES.items():
        if changes := found.of(kind):
            yield from ("", f"## {title.capitalize()}: {len(changes)}", "", meaning, "")
            yield "| result | level | outcome | expected | actual or reason |"
            yield "|---|---|---|---|---|"
            yield from _rows(groups.groups(changes))
    if found.observations:
        yield from ("", f"## Observations that differ: {len(found.observations)}", "", "They never gate.", "")
        yield from ("| observation | old | new |", "|---|---|---|")
        for seen in found.observations:
            yield f"| {_code(seen.id)} | {_code(seen.old or 'absent')} | {_code(seen.new or 'absent')} |"
    if slower := list(groups.latencies(found)):
        yield from ("", "## Latency beyond noise", "", "It never gates.", "")
        yield from (f"- {_code(line)}" for line in slower)


def _rows(found: list[groups.Group]) -> Iterator[str]:
    for group in found[:_SHOWN]:
        first = group.changes[0]
        about = first.new or first.either
        names = ", ".join(_code(change.id) for change in group.changes[:_FEW])
        more = f" and {len(group.changes) - _FEW} more" if len(group.changes) > _FEW else ""
        said = about.actual or about.because or about.message
        due = f" (comes from: {group.comes_from})" if group.comes_from else ""
        cells = (f"{names}{more}", about.level, group.transition + due, _code(about.expected), _code(said))
        yield f"| {' | '.join(cells)} |"
    if len(found) > _SHOWN:
        yield f"| {len(found) - _SHOWN} more | | | | |"


def _code(words: str) -> str:
    """A text of which a server may have said a part."""
    return escaping.markdown(words[:_WIDE])
