"""Groups findings by cause: thirty red items with one reason are one thing to mend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from lmconform.judgement import Outcome
from lmconform.reporting.finding import Finding
from lmconform.results import excerpt
from lmconform.results.events import Result

_ORDER: Final = (Outcome.FAIL, Outcome.NOT_TESTABLE, Outcome.XPASS, Outcome.ERROR, Outcome.WARN)
_RANK: Final = {outcome: rank for rank, outcome in enumerate(_ORDER)}
_REQUIREMENT: Final = re.compile(r"\bLM-[A-Z0-9-]+\b")
_BROKEN: Final = (Outcome.FAIL, Outcome.WARN)
_ERRORS: Final = 400


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason: its findings, the first of which is the example, and the causes that follow from it (``behind``)."""

    findings: tuple[Finding, ...]
    behind: tuple[Cause, ...] = ()

    @property
    def first(self) -> Finding:
        """The example."""
        return self.findings[0]

    @property
    def gates(self) -> bool:
        """Whether something fails the gate for this reason, or has no verdict for it."""
        results = (finding.result for finding in self.findings)
        return any(r.gates or r.outcome == Outcome.ERROR for r in results) or any(cause.gates for cause in self.behind)

    @property
    def count(self) -> int:
        """How many results have this reason themselves."""
        return len(self.findings)

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations of these results."""
        return tuple(sorted({f.result.operation for f in self.findings if f.result.operation}))

    @property
    def requirements(self) -> tuple[str, ...]:
        """The requirements of these results, those of the example first."""
        return tuple(dict.fromkeys(name for f in self.findings for name in f.result.requirements))

    @property
    def following(self) -> Iterator[Cause]:
        """What follows from it, directly or not, nearest first."""
        for cause in self.behind:
            yield cause
            yield from cause.following


def causes(results: Iterable[Result]) -> list[Cause]:
    """The roots: findings grouped by what was seen, with what follows from them; what gates comes first.

    FAIL and WARN have one cause where one requirement has one expectation, or one operation refuses with one answer;
    what was not testable where the reason is the same, or that of a broken requirement or of an earlier step.
    """
    found = [Cause(tuple(map(Finding, group))) for group in _groups(results)]
    parents = _parents(found)
    children: dict[int, list[int]] = {}
    for child, parent in parents.items():
        children.setdefault(parent, []).append(child)

    def whole(number: int) -> Cause:
        return replace(found[number], behind=tuple(sorted(map(whole, children.get(number, ())), key=_weight)))

    return sorted((whole(number) for number in range(len(found)) if number not in parents), key=_weight)


def _weight(cause: Cause) -> tuple[bool, int, int]:
    return not cause.gates, _RANK[Outcome(cause.first.result.outcome)], -cause.count


def _groups(results: Iterable[Result]) -> Iterator[list[Result]]:
    """Findings that share a key with another of their group, in the order in which they came."""
    groups: dict[int, list[Result]] = {}
    of: dict[tuple[str, ...], int] = {}
    for number, result in enumerate(r for r in results if Outcome(r.outcome).is_finding):
        keys = list(_keys(result))
        known = sorted({of[key] for key in keys if key in of})
        first = known[0] if known else number
        groups.setdefault(first, []).append(result)
        for other in known[1:]:
            groups[first] += groups.pop(other)
            of.update({key: first for key, group in of.items() if group == other})
        of.update(dict.fromkeys(keys, first))
    yield from groups.values()


def _keys(result: Result) -> Iterator[tuple[str, ...]]:
    if result.outcome == Outcome.ERROR:
        yield result.outcome, _masked(result.message)
        return
    if result.outcome == Outcome.NOT_TESTABLE:
        yield result.outcome, _masked(result.because)
        return
    yield (result.outcome, *result.requirements, _masked(result.expected or result.message))
    for label, status, answer in _refusal(result):
        yield result.outcome, label, status, answer


def _refusal(result: Result) -> Iterator[tuple[str, str, str]]:
    """Operation, status and answer where an error answer shows the finding."""
    for step in result.story:
        if step["telling"] and step["status"] >= _ERRORS and result.operation:
            yield result.operation, str(step["status"]), _masked(step["answer"])


def _parents(found: Sequence[Cause]) -> dict[int, int]:
    """The cause that each one follows from, where there is one; by their numbers."""
    broken: dict[str, int] = {}
    items: dict[str, int] = {}
    for number, cause in enumerate(found):
        for finding in cause.findings:
            result = finding.result
            items.setdefault(result.item, number)
            if result.outcome in _BROKEN:
                broken.update({name: broken.get(name, number) for name in (*result.requirements, *_answers(result))})
    parents: dict[int, int] = {}
    for number, cause in enumerate(found):
        if cause.first.result.outcome != Outcome.NOT_TESTABLE:
            continue
        parent = next((n for f in cause.findings for n in _behind(f.result, broken, items) if n != number), None)
        if parent is not None and number not in _line(parent, parents):
            parents[number] = parent
    return parents


def _line(number: int, parents: dict[int, int]) -> Iterator[int]:
    """A cause, and those that it follows from."""
    yield number
    while number in parents:
        number = parents[number]
        yield number


def _answers(result: Result) -> Iterator[str]:
    """The words for the error answer that shows it, as a reason of another result has them."""
    for step in result.story:
        if step["telling"] and step["status"] >= _ERRORS:
            yield _masked(f"{step['method']} {step['path']} answered") + str(step["status"])


def _behind(result: Result, broken: dict[str, int], items: dict[str, int]) -> Iterator[int]:
    """The causes that the reason of a result names: a requirement, an earlier step, or an answer."""
    yield from (broken[name] for name in _REQUIREMENT.findall(result.because) if name in broken)
    kind, _, rest = result.item.partition("/")
    step = result.because.partition(": ")[0]
    if kind == "scenario" and (item := f"{kind}/{rest.partition('/')[0]}/{step}") in items:
        yield items[item]
    label, answered, answer = result.because.partition(" answered ")
    said = _masked(f"{label}{answered.rstrip()}") + answer[:3]
    if answered and said in broken:
        yield broken[said]


def _masked(text: str) -> str:
    return excerpt.normalized(text)
