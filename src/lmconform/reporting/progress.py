"""The one line that says how far a long wait is."""

from __future__ import annotations

import re
import sys
import time

from lmconform.reporting import escaping

_QUIET_SECONDS = 10.0


class Progress:
    """Written over and over on a terminal; elsewhere a line when the words change, or time has passed."""

    def __init__(self) -> None:
        self._words = ""
        self._when = 0.0

    def __call__(self, line: str) -> None:
        """Show ``line``."""
        line = escaping.terminal(line)
        if sys.stderr.isatty():
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
            return
        words, now = re.sub(r"\d+", "", line), time.monotonic()
        if words != self._words or now - self._when >= _QUIET_SECONDS:
            print(line, file=sys.stderr, flush=True)
            self._words, self._when = words, now
