"""What the page shows, as plain values: the template draws them, and the script filters the items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lmconform.judgement import Outcome
from lmconform.reporting import escaping
from lmconform.reporting.page.kinds import KINDS, kind, kinds_of
from lmconform.results.events import Result
from lmconform.results.stream import Run

# From what has to be looked at to what needs no look.
GRAVEST: Final = ("ERROR", "FAIL", "XPASS", "NOT_TESTABLE", "WARN", "XFAIL", "INFO", "PASS", "NOT_APPLICABLE")
WORDS: Final = {
    "ERROR": "internal error",
    "FAIL": "broken",
    "XPASS": "kept, waiver to remove",
    "NOT_TESTABLE": "not judged",
    "WARN": "broken (SHOULD)",
    "XFAIL": "broken, waived",
    "INFO": "noted",
    "PASS": "kept",
    "NOT_APPLICABLE": "not offered",
}
# Characters of one text of an item that has no finding.
_SHOWN: Final = 300
_QUIET: Final = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class Cell:
    """One operation and one kind of requirement: the gravest outcome, and how many results have which."""

    outcome: str
    counts: Mapping[str, int]

    @property
    def word(self) -> str:
        """What the cell says."""
        number = self.counts[self.outcome]
        return f"{number} {WORDS.get(self.outcome, self.outcome)}"

    @property
    def title(self) -> str:
        """All outcomes of the cell."""
        return ", ".join(f"{number} {WORDS.get(name, name)}" for name, number in self.counts.items())


@dataclass(frozen=True, slots=True)
class Phase:
    """A status of a resource: when it was seen first, in seconds since the workflow's first request, and its share.

    ``share`` is in percent of the time in which the resource was seen, and at least 1.
    """

    status: str
    start: float
    share: float


@dataclass(frozen=True, slots=True)
class Flow:
    """The steps of one workflow in the order in which they ran: name, and the result of each.

    ``lives`` has the resources that it followed, each with its phases.
    """

    name: str
    steps: Sequence[tuple[str, Result]]
    lives: Sequence[tuple[str, Sequence[Phase]]] = ()

    @property
    def outcome(self) -> str:
        """The gravest outcome of its steps."""
        return gravest(result.outcome for _, result in self.steps)


def gravest(outcomes: Iterable[str]) -> str:
    """The one of them that has to be looked at first."""
    return min(outcomes, key=lambda one: GRAVEST.index(one) if one in GRAVEST else 0)


def why(run: Run, reasons: int) -> str:
    """The verdict in a sentence; ``reasons`` is the number of causes that fail the gate."""
    footer = run.footer
    if footer is None:
        return "The run did not end: this page shows what was judged until then."
    if footer.verdict == "nonconformant":
        gating = sum(result.gates for result in run.results.values())
        return f"Results that fail the gate: {gating}. Reasons: {reasons}."
    waived = sum(result.outcome == Outcome.XFAIL for result in run.results.values())
    broken = f"results that fail, as waivers say: {waived}" if waived else "no promise was seen broken"
    if footer.verdict == "partial":
        number = len(footer.not_exercised)
        return f"{number} MUST requirements were not judged in this run; {broken}."
    if footer.verdict == "incomplete":
        return footer.message or "Some items did not run, or ended in an internal error."
    return f"Every MUST requirement that applies was judged; {broken}."


def counts(run: Run) -> list[tuple[str, int]]:
    """How many results have each outcome, the gravest first."""
    found = Counter(result.outcome for result in run.results.values())
    return sorted(found.items(), key=lambda pair: GRAVEST.index(pair[0]) if pair[0] in GRAVEST else 0)


def operation_of(run: Run, result: Result) -> str:
    """The operation that a result is about; that of its item where it names none."""
    if result.operation or result.item not in run.results:
        return result.operation
    return run.results[result.item].operation


def matrix(run: Run) -> tuple[tuple[str, ...], dict[str, dict[str, Cell]]]:
    """The kinds that occur, and for each operation its cells by kind; a cell that is missing was judged by nothing."""
    found: dict[str, dict[str, Counter[str]]] = {}
    for result in run.results.values():
        operation = operation_of(run, result)
        for name in kinds_of(result) if operation else ():
            found.setdefault(operation, {}).setdefault(name, Counter())[result.outcome] += 1
    cells = {
        operation: {name: Cell(gravest(counter), counter) for name, counter in kinds.items()}
        for operation, kinds in sorted(found.items())
    }
    seen = {name for kinds in found.values() for name in kinds}
    return tuple(name for name in KINDS if name in seen), cells


def flows(run: Run) -> list[Flow]:
    """The workflows of the run; the tutorial's own first."""
    found: dict[str, list[tuple[str, Result]]] = {}
    for result in run.results.values():
        place, _, rest = result.id.partition("/")
        if place == "scenario" and result.id == result.item and "/" in rest:
            name, _, step = rest.partition("/")
            found.setdefault(name, []).append((step, result))
    names = sorted(found, key=lambda name: (not name.startswith("training"), name))
    return [Flow(name, found[name], list(_lives(run, name))) for name in names]


def _lives(run: Run, workflow: str) -> Iterator[tuple[str, list[Phase]]]:
    for life in run.lives:
        if life.workflow == workflow and life.statuses:
            ends = [*(start for _, start in life.statuses[1:]), life.end]
            whole = max(life.end - life.statuses[0][1], 0.001)
            phases = [
                Phase(status, start, max(round(100 * (end - start) / whole), 1))
                for (status, start), end in zip(life.statuses, ends, strict=True)
            ]
            yield f"{life.noun} {life.id}", phases


@dataclass(frozen=True, slots=True)
class Part:
    """One column of the coverage of an operation: what was reached and how often, and what never was."""

    reached: Sequence[tuple[str, str]]
    never: Sequence[str]

    @property
    def summary(self) -> str:
        """How much of it was reached; empty where the description has nothing of the kind."""
        total = len(self.reached) + len(self.never)
        return f"{len(self.reached)} of {total}" if total else ""


def coverage(run: Run) -> list[tuple[str, dict[str, Part]]]:
    """For each operation what the run reached of its statuses, parameters and limits."""
    return [
        (
            row.operation,
            {
                "statuses": _part({name: str(number) if number else "" for name, number in row.statuses.items()}),
                "parameters": _part({name: str(number) if number else "" for name, number in row.parameters.items()}),
                "limits": _part({name: _edge(*counts) for name, counts in row.limits.items()}),
            },
        )
        for row in run.coverage.values()
    ]


def _part(counted: Mapping[str, str]) -> Part:
    return Part([pair for pair in counted.items() if pair[1]], [name for name, number in counted.items() if not number])


def _edge(exactly: int, beyond: int) -> str:
    said = [f"{exactly} at it"] if exactly else []
    return ", ".join([*said, *([f"{beyond} beyond it"] if beyond else [])])


def items(run: Run) -> dict[str, Any]:
    """Every result as a short row for the script: its texts stand once, and a row has their numbers.

    ``rows``: id, outcome, operation, requirements, seconds, and the members that say more where there are any.
    """
    operations, requirements = _Numbers(), _Numbers()
    texts: dict[str, str] = {}
    rows = []
    for result in run.results.values():
        for name in result.requirements:
            texts.setdefault(name, escaping.visible(result.text))
        more = {name: text for name, text in _more(result) if text}
        rows.append(
            [
                escaping.visible(result.id),
                GRAVEST.index(result.outcome) if result.outcome in GRAVEST else 0,
                operations.of(operation_of(run, result)),
                [requirements.of(name) for name in result.requirements],
                round(result.duration, 3),
                *([more] if more else []),
            ]
        )
    return {
        "outcomes": [[name, WORDS[name]] for name in GRAVEST],
        "operations": operations.values,
        "requirements": [[name, texts[name], kind(name)] for name in requirements.values],
        "rows": rows,
    }


def _more(result: Result) -> Iterator[tuple[str, str]]:
    names = ("because", "message", "expected", "actual") if result.outcome not in _QUIET else ("because", "message")
    for name in names:
        yield name, escaping.visible(getattr(result, name)[:_SHOWN])
    if result.outcome not in _QUIET:
        yield "again", escaping.visible(result.again)


class _Numbers:
    """Values in the order of their first use, each with its number."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def of(self, value: str) -> int:
        """The number of a value."""
        return self._known.setdefault(value, len(self._known))

    @property
    def values(self) -> list[str]:
        """All values, by number."""
        return [escaping.visible(value) for value in self._known]
