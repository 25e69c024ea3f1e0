"""What waivers make of results: a failure that is expected does not gate, and an entry without one is to be removed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from lmconform.judgement import Outcome, weigh_waived
from lmconform.results import assembly
from lmconform.results.events import Event, Result
from lmconform.waivers.entry import Age, Entry


@dataclass(slots=True)
class Active:
    """The waivers that count for a target on a day, and what the results of a run said of them.

    ``entries`` are those for the target, also the expired ones; ``today`` is the day of the run.
    """

    entries: tuple[Entry, ...]
    today: date
    seen: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def valid(self) -> list[Entry]:
        """Those that have not expired."""
        return [entry for entry in self.entries if entry.age(self.today) is not Age.EXPIRED]

    def remarks(self) -> tuple[str, ...]:
        """What owners have to know: what has expired, and what soon will."""
        return tuple(filter(None, (entry.remark(self.today) for entry in self.entries)))

    def judged(self, events: Iterable[Event]) -> list[Event]:
        """The events of an item, with what is waived as XFAIL."""
        return [self._judged(event) if isinstance(event, Result) else event for event in events]

    def _judged(self, result: Result) -> Result:
        if not _fails(result):
            return result
        naming = [entry for entry in self.valid if entry.names(result)]
        for entry in naming:
            if entry.expects(result):
                outcome, gates = weigh_waived(fails=True)
                return replace(result, outcome=outcome, gates=gates, waiver=entry.sentence)
        if naming:
            return replace(result, waiver=f"{naming[0].sentence}; this failure is another one")
        return result

    def note(self, event: Event) -> None:
        """Remember what a result says of the entries that name it; it was judged before."""
        if isinstance(event, Result):
            for entry in self.valid:
                # What another entry waives does not need this one.
                if entry.names(event) and (event.outcome != Outcome.XFAIL or event.waiver == entry.sentence):
                    self.seen[entry.where][event.outcome] += 1

    def stale(self, ran: Collection[str]) -> Iterator[Result]:
        """A result for each entry that is to be removed: all items that may show it ran, and nothing fails.

        What could not be judged, or does not count, leaves the question open.
        """
        labels = Counter[str]()
        for entry in self.valid:
            labels[entry.label] += 1
            seen = self.seen[entry.where]
            if entry.reach <= set(ran) and not set(seen) - {Outcome.PASS, Outcome.NOT_APPLICABLE}:
                number = labels[entry.label]
                yield _stale(entry, f"{entry.label}{f'-{number}' if number > 1 else ''}", seen)


def _fails(result: Result) -> bool:
    return result.outcome in (Outcome.FAIL, Outcome.WARN) or (result.outcome == Outcome.NOT_TESTABLE and result.gates)


def _stale(entry: Entry, label: str, seen: Counter[str]) -> Result:
    outcome, gates = weigh_waived(fails=False)
    return assembly.remark(
        f"waiver/{label}",
        outcome,
        gates=gates,
        expected=f"{entry.outcome}, as {entry.where} says",
        actual=f"{_said(seen)}; remove {entry.lines}",
        waiver=entry.sentence,
    )


def _said(seen: Counter[str]) -> str:
    """What became of the results that an entry names, when none of them fails."""
    passed = seen[Outcome.PASS]
    if passed:
        return f"{'1 result passes' if passed == 1 else f'{passed} results pass'}, none fails"
    return "it does not apply to the target" if seen[Outcome.NOT_APPLICABLE] else "no result of the run is meant by it"
