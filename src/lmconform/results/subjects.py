"""What is compared between two runs: results under names that do not depend on seed, order or workers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from lmconform.judgement import Outcome
from lmconform.results.events import Result
from lmconform.results.stream import Run

JUDGED: Final = frozenset({Outcome.PASS, Outcome.INFO, Outcome.WARN, Outcome.FAIL, Outcome.XFAIL})
# The better first.
_RANK: Final = {
    outcome: rank
    for rank, outcome in enumerate(
        (Outcome.PASS, Outcome.INFO, Outcome.NOT_APPLICABLE, Outcome.WARN, Outcome.NOT_TESTABLE, Outcome.ERROR)
    )
} | {Outcome.XFAIL: 8, Outcome.FAIL: 9}
# What an observation has in the place of a value.
UNOBSERVED: Final = "not observed: "


@dataclass(frozen=True, slots=True)
class Pair:
    """One subject in both runs: ``old`` or ``new`` is None where that run says nothing of it.

    ``before`` and ``after`` are all results behind them, the worst first.
    """

    id: str
    before: tuple[Result, ...]
    after: tuple[Result, ...]

    @property
    def old(self) -> Result | None:
        """The worst result of the older run."""
        return self.before[0] if self.before else None

    @property
    def new(self) -> Result | None:
        """The worst result of the newer run."""
        return self.after[0] if self.after else None


def pairs(old: Run, new: Run) -> Iterator[Pair]:
    """The subjects of two runs, by name.

    An item and each operation that it judges by itself have their id. The contract's checks judge what an item happens
    to send: an execution that two items share is started by the first. Such a finding is named by requirement and
    operation, wherever it was seen; it is gone when the items that saw it were judged, and no longer see it.
    """
    before, after = named(old), named(new)
    judged_before, judged_after = judged_items(old), judged_items(new)
    for name in sorted({*before, *after}):
        one, other = before.get(name, ()), after.get(name, ())
        known = one or other
        if _is_check(known[0]):
            one = one or _kept(known, judged_before)
            other = other or _kept(known, judged_after)
        elif _is_part(known[0]) and not (one and other) and _is_told_by_its_item(known[0], old, new):
            continue
        yield Pair(name, one, other)


def judged_items(run: Run) -> set[str]:
    """The items of a run that were judged or observed."""
    judged = {r.item for r in run.results.values() if r.id == r.item and r.outcome in JUDGED}
    return judged | {o.item for o in run.observations.values() if not o.value.startswith(UNOBSERVED)}


def named(run: Run) -> dict[str, tuple[Result, ...]]:
    """The results of one run by subject, the worst first; a check of the contract that holds is left out."""
    found: dict[str, list[Result]] = {}
    for result in run.results.values():
        if result.outcome == Outcome.XPASS:
            # An entry of waivers.yaml that is to be removed says nothing of the target.
            continue
        if not _is_check(result):
            found.setdefault(result.id, []).append(result)
        elif result.outcome != Outcome.PASS:
            # One that holds in one run, and has nothing to judge in the other, is no change.
            where = f" at {result.operation}" if result.operation else ""
            found.setdefault(f"{', '.join(result.requirements)}{where}", []).append(result)
    return {name: tuple(sorted(results, key=_badness, reverse=True)) for name, results in found.items()}


def _badness(result: Result) -> tuple[bool, int]:
    return result.gates, _RANK[Outcome(result.outcome)]


def _is_check(result: Result) -> bool:
    """Whether a check of the contract said it, about what an item happened to send."""
    return result.id != result.item and result.id.partition("#")[2] in result.requirements


def _is_part(result: Result) -> bool:
    return result.id != result.item and not _is_check(result)


def _kept(results: tuple[Result, ...], judged: set[str]) -> tuple[Result, ...]:
    """That the check holds, where an item that saw it broken in the other run was judged; else nothing."""
    seen = next((result for result in results if result.item in judged), None)
    if seen is None:
        return ()
    return (replace(seen, outcome=Outcome.PASS, gates=False, actual="", message="", because="", exchanges=()),)


def _is_told_by_its_item(part: Result, old: Run, new: Run) -> bool:
    """Whether the item came too little far to judge a part: what kept it from that is told there."""
    mains = (run.results.get(part.item) for run in (old, new))
    return any(main is None or main.outcome != Outcome.PASS for main in mains)
