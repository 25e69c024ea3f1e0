"""Reads and writes results.jsonl."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from lmconform import __version__
from lmconform.errors import ConfigError
from lmconform.evidence.recordings.lines import objects, parsed
from lmconform.evidence.redaction import Redactor, of_process
from lmconform.results.events import (
    Coverage,
    Event,
    Footer,
    Header,
    Latency,
    Life,
    Observation,
    Result,
    as_json,
    from_json,
    with_texts,
)
from lmconform.results.schema import problem
from lmconform.results.story_size import StorySize

FILE_NAME = "results.jsonl"
_EXPECTED = f"a results.jsonl of lmconform {__version__}; give the folder of a run, or that file"


class ResultWriter:
    """Writes events as they come, redacted; every line is on disk before the next item starts.

    A link of the name of the file is not followed: OSError is raised.
    """

    def __init__(self, path: Path, redactor: Redactor | None = None) -> None:
        self.path = path
        self._redactor = redactor or of_process()
        self._file = open(path, "w", encoding="utf-8", buffering=1, opener=_without_links)  # noqa: SIM115
        self._stories = StorySize()

    def write(self, event: Event) -> Event:
        """Append one event; returns it as it was written."""
        clean = with_texts(self._stories.cut(event), self._redactor.text)
        self._file.write(json.dumps(as_json(clean), ensure_ascii=False) + "\n")
        return clean

    def close(self) -> None:
        """Release the file."""
        self._file.close()

    def discard(self) -> None:
        """Release the file and remove it: nothing was done that it would have to say."""
        with suppress(OSError):
            self.close()
        with suppress(OSError):
            self.path.unlink()

    def __enter__(self) -> ResultWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def _without_links(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o666)


def read(path: Path) -> Iterator[Event]:
    """The events in ``path`` (the file, or the folder of a run), one at a time.

    A last line that was cut off in the middle is left out: the run was killed there.
    Raises ConfigError for anything else that is no event of this version.
    """
    file = path / FILE_NAME if path.is_dir() else path
    yield from _events(objects(file, _EXPECTED), str(file))


def parse(lines: Iterable[str], name: str) -> Iterator[Event]:
    """The events of ``lines``, which come from what is called ``name``; raises ConfigError as ``read`` does."""
    yield from _events(parsed((line.encode() for line in lines), name, _EXPECTED), name)


def _events(found: Iterable[tuple[int, dict[str, Any]]], name: str) -> Iterator[Event]:
    writer = ""
    for number, line in found:
        if line.get("type") == Header.type and line.get("lmconform") not in (None, __version__):
            writer = f" (lmconform {str(line['lmconform'])[:20]} wrote it: use that version, or run the target again)"
        if wrong := problem(line):
            raise ConfigError(f"{name}:{number}: {wrong}{writer}; expected {_EXPECTED}")
        yield from_json(line)


class Run:
    """A whole run, read from its file (or from the folder that holds it), or of events that were read elsewhere."""

    def __init__(self, path: Path, events: Iterable[Event] | None = None) -> None:
        self.file = path / FILE_NAME if path.is_dir() else path
        self.header: Header | None = None
        self.footer: Footer | None = None
        self.results: dict[str, Result] = {}
        self.observations: dict[str, Observation] = {}
        self.latencies: dict[str, Latency] = {}
        self.coverage: dict[str, Coverage] = {}
        self.lives: list[Life] = []
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
                case Coverage():
                    self.coverage[event.operation] = event
                case Life():
                    self.lives.append(event)
        if self.header is None:
            raise ConfigError(f"{self.file}: has no header line; expected {_EXPECTED}")
