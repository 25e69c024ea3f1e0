"""Groups findings by cause: thirty red items with one reason are one thing to mend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lmconform.judgement import Outcome
from lmconform.results import difference
from lmconform.results.events import Result

_RANK = {o: n for n, o in enumerate((Outcome.ERROR, Outcome.FAIL, Outcome.NOT_TESTABLE, Outcome.XPASS, Outcome.WARN))}


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason, its first finding as the example, and how many results share it."""

    first: Result
    count: int
    operations: tuple[str, ...]


def causes(results: Iterable[Result]) -> list[Cause]:
    """Findings grouped by requirement, outcome and what was seen, the gravest first."""
    groups: dict[tuple[str, ...], list[Result]] = {}
    for result in results:
        if Outcome(result.outcome).is_finding:
            groups.setdefault(_key(result), []).append(result)
    found = [
        Cause(group[0], len(group), tuple(sorted({r.operation for r in group if r.operation})))
        for group in groups.values()
    ]
    return sorted(found, key=lambda c: (not c.first.gates, _RANK[Outcome(c.first.outcome)], -c.count))


def _key(result: Result) -> tuple[str, ...]:
    seen = result.because or result.message if result.outcome == Outcome.ERROR else result.because or result.expected
    return (result.outcome, *result.requirements, difference.normalized(seen))
