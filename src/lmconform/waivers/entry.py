"""One waiver: what it names, where it applies, what it expects, and who answers for it until when."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from lmconform.results import excerpt
from lmconform.results.events import Result

# Days before the end in which each run says who has to act.
_NOTICE: Final = 14


class Age(StrEnum):
    """How old a waiver is on a day."""

    VALID = "ok"
    ENDING = "ending"  # valid, and two weeks are left at most
    EXPIRED = "expired"  # as if it were not there


@dataclass(frozen=True, slots=True)
class Entry:
    """A waiver as the file has it. ``where`` is ``FILE:LINE``, ``last`` the number of its last line.

    At least one of ``requirement`` and ``items`` (globs over ids of items and results) is there; what is there has to
    match. ``operations`` are operation ids; ``targets`` (names or URLs) and ``contracts`` (versions) are globs; without
    one, all match. ``outcome`` is FAIL, WARN or NOT_TESTABLE, ``actual`` a text with ``*`` for any text, or empty.
    ``expires`` is the last day, ``renewals`` are the days that were the last before. ``reach`` are the ids of the items
    that may show it, as far as they are known.
    """

    where: str
    last: int
    requirement: str
    items: tuple[str, ...]
    operations: tuple[str, ...]
    targets: tuple[str, ...]
    contracts: tuple[str, ...]
    outcome: str
    actual: str
    reason: str
    issue: str
    owner: str
    expires: date
    renewals: tuple[date, ...]
    reach: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """What it names, in short."""
        return self.requirement or ", ".join(self.items)

    @property
    def lines(self) -> str:
        """The lines of the file that it takes."""
        file, _, first = self.where.rpartition(":")
        return f"line {first} of {file}" if int(first) == self.last else f"lines {first} to {self.last} of {file}"

    @property
    def sentence(self) -> str:
        """All that a reader of a report has to know of it."""
        answers = ", ".join(word for word in (self.owner, self.issue) if word)
        shown = f" '{self.actual}'" if self.actual else ""
        return f"{self.where} expects {self.outcome}{shown} until {self.expires} ({answers}): {self.reason}"

    def age(self, today: date) -> Age:
        """Whether it counts on that day."""
        left = (self.expires - today).days
        if left < 0:
            return Age.EXPIRED
        return Age.ENDING if left <= _NOTICE else Age.VALID

    def remark(self, today: date) -> str:
        """What its owner has to know on that day, or nothing."""
        match self.age(today):
            case Age.EXPIRED:
                return f"{self.where} ({self.label}) expired on {self.expires} and counts no more; {self.owner} decides"
            case Age.ENDING:
                days = (self.expires - today).days
                return f"{self.where} ({self.label}) ends on {self.expires}, in {days} days; {self.owner} decides"
        return ""

    def applies(self, target: Collection[str], contract: str) -> bool:
        """Whether it is about a target that has these names, judged by that version of the contract."""
        names = {plain(name) for name in target}
        return (not self.targets or any(_matches(names, plain(pattern)) for pattern in self.targets)) and (
            not self.contracts or any(_matches([contract], pattern) for pattern in self.contracts)
        )

    def names(self, result: Result) -> bool:
        """Whether the result is one that it is about, whatever became of it."""
        return (
            (not self.requirement or self.requirement in result.requirements)
            and (not self.operations or result.operation in self.operations)
            and (not self.items or any(_matches((result.id, result.item), pattern) for pattern in self.items))
        )

    def expects(self, result: Result) -> bool:
        """Whether a result that it names fails as it says."""
        return result.outcome == self.outcome and (not self.actual or _fits(self.actual, excerpt.shown(result)))


def plain(target: str) -> str:
    """A name or URL of a target without what does not distinguish it from another one."""
    return target.rstrip("/").removesuffix("/v2")


def _matches(names: Iterable[str], pattern: str) -> bool:
    return any(fnmatchcase(name, pattern) for name in names)


def _fits(pattern: str, text: str) -> bool:
    """Whether ``text`` is ``pattern``, in which only ``*`` is special."""
    parts = (re.escape(part.strip()) for part in excerpt.normalized(pattern).split("*"))
    return re.fullmatch(r".*?".join(parts), text, re.DOTALL) is not None
