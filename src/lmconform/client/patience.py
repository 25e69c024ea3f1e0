"""How long a target is waited for: the limits, and how much of them the requests of one session have used up."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from typing import Final

# After so many requests for which waiting did not help, no request waits until one succeeds.
_MOST_IN_VAIN: Final = 3
# After so many late answers in a row, an operation's next ones get a tenth of the time.
_MOST_LATE: Final = 2


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, in seconds, and how often something is tried.

    ``answer`` is for one whole answer. ``tries`` counts sendings over broken connections,
    ``limited_tries`` those that were told to come later; ``waiting`` is the longest that they
    wait in all, from one success to the next. ``liveness_checks`` 0: the target is not asked whether it answers.
    """

    connect: float = 5.0
    answer: float = 30.0
    tries: int = 4
    limited_tries: int = 4
    waiting: float = 120.0
    liveness_checks: int = 3


class Spent:
    """What the requests of one session have used up of its patience. Safe to use from several threads."""

    def __init__(self) -> None:
        self._late: Counter[str] = Counter()
        self._in_vain = 0
        self._waited = 0.0
        self._lock = threading.Lock()

    def seconds(self, patience: Patience, operation: str) -> float:
        """The time limit of the next answer of an operation."""
        with self._lock:
            return patience.answer / (10.0 if self._late[operation] >= _MOST_LATE else 1.0)

    def late(self, operation: str) -> None:
        """An answer of the operation did not come in time."""
        with self._lock:
            self._late[operation] += 1

    def in_time(self, operation: str) -> None:
        """An answer of the operation came."""
        with self._lock:
            self._late.pop(operation, None)

    def take(self, patience: Patience, wait: float, tries: int) -> bool:
        """Whether a request that was sent ``tries`` times waits ``wait`` seconds to be sent again; counts either way.

        One that does not wait has waited in vain.
        """
        with self._lock:
            worth_it = (
                tries < patience.limited_tries
                and self._in_vain < _MOST_IN_VAIN
                and self._waited + wait <= patience.waiting
            )
            if worth_it:
                self._waited += wait
            else:
                self._in_vain += 1
            return worth_it

    @property
    def is_patient(self) -> bool:
        """Whether a request would wait: not after so many that waited in vain."""
        with self._lock:
            return self._in_vain < _MOST_IN_VAIN

    def answered(self, *, succeeded: bool) -> None:
        """A request is over without having to wait; ``succeeded``: the target was ready to answer it."""
        with self._lock:
            self._in_vain = 0
            if succeeded:
                self._waited = 0.0
