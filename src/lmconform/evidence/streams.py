"""Puts the redactor before standard output and standard error: tracebacks and warnings of libraries go there as well."""

from __future__ import annotations

import io
import sys
import threading
from typing import TextIO

from lmconform.evidence.redaction import Redactor, of_process


class RedactedStream(io.TextIOBase):
    """Passes text on to a stream, redacted. A line is passed on when it is complete, or when it is flushed.

    It has no ``buffer``: bytes would not be redacted.
    """

    def __init__(self, stream: TextIO, redactor: Redactor) -> None:
        super().__init__()
        self._stream = stream
        self._redactor = redactor
        self._begun = ""
        self._lock = threading.RLock()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream behind this one."""
        return self._stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """What becomes of characters that the encoding lacks."""
        return self._stream.errors

    def writable(self) -> bool:
        """Always."""
        return True

    def isatty(self) -> bool:
        """Whether a person reads it."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """The descriptor of the stream behind this one."""
        return self._stream.fileno()

    def write(self, text: str) -> int:
        """Pass on complete lines; a secret that several calls write together is whole then."""
        with self._lock:
            lines, end, rest = (self._begun + text).rpartition("\n")
            self._begun = rest
            if end:
                self._stream.write(self._redactor.text(lines) + end)
        return len(text)

    def flush(self) -> None:
        """Pass on what is there."""
        with self._lock:
            begun, self._begun = self._begun, ""
            if begun:
                self._stream.write(self._redactor.text(begun))
            self._stream.flush()


def guard() -> None:
    """Redact what this process writes to standard output and standard error from now on; a second call does nothing."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, RedactedStream):
            setattr(sys, name, RedactedStream(stream, of_process()))
