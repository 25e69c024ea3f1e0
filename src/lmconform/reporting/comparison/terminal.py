"""A comparison on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lmconform.reporting import escaping
from lmconform.reporting.comparison import groups
from lmconform.results.compare import Comparison, Kind

# Groups of one kind, names of one group.
_SHOWN: Final = 20
_FEW: Final = 6


def text(found: Comparison) -> str:
    """All lines; what a server said is escaped in them."""
    return "\n".join(escaping.terminal(line) for line in _lines(found))


def _lines(found: Comparison) -> Iterator[str]:
    for name, run in (("old", found.old), ("new", found.new)):
        known = {field: value for field, value in groups.described(run) if value}
        first = known.pop("target"), known.pop("date")
        yield f"{name:<9} {', '.join(first)}, {', '.join(f'{field} {value}' for field, value in known.items())}"
    for one in found.inputs:
        yield f"differs   {one.name}: {one.old or 'none'} -> {one.new or 'none'}; {one.effect}"
    for kind, (title, _) in groups.TITLES.items():
        changes = found.of(kind)
        if changes:
            yield ""
            yield f"{title}: {len(changes)}"
            yield from _groups(groups.groups(changes), brief=kind in (Kind.STILL_FAILING, Kind.NEWLY_JUDGED))
    if found.observations:
        yield ""
        yield f"observations that differ: {len(found.observations)} (they never gate)"
        for seen in found.observations:
            yield f"  {seen.id}: {seen.old or 'absent'} -> {seen.new or 'absent'}"
    slower = list(groups.latencies(found))
    if slower:
        yield ""
        yield "latency beyond noise (it never gates):"
        yield from (f"  {line}" for line in slower)
    yield ""
    yield f"changes   {groups.counts(found)}"
    yield f"compare   {found.verdict}"


def _groups(found: list[groups.Group], *, brief: bool) -> Iterator[str]:
    for group in found[:_SHOWN]:
        first = group.changes[0]
        due = f"; comes from: {group.comes_from}" if group.comes_from else ""
        if len(group.changes) > 1:
            reason = f": {group.because}" if group.because else ""
            yield f"  {group.transition}  {len(group.changes)} results{reason}{due}"
            yield f"    {groups.some((change.id for change in group.changes), _FEW)}"
            continue
        about = first.either
        yield f"  {first.id}  {about.level}  {group.transition}{due}"
        if not brief:
            yield from (f"    {name:<9} {value}" for name, value in groups.rows(first) if value)
    if len(found) > _SHOWN:
        yield f"  … and {len(found) - _SHOWN} more; --format json has all"
