"""What changed between two runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lmconform.judgement import Outcome
from lmconform.results import latency
from lmconform.results.comparability import Input, inputs
from lmconform.results.events import Result
from lmconform.results.latency import Slower
from lmconform.results.sameness import difference, normal, without_ids
from lmconform.results.stream import Run
from lmconform.results.subjects import JUDGED, UNOBSERVED, Pair, pairs


class Kind(StrEnum):
    """What became of one subject, the gravest first."""

    REGRESSED = "regressed"  # it gates, and did not
    NO_LONGER_JUDGED = "no_longer_judged"  # gone, not applicable or not testable, and it was judged
    WORSE = "worse"  # a warning or a remark, and it passed
    FAILING_DIFFERENTLY = "failing_differently"  # a finding as before, for another difference
    STILL_FAILING = "still_failing"  # a finding as before
    FIXED = "fixed"  # judged in both runs, and better
    NEWLY_JUDGED = "newly_judged"  # judged, or it gates, and it was not looked at


# A waiver mends nothing.
_WEIGHT: Final = {Outcome.PASS: 0, Outcome.INFO: 1, Outcome.WARN: 2, Outcome.FAIL: 3, Outcome.XFAIL: 3}


@dataclass(frozen=True, slots=True)
class Change:
    """One subject that changed; ``old`` or ``new`` is None when that run says nothing of it.

    ``regression``: it fails the comparison. ``comes_from`` names the input that explains it, and then it does not.
    ``items`` are those that saw it, in either run.
    """

    id: str
    kind: Kind
    old: Result | None
    new: Result | None
    items: tuple[str, ...]
    regression: bool
    comes_from: str = ""

    @property
    def either(self) -> Result:
        """The result of the newer run, or else of the older one."""
        found = self.new or self.old
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Observed:
    """An observation that differs; None where a run does not have it."""

    id: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences between two runs, each list sorted by id.

    ``drift`` is the ratio by which all operations together became slower; ``drifted`` whether that is more than noise.
    ``complete``: both runs came to their end, and made no error.
    """

    old: Run
    new: Run
    inputs: tuple[Input, ...]
    changes: tuple[Change, ...]
    observations: tuple[Observed, ...]
    latency: tuple[Slower, ...]
    drift: float
    drifted: bool
    complete: bool

    def of(self, kind: Kind) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(change for change in self.changes if change.kind is kind)

    @property
    def regressions(self) -> tuple[Change, ...]:
        """What fails the comparison."""
        return tuple(change for change in self.changes if change.regression)

    @property
    def verdict(self) -> str:
        """The comparison in one sentence."""
        number = len(self.regressions)
        if number:
            return f"regression: {number} {'result is' if number == 1 else 'results are'} worse"
        if not self.complete:
            return "incomplete: a run ended early or had an error, and what it lacks was not judged"
        return "nothing changed" if self.is_empty else "no regression"

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed; a drift may be that of the machine that asks, and is no change."""
        changed = any(change.kind is not Kind.STILL_FAILING for change in self.changes)
        return not (changed or self.observations or self.latency)


def compare(old: Run, new: Run) -> Comparison:
    """Compare two runs, of the same target or of two; independent of seed, order and workers."""
    differing = inputs(old, new)
    return Comparison(
        old,
        new,
        differing,
        _told_once(tuple(_changes(old, new, differing))),
        tuple(_observations(old, new, differing)),
        latency.changes(old.latencies, new.latencies),
        round(latency.drift(old.latencies, new.latencies), 2),
        latency.has_drifted(old.latencies, new.latencies),
        is_whole(old) and is_whole(new),
    )


def is_whole(run: Run) -> bool:
    """Whether the run came to its end, and lmconform made no mistake in it."""
    made_errors = any(result.outcome == Outcome.ERROR for result in run.results.values())
    return run.footer is not None and run.footer.complete and not made_errors


def _changes(old: Run, new: Run, differing: Iterable[Input]) -> Iterator[Change]:
    for pair in pairs(old, new):
        kind = _kind(pair)
        if kind is None:
            continue
        comes_from = _comes_from(pair, old, new, differing)
        if comes_from and kind is Kind.REGRESSED and pair.old is None:
            # It did not get worse: the older run did not look at it.
            kind = Kind.NEWLY_JUDGED
        items = tuple(sorted({result.item for result in (*pair.before, *pair.after)}))
        regression = not comes_from and _is_regression(kind, pair, new)
        yield Change(pair.id, kind, pair.old, pair.new, items, regression, comes_from)


def _told_once(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Without what an item and the operations that it judges by themselves say twice.

    Where something was judged the operations say more, else the item says why not.
    """
    said = {(change.id, change.kind) for change in changes}
    parts = {(change.id.partition("#")[0], change.kind) for change in changes if "#" in change.id}

    def is_told(change: Change) -> bool:
        if change.kind in (Kind.NO_LONGER_JUDGED, Kind.NEWLY_JUDGED):
            item, sharp, _ = change.id.partition("#")
            return bool(sharp) and (item, change.kind) in said
        return (change.id, change.kind) in parts

    return tuple(change for change in changes if not is_told(change))


def _kind(pair: Pair) -> Kind | None:
    old, new = pair.old, pair.new
    was = old is not None and old.outcome in JUDGED
    if new is None or new.outcome not in JUDGED:
        withdrawn = new is not None and new.outcome == Outcome.NOT_APPLICABLE
        if was or (withdrawn and old is not None and old.gates):
            return Kind.NO_LONGER_JUDGED
        if new is None or not new.gates:
            return None
        if old is None or not old.gates:
            return Kind.REGRESSED
        return _failing(pair)
    if old is None or not was:
        return Kind.NEWLY_JUDGED
    before, after = _WEIGHT[Outcome(old.outcome)], _WEIGHT[Outcome(new.outcome)]
    if old.outcome == Outcome.XFAIL and new.gates:
        return Kind.REGRESSED
    if after == before:
        return _failing(pair) if before > _WEIGHT[Outcome.INFO] else None
    if after < before:
        return Kind.FIXED
    return Kind.REGRESSED if new.gates else Kind.WORSE


def _failing(pair: Pair) -> Kind:
    """What several items see need not be seen by each of them in each run: one difference in common is enough."""
    before = {difference(result) for result in pair.before if result.outcome == pair.before[0].outcome}
    after = {difference(result) for result in pair.after if result.outcome == pair.after[0].outcome}
    return Kind.STILL_FAILING if before & after else Kind.FAILING_DIFFERENTLY


def _is_regression(kind: Kind, pair: Pair, run: Run) -> bool:
    old, new = pair.old, pair.new
    if kind is Kind.NO_LONGER_JUDGED:
        # What is not testable for a reason that no publication rules out is told, and fails nothing.
        withdrawn = new is not None and new.outcome == Outcome.NOT_APPLICABLE and not _is_replaced(new, run)
        return new is None or new.gates or withdrawn
    if kind is Kind.NEWLY_JUDGED:
        return new is not None and new.gates and not (old is not None and old.gates)
    return kind is Kind.REGRESSED


def _is_replaced(step: Result, run: Run) -> bool:
    """Whether it is a step of a scenario whose requirements another step judges: the flow took the other branch."""
    judged = {name for r in run.results.values() if r.outcome in JUDGED and r.id == r.item for name in r.requirements}
    return step.item.startswith("scenario/") and judged.issuperset(step.requirements)


def _comes_from(pair: Pair, old: Run, new: Run, differing: Iterable[Input]) -> str:
    """The input that explains why only one run judges a subject; empty when none does."""
    lacking = old if pair.old is None else new if pair.new is None else None
    names = [one.name for one in differing]
    if lacking is not None:
        if lacking.footer is None or not lacking.footer.complete:
            return "a run that ended early"
        deciding = [one.name for one in differing if one.decides]
        return ", ".join(deciding or [name for name in names if name in ("lmconform", "register")])
    left_out = {name for run in (old, new) if run.header is not None for name in run.header.left_out}
    requirements = {name for result in (pair.old, pair.new) if result is not None for name in result.requirements}
    return "contract" if "contract" in names and left_out & requirements else ""


def _observations(old: Run, new: Run, differing: Collection[Input]) -> Iterator[Observed]:
    for name in sorted({*old.observations, *new.observations}):
        was, now = (run.observations[name].value if name in run.observations else None for run in (old, new))
        if was is None or now is None:
            # What one of the runs does not look at is no change of the target.
            if not differing and is_whole(old) and is_whole(new):
                yield Observed(name, was, now)
        elif _value(was) != _value(now):
            yield Observed(name, was, now)


def _value(text: str) -> str:
    return normal(text) if text.startswith(UNOBSERVED) else without_ids(text)
