"""What changed between two runs, by result id."""

from __future__ import annotations

from dataclasses import dataclass

from lmconform.judgement import Outcome
from lmconform.results.events import Result
from lmconform.results.stream import Run


@dataclass(frozen=True, slots=True)
class Change:
    """One id whose outcome differs; ``old`` or ``new`` is None when that run lacks it."""

    id: str
    old: Result | None
    new: Result | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences between two runs, each list sorted by id."""

    regressed: tuple[Change, ...]
    fixed: tuple[Change, ...]
    new: tuple[Change, ...]
    vanished: tuple[Change, ...]
    behaviour: tuple[tuple[str, str, str], ...]

    @property
    def has_regression(self) -> bool:
        """Whether the newer run is worse: something gates now that did not before."""
        return bool(self.regressed) or any(c.new is not None and _bad(c.new) for c in self.new)


def compare(old: Run, new: Run) -> Comparison:
    """Compare two runs of the same or of different targets.

    Which exchanges an item has for the contract's checks depends on the moment (an execution
    that another item shares, a poll more or less): a check that passes in one run and is
    missing in the other is no change.
    """
    changes = [Change(i, old.results.get(i), new.results.get(i)) for i in sorted({*old.results, *new.results})]
    both = [(c, c.old, c.new) for c in changes if c.old and c.new]
    return Comparison(
        regressed=tuple(c for c, a, b in both if not _bad(a) and _bad(b)),
        fixed=tuple(c for c, a, b in both if _fails(a) and not _fails(b)),
        new=tuple(c for c in changes if c.old is None and c.new and not _is_passed_check(c.new)),
        vanished=tuple(c for c in changes if c.new is None and c.old and not _is_passed_check(c.old)),
        behaviour=tuple(
            (i, old.observations[i].value, new.observations[i].value)
            for i in sorted({*old.observations} & {*new.observations})
            if old.observations[i].value != new.observations[i].value
        ),
    )


def _is_passed_check(result: Result) -> bool:
    return result.id != result.item and result.outcome == Outcome.PASS


def _fails(result: Result) -> bool:
    """Whether the target falls short, with a waiver or without: a waiver mends nothing."""
    return _bad(result) or result.outcome == Outcome.XFAIL


def _bad(result: Result) -> bool:
    """Whether it says something against the target: an entry of waivers.yaml that is to be removed does not."""
    return (result.gates and result.outcome != Outcome.XPASS) or result.outcome == Outcome.ERROR
