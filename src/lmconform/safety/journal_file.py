"""The journal of one process on disk: a line for each step, on disk before a creation is sent."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from lmconform.errors import StorageLost

Entry = Mapping[str, Any]


class JournalFile:
    """Appends entries, JSON objects, to one file that only this process writes. Safe to use from several threads.

    As long as it is open its lock is held: ``is_open`` says so to other processes, and a process that is killed
    gives it up.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        self._fd = os.open(path, flags, 0o600)
        # What ends the line before, where that was cut.
        self._break = b""
        self._lock = Lock()
        fcntl.flock(self._fd, fcntl.LOCK_EX)

    def write(self, entry: Entry, *, sync: bool = False) -> None:
        """Append an entry; ``sync`` returns when it is on disk. Raises StorageLost.

        Without ``sync`` it is with the operating system, which a killed process does not take along.
        """
        data = json.dumps(entry, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            data = self._break + data
            try:
                if (written := os.write(self._fd, data)) < len(data):
                    self._break = b"\n" if written else self._break
                    raise OSError("the disk is full")
                self._break = b""
                if sync:
                    os.fsync(self._fd)
            except OSError as error:
                reason = error.strerror or str(error)
                raise StorageLost(
                    f"the journal {self.path} cannot be written ({reason}); nothing more is created"
                ) from error

    def close(self) -> None:
        """Release the file and its lock."""
        with self._lock:
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The entries of a file; a line that was cut by a full disk or a killed process is left out. Raises OSError."""
    for line in path.read_bytes().splitlines():
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict) and isinstance(entry.get("event"), str):
            yield entry


def is_open(path: Path) -> bool:
    """Whether a process still writes the file. Raises OSError."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False
