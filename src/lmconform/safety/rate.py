"""How many requests a second go to a target, for all workers together."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from lmconform.safety.counters import Counters, Numbers

_NEXT: Final = "next request"


class Rate:
    """Gives each request a moment, ``seconds`` after that of the one before; 0 gives all of them now.

    Moments are by time.monotonic(), which the processes of one machine share.
    """

    def __init__(self, per_second: float | None, counters: Counters) -> None:
        self._seconds = 1.0 / per_second if per_second else 0.0
        self._counters = counters

    def wait(self, sleep: Callable[[float], None]) -> None:
        """Return when the next request may be sent."""
        if self._seconds:
            now = time.monotonic()
            moment = self._counters.change(lambda numbers: self._take(numbers, now))
            if moment > now:
                sleep(moment - now)

    def _take(self, numbers: Numbers, now: float) -> float:
        moment = max(now, numbers.get(_NEXT, 0.0))
        numbers[_NEXT] = moment + self._seconds
        return moment
