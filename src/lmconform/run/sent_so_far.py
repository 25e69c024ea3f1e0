"""How many requests a run has sent so far, all its workers together: they record into one file."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

_PIECE: Final = 1 << 20


class SentSoFar:
    """Counts the lines of exchanges.jsonl; each call reads what has come since the last one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._lines = 0

    def __call__(self) -> int:
        """The number of exchanges that are recorded."""
        # Where the files are gone, the run says so itself.
        with suppress(OSError), self._path.open("rb") as file:
            file.seek(self._offset)
            while piece := file.read(_PIECE):
                self._lines += piece.count(b"\n")
                self._offset += len(piece)
        return self._lines
