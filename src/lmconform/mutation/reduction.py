"""The smallest set of items that kills what all of them kill, and how much of it fits into a tenth of the time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from typing import Any

Killers = dict[str, set[str]]

# Seconds that an item takes beside its own: in pytest, in the results, in the reports.
_EACH = 0.003
# Of what is too much, what goes before the rest is timed again; and the least, of what is allowed.
_CUT, _LEAST_CUT = 0.5, 0.01


@dataclass(frozen=True, slots=True)
class Distilled:
    """Items in the order of a run, the mutants that they kill, and the sum of their seconds."""

    items: tuple[str, ...]
    killed: frozenset[str]
    seconds: float


@dataclass(frozen=True)
class MatrixEvidence:
    """What matrices say together: the killers of each mutant, and the seconds of each item.

    ``mutants`` are all that were tried; ``overhead`` is what a run takes beside its items; ``order``
    is that of a run of all items, when it is known.
    """

    mutants: frozenset[str]
    killers: Killers
    spent: dict[str, float]
    overhead: float
    order: tuple[str, ...] = ()
    # The seconds of each item in the run in which it took least: who comes first waits for the others as well.
    _own: Mapping[str, float] = field(default_factory=dict)

    @property
    def full(self) -> Distilled:
        """All items."""
        return self.of(self.spent)

    def timed(self, spent: Mapping[str, float], seconds: float) -> MatrixEvidence:
        """This, with what a run took: ``spent`` by its items in their order, ``seconds`` in all."""
        own = {item: min(took, self._own.get(item, took)) for item, took in spent.items()}
        overhead = seconds - sum(spent.values())
        return replace(self, spent=dict(spent), overhead=overhead, _own={**self._own, **own})

    def cost(self, item: str) -> float:
        """The seconds that an item costs, whoever pays for what it shares with others."""
        return self._own.get(item, self.spent.get(item, 0.0)) + _EACH

    def of(self, items: Iterable[str]) -> Distilled:
        """What these items and their starters kill, and how long they take."""
        # In the order of a run, in which items wait for each other's sake.
        position = {item: number for number, item in enumerate(self.order or self.spent)}
        wanted = {part for item in items for part in (item, *self._starters.get(item, ()))}
        chosen = tuple(sorted(wanted, key=lambda item: (position.get(item, len(position)), item)))
        killed = {m for m, killers in self.killers.items() if not killers.isdisjoint(chosen)}
        return Distilled(chosen, frozenset(killed), self.overhead + sum(self.spent.get(i, 0.0) for i in chosen))

    @cached_property
    def _starters(self) -> dict[str, list[str]]:
        """For a step of a scenario the earlier ones after which a run does something else for a while.

        They are sent for its sake in any case: sent in their turn, what they start is ready when it comes.
        """
        found: dict[str, list[str]] = {}
        begun: dict[str, list[str]] = {}
        for flow, turn in groupby(self.order, key=_flow):
            steps = list(turn)
            if flow:
                found |= {step: list(begun.get(flow, ())) for step in steps}
                begun.setdefault(flow, []).append(steps[-1])
        return found


def _flow(item: str) -> str:
    """The workflow of a step, empty for other items."""
    return item.rpartition("/")[0] if item.startswith("scenario/") else ""


# Gives the evidence the seconds of a run of these items alone; without items, of all there are.
Clock = Callable[[MatrixEvidence, Collection[str] | None], MatrixEvidence]


def read(matrices: Iterable[Mapping[str, Any]]) -> MatrixEvidence:
    """The kills in several ``matrix.json``; a kill counts when the mutant declares it. KeyError when it is none."""
    killers: Killers = {}
    spent: dict[str, float] = {}
    mutants: set[str] = set()
    overhead = 0.0
    for data in matrices:
        for mutant in data["mutants"]:
            mutants.add(mutant["id"])
            for kill in mutant["kills"]:
                if kill["requirement"] in mutant["breaks"]:
                    killers.setdefault(mutant["id"], set()).add(kill["item"])
        if len(data["spent"]) >= len(spent):
            spent = dict(data["spent"])
            plain = [b["seconds"] for b in data["baseline"] if b["mock"] == "plain"]
            overhead = max(0.0, min(plain, default=0.0) - sum(spent.values()))
    return MatrixEvidence(frozenset(mutants), killers, spent, overhead)


def smallest(evidence: MatrixEvidence) -> tuple[Distilled, int]:
    """A set of items that kills all that can be killed, and how many of them cannot be done without.

    Items that alone kill some mutant come first; then, again and again, the one that kills most of the
    rest, the cheaper of equals; at last every item that others made needless goes. The number of
    items that nothing can replace is a lower bound for any such set.
    """
    needed = {next(iter(killers)) for killers in evidence.killers.values() if len(killers) == 1}
    chosen = sorted(needed, key=lambda item: evidence.cost(item))
    kills = _kills(evidence)
    left = set(evidence.killers) - {m for item in chosen for m in kills[item]}
    while left:
        best = max(sorted(kills), key=lambda item: (len(kills[item] & left), -evidence.cost(item)))
        chosen.append(best)
        left -= kills[best]
    for item in sorted(chosen, key=lambda item: -evidence.cost(item)):
        others = {m for other in chosen if other != item for m in kills[other]}
        if kills[item] <= others:
            chosen.remove(item)
    return evidence.of(chosen), len(needed)


def estimated(evidence: MatrixEvidence, items: Collection[str] | None = None) -> MatrixEvidence:
    """The evidence as it is: the clock of those who run nothing."""
    return evidence


def within(
    evidence: MatrixEvidence, found: Distilled, seconds: float, clock: Clock = estimated, kept: float = 0.0
) -> Distilled:
    """As much of ``found`` as takes no longer than ``seconds``: what kills least for its time goes first.

    Items share what they start and wait for: only half of what is too much goes in one cut, and what is
    left is timed again. Nothing more goes when less than the share ``kept`` of the kills would be left.
    """
    kills = _kills(evidence)
    chosen = list(found.items)
    while (now := evidence.of(chosen)).seconds > seconds and chosen:
        goal = max(seconds, now.seconds - max(_CUT * (now.seconds - seconds), _LEAST_CUT * seconds))
        saved = 0.0
        while chosen and now.seconds - saved > goal:
            told = Counter(m for item in chosen for m in kills[item])
            alone = {item: sum(told[m] == 1 for m in kills[item]) for item in chosen}
            least = min(chosen, key=lambda item: alone[item] / evidence.cost(item))
            if len(told) - alone[least] < kept * len(found.killed):
                return clock(evidence, chosen).of(chosen) if saved else now
            chosen.remove(least)
            saved += evidence.spent.get(least, 0.0) + _EACH
        evidence = clock(evidence, chosen)
    return now


def _kills(evidence: MatrixEvidence) -> Killers:
    found: Killers = {item: set() for item in evidence.spent}
    for mutant, killers in evidence.killers.items():
        for item in killers:
            found.setdefault(item, set()).add(mutant)
    return found
