"""The time of a mock: it runs with that of the machine, or moves by requests, or only by hand."""

from __future__ import annotations

import re
import time
from datetime import timedelta

# How the time moves: with that of the machine; when a client waits, which repeated GETs show; or by ``advance`` alone.
RUNNING, POLLS, BY_HAND = "running", "polls", "by-hand"
TIMES = (RUNNING, POLLS, BY_HAND)
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhd])")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
# Dates that do not fit into a date-time would break every answer.
_MOST = 3650 * 86400.0


class Clock:
    """Seconds since the epoch, and an hour of ttl and schedules takes ``hour`` of them; ``way`` is one of ``TIMES``."""

    def __init__(self, way: str = RUNNING, hour: float = 3600.0) -> None:
        self.way = way
        self._hour = hour
        self._begun = time.time()
        self._ahead = 0.0

    def __call__(self) -> float:
        """Now."""
        return (time.time() if self.way == RUNNING else self._begun) + self._ahead

    def advance(self, by: str | float | timedelta) -> None:
        """Move on by a duration of a tenant, such as ``1h``: where an hour is shorter, so is what it moves."""
        self.move(seconds(by) * self._hour / _SECONDS["h"])

    def move(self, by: float) -> None:
        """Move on by so many seconds of the mock itself."""
        self._ahead += by

    def reset(self) -> None:
        """Back to the time of the machine."""
        self._begun, self._ahead = time.time(), 0.0


def seconds(duration: str | float | timedelta) -> float:
    """A duration in seconds: a number, ``30s``, ``1h30m`` or ``2d``, a timedelta; raises ValueError."""
    if isinstance(duration, timedelta):
        value = duration.total_seconds()
    elif isinstance(duration, int | float) and not isinstance(duration, bool):
        value = float(duration)
    elif isinstance(duration, str) and duration and not _PART.sub("", duration):
        value = sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(duration))
    else:
        raise ValueError(f"{duration!r} is no duration; expected seconds, or a text such as 30s, 1h30m, 2d")
    if not 0 <= value <= _MOST:
        raise ValueError(f"{duration!r} is no duration from 0 to ten years; time does not go back")
    return value
