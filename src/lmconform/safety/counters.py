"""Numbers by name that all workers of a run share: in memory for one process, in a locked file for several."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TypeVar

from lmconform.errors import StorageLost

T = TypeVar("T")
Numbers = dict[str, float]
# One read gets all of it: some tens of names, and a number each.
_MOST = 64 * 1024


class Counters:
    """Numbers by name; one that was never set is 0. Safe to use from several threads, and processes with a ``file``."""

    def __init__(self, file: Path | None = None) -> None:
        self._numbers: Numbers = {}
        self._lock = Lock()
        self._fd = -1 if file is None else os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def change(self, function: Callable[[Numbers], T]) -> T:
        """Call ``function`` with all numbers, which it may change; no other change comes in between.

        What it raises goes on, and then nothing is changed in a file. Raises StorageLost.
        """
        with self._lock:
            if self._fd < 0:
                return function(self._numbers)
            with self._locked():
                numbers = self._read()
                result = function(numbers)
                self._write(numbers)
                return result

    def value(self, name: str) -> float:
        """One number; nothing is written."""
        with self._lock:
            if self._fd < 0:
                return self._numbers.get(name, 0.0)
            with self._locked():
                return self._read().get(name, 0.0)

    def close(self) -> None:
        """Release the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    @contextmanager
    def _locked(self) -> Iterator[None]:
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._fd, fcntl.LOCK_UN)

    def _read(self) -> Numbers:
        # A process that was killed while it wrote leaves the rest of a longer line behind the first.
        line = os.pread(self._fd, _MOST, 0).partition(b"\n")[0]
        numbers: Numbers = json.loads(line) if line else {}
        return numbers

    def _write(self, numbers: Numbers) -> None:
        data = json.dumps(numbers).encode() + b"\n"
        try:
            if os.pwrite(self._fd, data, 0) < len(data):
                raise OSError("the disk is full")
            os.ftruncate(self._fd, len(data))
        except OSError as error:
            raise StorageLost(f"the counters of the run cannot be written: {error.strerror or error}") from error
