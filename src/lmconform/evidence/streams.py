"""Puts the redactor before standard output and standard error: tracebacks and warnings of libraries go there too."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from lmconform.evidence.redaction import Redactor, of_process


class OutputLost(OSError):
    """Standard output or standard error cannot be written; ``is_closed``: because what read it has ended.

    It is no BrokenPipeError: click and rich end the process when they see one, in the middle of a run.
    """

    def __init__(self, reason: str, *, is_closed: bool) -> None:
        super().__init__(reason)
        self.is_closed = is_closed


class RedactedStream:
    """Passes text on to a stream, redacted. A line is passed on when it is complete, or when it is flushed.

    It has no ``buffer``: bytes would not be redacted. Raises OutputLost, once: what is written after that goes nowhere.
    """

    def __init__(self, stream: TextIO, redactor: Redactor) -> None:
        self._stream = stream
        self._redactor = redactor
        self._begun = ""
        self._lock = threading.RLock()

    @property
    def encoding(self) -> str:
        """The encoding of the stream behind this one."""
        return self._stream.encoding

    @property
    def errors(self) -> str | None:
        """What becomes of characters that the encoding lacks."""
        return self._stream.errors

    @property
    def closed(self) -> bool:
        """Whether the stream behind this one is closed."""
        return self._stream.closed

    def isatty(self) -> bool:
        """Whether a person reads it."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """The descriptor of the stream behind this one."""
        return self._stream.fileno()

    def write(self, text: str) -> int:
        """Pass on complete lines; a secret that several calls write together is whole then."""
        with self._lock:
            lines, end, self._begun = (self._begun + text).rpartition("\n")
            if end:
                with self._writing():
                    self._stream.write(self._redactor.text(lines) + end)
        return len(text)

    def flush(self) -> None:
        """Pass on what is there."""
        with self._lock:
            begun, self._begun = self._begun, ""
            with self._writing():
                if begun:
                    self._stream.write(self._redactor.text(begun))
                self._stream.flush()

    def close(self) -> None:
        """Close the stream behind this one."""
        self._stream.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            # What waits in the buffer would fail again when CPython ends, which replaces our exit code by 120.
            with suppress(OSError):
                _abandon(self.fileno())
            raise OutputLost(error.strerror or str(error), is_closed=isinstance(error, BrokenPipeError)) from error


def _abandon(descriptor: int) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)


def guard() -> None:
    """Redact what this process writes to standard output and standard error from now on; a second call does nothing."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, RedactedStream):
            setattr(sys, name, RedactedStream(stream, of_process()))
