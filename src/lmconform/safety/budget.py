"""How much a run may start on a target that is not disposable, counted exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from threading import Lock
from typing import Final

from lmconform.contract.life import Runs
from lmconform.contract.resources import Resources
from lmconform.errors import BudgetSpent

# How many one worker may have started on a target that is not disposable: executions, and deployments.
MOST_STARTED: Final = {Runs.UNTIL_IT_ENDS: 40, Runs.UNTIL_STOPPED: 20}


class Budget:
    """Counts what was started, by the noun of its resource. Safe to use from several threads.

    ``limits`` maps a noun to how many there may be; what it does not name is counted and never refused.
    """

    def __init__(self, limits: Mapping[str, int]) -> None:
        self.limits = dict(limits)
        self._spent: Counter[str] = Counter()
        self._lock = Lock()

    @classmethod
    def of(cls, resources: Resources) -> Budget:
        """The limits for what runs and costs a tenant something."""
        return cls({r.noun: MOST_STARTED[r.cost.runs] for r in resources if r.cost.runs is not None})

    def take(self, noun: str) -> None:
        """Count one more before it is started; raises BudgetSpent when there may be no more."""
        with self._lock:
            most = self.limits.get(noun)
            if most is not None and self._spent[noun] >= most:
                raise BudgetSpent(f"not sent, no more {noun}s: the run has started its {most} {noun}s on this target")
            self._spent[noun] += 1

    def give_back(self, noun: str) -> None:
        """One that was taken was not started after all."""
        with self._lock:
            self._spent[noun] -= 1

    def count(self, noun: str) -> None:
        """One was started that was not taken before; never refused."""
        with self._lock:
            self._spent[noun] += 1

    def spent(self, noun: str) -> int:
        """How many were started, or may have been."""
        with self._lock:
            return self._spent[noun]
