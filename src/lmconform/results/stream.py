"""Reads and writes results.jsonl."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

from lmconform.errors import ConfigError
from lmconform.evidence.redaction import Redactor, of_process
from lmconform.results.events import Event, Footer, Header, Latency, Observation, Result, as_json, from_json, with_texts

FILE_NAME = "results.jsonl"


class ResultWriter:
    """Writes events as they come, redacted; every line is on disk before the next item starts."""

    def __init__(self, path: Path, redactor: Redactor | None = None) -> None:
        self.path = path
        self._redactor = redactor or of_process()
        self._file = path.open("w", encoding="utf-8", buffering=1)

    def write(self, event: Event) -> Event:
        """Append one event; returns it as it was written."""
        clean = with_texts(event, self._redactor.text)
        self._file.write(json.dumps(as_json(clean), ensure_ascii=False) + "\n")
        return clean

    def close(self) -> None:
        """Release the file."""
        self._file.close()

    def __enter__(self) -> ResultWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def read(path: Path) -> Iterator[Event]:
    """The events in ``path`` (the file, or the folder of a run), one at a time.

    A last line that was cut off in the middle is left out: the run was killed there.
    Raises ConfigError for anything else that is no event.
    """
    file = path / FILE_NAME if path.is_dir() else path
    try:
        lines = file.open(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"{file}: cannot be read ({error.strerror}); give the folder of a run or its results.jsonl"
        ) from error
    with lines:
        yield from parse(lines, str(file))


def parse(lines: Iterable[str], name: str) -> Iterator[Event]:
    """The events of ``lines``, which come from what is called ``name``; raises ConfigError as ``read`` does."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            event = from_json(json.loads(line))
        except ValueError as error:
            if not line.endswith("\n"):
                return
            raise ConfigError(f"{name}:{number}: {error}; expected a results.jsonl of lmconform") from error
        yield event


class Run:
    """A whole run, read from its file (or from the folder that holds it), or of events that were read elsewhere."""

    def __init__(self, path: Path, events: Iterable[Event] | None = None) -> None:
        self.file = path / FILE_NAME if path.is_dir() else path
        self.header: Header | None = None
        self.footer: Footer | None = None
        self.results: dict[str, Result] = {}
        self.observations: dict[str, Observation] = {}
        self.latencies: dict[str, Latency] = {}
        for event in read(path) if events is None else events:
            match event:
                case Header():
                    self.header = event
                case Footer():
                    self.footer = event
                case Result():
                    self.results[event.id] = event
                case Observation():
                    self.observations[event.id] = event
                case Latency():
                    self.latencies[event.operation] = event
        if self.header is None:
            raise ConfigError(f"{path}: has no header line; expected a results.jsonl of lmconform")
