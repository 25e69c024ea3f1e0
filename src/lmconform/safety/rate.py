"""When requests go to a target, for all workers together: so many a second, and none before the target allows it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from lmconform.safety.counters import Counters, Numbers

_NEXT: Final = "next request"
_HELD: Final = "no request before"


class Rate:
    """Gives each request a moment, so many ``per_second``; None gives all of them now.

    Moments are by time.monotonic(), which the processes of one machine share. ``host`` tells one that is asked for
    something else, such as tokens, from the target: it has a rate that does not count for the other.
    """

    def __init__(self, per_second: float | None, counters: Counters, host: str = "") -> None:
        self._seconds = 1.0 / per_second if per_second else 0.0
        self._counters = counters
        self._next, self._held = (f"{name} of {host}" if host else name for name in (_NEXT, _HELD))

    def wait(self, sleep: Callable[[float], None]) -> None:
        """Return when the next request may be sent."""
        now = time.monotonic()
        if self._seconds:
            moment = self._counters.change(lambda numbers: self._take(numbers, now))
            now = self._sleep_until(moment, now, sleep)
        # Another worker may be told to wait while this one does.
        while (moment := self._counters.value(self._held)) > now:
            now = self._sleep_until(moment, now, sleep)

    def hold(self, seconds: float) -> None:
        """No request goes out for so long, whatever the worker."""
        until = time.monotonic() + seconds
        self._counters.change(lambda numbers: numbers.update({self._held: max(until, numbers.get(self._held, 0.0))}))

    def _sleep_until(self, moment: float, now: float, sleep: Callable[[float], None]) -> float:
        if moment > now:
            sleep(moment - now)
        return max(moment, time.monotonic())

    def _take(self, numbers: Numbers, now: float) -> float:
        moment = max(now, numbers.get(self._next, 0.0))
        numbers[self._next] = moment + self._seconds
        return moment
