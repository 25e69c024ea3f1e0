"""Ctrl-C, SIGTERM, SIGHUP and SIGQUIT, taken where a run can be ended in good order."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

# What ends a process politely, beside Ctrl-C; some systems do not have all of them.
POLITE: Final = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name))


class Interrupts:
    """Turns these signals into KeyboardInterrupt, but for moments when that would get lost.

    Hooks of other plugins run around every item, and one that is interrupted may raise an error
    of its own instead. So between items the signal is only remembered, and acted upon at once
    where an item waits.
    """

    def __init__(self) -> None:
        self._asked = False
        self._held = False
        # How many threads are within ``shield``.
        self._shields = 0
        self._lock = threading.Lock()
        self._before: dict[int, Any] = {}

    def install(self, *, terminate: bool = True) -> None:
        """Take the signals from now on; ``terminate`` False: of all but Ctrl-C the process takes no notice."""
        # Only the main thread may; a pytest that runs in another one keeps its handlers.
        with suppress(ValueError):
            self._before[signal.SIGINT] = signal.signal(signal.SIGINT, self._take)
            for number in POLITE:
                if not is_ignored(number):
                    self._before[number] = signal.signal(number, self._take if terminate else signal.SIG_IGN)

    def restore(self) -> None:
        """Give the signals back."""
        with suppress(ValueError):
            for number, handler in self._before.items():
                signal.signal(number, handler)
        self._before.clear()

    def hold(self) -> None:
        """Only remember from now on: what follows must not be broken off."""
        self._held = True

    @contextmanager
    def held(self) -> Iterator[None]:
        """Around an item: only remember, and act when it is over."""
        self._act()
        self._held = True
        try:
            yield
        finally:
            self._held = False
        self._act()

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Within ``held``, around what may take long: act at once."""
        self._held = False
        try:
            self._act()
            yield
        finally:
            self._held = True

    @contextmanager
    def shield(self) -> Iterator[None]:
        """Within ``acting``, around what should not be cut in two: a second signal does it all the same.

        Several threads may be within it at once; the signal is acted upon when none is any more.
        """
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)
        if not self._held and not self._shields:
            self._act()

    def _take(self, number: int, frame: object) -> None:
        again, self._asked = self._asked, True
        if not self._held and (again or not self._shields):
            raise KeyboardInterrupt

    def _count(self, more: int) -> None:
        with self._lock:
            self._shields += more

    def _act(self) -> None:
        if self._asked:
            raise KeyboardInterrupt


def is_ignored(number: int) -> bool:
    """Whether the process was started so that a signal means nothing to it, as nohup does with SIGHUP."""
    return signal.getsignal(number) is signal.SIG_IGN


def is_behind(error: BaseException) -> bool:
    """Whether ``error`` is an interrupt, or was made of one on its way.

    CPython before 3.12 turns whatever is raised while it names the members of a class into a RuntimeError.
    """
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, KeyboardInterrupt):
        cause = cause.__cause__
    return cause is not None
