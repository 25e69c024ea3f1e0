"""Test-suite reduction: the fewest items that kill what all items kill, and the best of them within a time limit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from typing import Any

Killers = dict[str, set[str]]

# Seconds that pytest, the results and the reports take for each item.
_EACH = 0.003
# How much of the excess is cut before the rest is timed again, and the least cut, as a share of the limit.
_CUT, _LEAST_CUT = 0.5, 0.01


@dataclass(frozen=True, slots=True)
class Distilled:
    """Items in the order of a run, the mutants that they kill, and the sum of their seconds."""

    items: tuple[str, ...]
    killed: frozenset[str]
    seconds: float


@dataclass(frozen=True)
class MatrixEvidence:
    """The kills and times of one or more matrices: the items that kill each mutant, and the seconds of each item.

    ``mutants`` are all that were tried; ``overhead`` is the seconds of a run that belong to no item; ``order``
    is the order of a run of all items, empty when it is not known.
    """

    mutants: frozenset[str]
    killers: Killers
    spent: dict[str, float]
    overhead: float
    order: tuple[str, ...] = ()
    # The seconds of each item in the run in which it took least: the first of several items waits for all of them.
    _own: Mapping[str, float] = field(default_factory=dict)

    @property
    def full(self) -> Distilled:
        """All items."""
        return self.of(self.spent)

    def timed(self, spent: Mapping[str, float], seconds: float) -> MatrixEvidence:
        """A copy with the times of a run: ``spent`` are the seconds by item, in order, ``seconds`` the total."""
        own = {item: min(took, self._own.get(item, took)) for item, took in spent.items()}
        overhead = seconds - sum(spent.values())
        return replace(self, spent=dict(spent), overhead=overhead, _own={**self._own, **own})

    def cost(self, item: str) -> float:
        """The seconds that an item costs, without the wait that it shares with other items."""
        return self._own.get(item, self.spent.get(item, 0.0)) + _EACH

    def of(self, items: Iterable[str]) -> Distilled:
        """What these items and the steps that they need kill, and how long they take."""
        # In the order of a run: items use the time that others wait.
        position = {item: number for number, item in enumerate(self.order or self.spent)}
        wanted = {part for item in items for part in (item, *self._starters.get(item, ()))}
        chosen = tuple(sorted(wanted, key=lambda item: (position.get(item, len(position)), item)))
        killed = {m for m, killers in self.killers.items() if not killers.isdisjoint(chosen)}
        return Distilled(chosen, frozenset(killed), self.overhead + sum(self.spent.get(i, 0.0) for i in chosen))

    @cached_property
    def _starters(self) -> dict[str, list[str]]:
        """For a step of a scenario the earlier steps after which a run turns to other items.

        The step sends their requests in any case. In a run of their order, what they start is ready by then.
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


# Measures a run of these items, or of all without items, and returns the evidence with the times of that run.
Timer = Callable[[MatrixEvidence, Collection[str] | None], MatrixEvidence]


def read(matrices: Iterable[Mapping[str, Any]]) -> MatrixEvidence:
    """The evidence of several ``matrix.json``: the kills that mutants declare. Raises KeyError for other JSON."""
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
    """A small set of items that kills all that can be killed, and how many of its items are irreplaceable.

    An item is irreplaceable when it is the only killer of a mutant: these come first, and their number is a lower
    bound for any such set. Then comes, again and again, the item that kills most of the rest, the cheaper of equals.
    In the end every item goes whose kills the others have as well.
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
    """The no-op timer: the evidence as it is."""
    return evidence


def within(
    evidence: MatrixEvidence, found: Distilled, seconds: float, timer: Timer = estimated, kept: float = 0.0
) -> Distilled:
    """The items of ``found`` that fit into ``seconds``: those with the fewest kills for their time are cut first.

    Items share what they start and wait for, so one cut removes only half of the excess, and the rest is timed again.
    No cut leaves less than the share ``kept`` of the kills.
    """
    kills = _kills(evidence)
    chosen = list(found.items)
    while (now := evidence.of(chosen)).seconds > seconds and chosen:
        goal = max(seconds, now.seconds - max(_CUT * (now.seconds - seconds), _LEAST_CUT * seconds))
        saved = 0.0
        while chosen and now.seconds - saved > goal:
            counts = Counter(m for item in chosen for m in kills[item])
            unique = {item: sum(counts[m] == 1 for m in kills[item]) for item in chosen}
            least = min(chosen, key=lambda item: unique[item] / evidence.cost(item))
            if len(counts) - unique[least] < kept * len(found.killed):
                return timer(evidence, chosen).of(chosen) if saved else now
            chosen.remove(least)
            saved += evidence.spent.get(least, 0.0) + _EACH
        evidence = timer(evidence, chosen)
    return now


def _kills(evidence: MatrixEvidence) -> Killers:
    found: Killers = {item: set() for item in evidence.spent}
    for mutant, killers in evidence.killers.items():
        for item in killers:
            found.setdefault(item, set()).add(mutant)
    return found
