"""Groups findings by cause: thirty red items with one reason are one thing to mend."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lmconform.judgement import Outcome
from lmconform.results.events import Result

_RANK = {o: n for n, o in enumerate((Outcome.ERROR, Outcome.FAIL, Outcome.NOT_TESTABLE, Outcome.WARN))}
_VARYING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{16}\b|lmconform-[\w-]+|\d{4}-\d\d-\d\dT[\d:.]+Z?|\d+")


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
    return (result.outcome, *result.requirements, _VARYING.sub("…", seen))
