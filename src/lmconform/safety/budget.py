"""How much a run may create on a target, counted exactly, for all workers together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lmconform.errors import BudgetSpent, CreationStopped
from lmconform.safety.counters import Counters, Numbers

# Stands for everything that is created, whatever its noun.
ALL: Final = "*"
# After so many creations in a row without a usable answer nothing more of that kind is created.
MOST_IN_A_ROW: Final = 3
_ROW: Final = "row "


@dataclass(frozen=True, slots=True)
class Bound:
    """The most that there may be of a kind; ``option`` allows more, ``because`` says where the number is from."""

    most: int
    option: str
    because: str


class Budget:
    """Counts what was sent to be created, by the noun of its resource. Safe to use from several threads.

    ``bounds`` maps a noun, or ALL, to the most that there may be; what it does not name is counted and never refused.
    With ``counters`` of a file several processes share one budget.
    """

    def __init__(self, bounds: Mapping[str, Bound], counters: Counters | None = None) -> None:
        self.bounds = dict(bounds)
        self._counters = counters or Counters()

    def take(self, noun: str, *, counts_for_all: bool = True) -> None:
        """Count one more before its creation is sent; raises BudgetSpent and CreationStopped, then nothing is counted.

        ``counts_for_all`` False: it adds to something that is counted already.
        """
        self._counters.change(lambda numbers: self._take(numbers, noun, counts_for_all))

    def check(self, noun: str) -> None:
        """Raise what ``take`` would raise, and count nothing."""
        self._counters.change(lambda numbers: self._take(dict(numbers), noun, counts_for_all=True))

    def give_back(self, noun: str, *, counts_for_all: bool = True) -> None:
        """One that was taken was not created after all."""
        self._counters.change(lambda numbers: _add(numbers, noun, -1, counts_for_all))

    def count(self, noun: str, *, counts_for_all: bool = True) -> None:
        """One was created that was not taken before; never refused."""
        self._counters.change(lambda numbers: _add(numbers, noun, 1, counts_for_all))

    def unusable(self, noun: str) -> None:
        """The answer to a creation does not say what it created."""
        self._counters.change(lambda numbers: numbers.update({_ROW + noun: numbers.get(_ROW + noun, 0) + 1}))

    def usable(self, noun: str) -> None:
        """The answer to a creation says what it created, or that it created nothing."""
        self._counters.change(lambda numbers: _reset(numbers, _ROW + noun))

    def spent(self, noun: str) -> int:
        """How many were created, or may have been."""
        return self._counters.change(lambda numbers: int(numbers.get(noun, 0)))

    def _take(self, numbers: Numbers, noun: str, counts_for_all: bool) -> None:
        if numbers.get(_ROW + noun, 0) >= MOST_IN_A_ROW:
            raise CreationStopped(
                f"not sent, no more {noun}s: {MOST_IN_A_ROW} answers in a row do not say what was created"
            )
        for kind, named in ((noun, f"{noun}s"), (ALL, "things"))[: 1 + counts_for_all]:
            bound = self.bounds.get(kind)
            if bound is not None and numbers.get(kind, 0) >= bound.most:
                done = f"no more {named}: the run has created its {bound.most} {named}"
                what = done if bound.most else f"the run may create no {named}"
                raise BudgetSpent(f"not sent, {what} ({bound.because})", bound.option)
        _add(numbers, noun, 1, counts_for_all)


def _add(numbers: Numbers, noun: str, number: int, counts_for_all: bool) -> None:
    for kind in (noun, ALL)[: 1 + counts_for_all]:
        numbers[kind] = numbers.get(kind, 0) + number


def _reset(numbers: Numbers, name: str) -> None:
    numbers.pop(name, None)
