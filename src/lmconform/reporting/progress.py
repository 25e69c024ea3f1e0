"""How far a run is: one line that is written over and over on a terminal, and now and then a line elsewhere."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from typing import Final, TextIO

from lmconform.reporting import escaping

# Seconds between two writings on a terminal, and between two lines of a log.
_OFTEN: Final = 0.1
_SELDOM: Final = 10.0
# The part of a run from which on it is foreseen how long the rest takes.
_FORESEEN: Final = 0.05
_CLEAR: Final = "\r\x1b[K"


class Progress:
    """Follows a run by the items that begin and end."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._weights: Mapping[str, float] = {}
        self._sent: Callable[[], int] = int
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._clock = clock
        self._began = self._written = clock()
        self._done: set[str] = set()
        self._item = ""
        self._poll = ""
        self._shown = False

    def starts(self, weights: Mapping[str, float], sent: Callable[[], int]) -> None:
        """The run starts. ``weights`` has each item with what it takes, in any unit; ``sent`` counts the requests."""
        self._weights, self._sent = weights, sent
        self._began = self._written = self._clock()

    def begins(self, item: str) -> None:
        """The item has begun; with several workers, the newest is shown."""
        self._item, self._poll = item, ""
        self._show()

    def ends(self, item: str) -> None:
        """The item has ended: it has a result."""
        if item in self._weights:
            self._done.add(item)

    def poll(self, line: str) -> None:
        """What the item waits for."""
        self._poll = line
        self._show()

    def clear(self) -> None:
        """Make room for another line on a terminal."""
        if self._shown:
            self._stream.write(_CLEAR)
            self._stream.flush()
            self._shown = False

    def _show(self) -> None:
        now = self._clock()
        if now - self._written < (_OFTEN if self._is_terminal else _SELDOM):
            return
        self._written = now
        line = escaping.terminal(self._line(now - self._began))
        if self._is_terminal:
            # Cut: a line that wraps cannot be written over.
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(_CLEAR + (line if len(line) <= width else f"{line[: width - 1]}…"))
            self._shown = True
        else:
            self._stream.write(f"progress  {line}\n")
        self._stream.flush()

    def _line(self, elapsed: float) -> str:
        phase = self._item.partition("/")[0]
        counts = f"{phase} {len(self._done)}/{len(self._weights)}, {self._sent()} requests, {_clock(elapsed)}"
        return f"{counts}{self._left(elapsed)}  {self._poll or self._item}"

    def _left(self, elapsed: float) -> str:
        whole = sum(self._weights.values())
        part = sum(self._weights[item] for item in self._done) / whole if whole else 0.0
        return f", about {_clock(elapsed * (1 - part) / part)} left" if part >= _FORESEEN else ""


def _clock(seconds: float) -> str:
    """Minutes and seconds, or hours and minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
