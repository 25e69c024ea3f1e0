"""Reads and writes results.jsonl."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from lmconform.errors import ConfigError
from lmconform.evidence.redaction import Redactor, of_process
from lmconform.results.events import Event, Footer, Header, Observation, Result, as_json, from_json, with_texts
from lmconform.results.story_size import StorySize

FILE_NAME = "results.jsonl"


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
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                event = from_json(json.loads(line))
            except ValueError as error:
                if not line.endswith("\n"):
                    return
                raise ConfigError(f"{file}:{number}: {error}; expected a results.jsonl of lmconform") from error
            yield event


class Run:
    """A whole run, read from its file (or from the folder that holds it)."""

    def __init__(self, path: Path) -> None:
        self.file = path / FILE_NAME if path.is_dir() else path
        self.header: Header | None = None
        self.footer: Footer | None = None
        self.results: dict[str, Result] = {}
        self.observations: dict[str, Observation] = {}
        for event in read(path):
            match event:
                case Header():
                    self.header = event
                case Footer():
                    self.footer = event
                case Result():
                    self.results[event.id] = event
                case Observation():
                    self.observations[event.id] = event
        if self.header is None:
            raise ConfigError(f"{path}: has no header line; expected a results.jsonl of lmconform")
