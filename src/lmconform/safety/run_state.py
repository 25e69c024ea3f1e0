"""The private folder of a run: its id, the journals of its processes, and the counters that they share.

``$XDG_STATE_HOME/lmconform/<run>`` (default ``~/.local/state``) holds ``run.json``, ``counters.json`` and one
``<worker>.jsonl`` for each process that created something. No secret is in any of them.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import string
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from lmconform.errors import ConfigError
from lmconform.safety import journal_file
from lmconform.safety.counters import Counters
from lmconform.safety.guard import NAME_PREFIX
from lmconform.safety.journal import Journal
from lmconform.safety.journal_file import JournalFile

MAIN: Final = "main"
ABOUT: Final = "run.json"
COUNTERS: Final = "counters.json"
JOURNAL: Final = ".jsonl"
_LETTERS: Final = 6
# What run.json says of the target, and its type.
_KINDS: Final = {"target": str, "base_url": str, "dialect": str, "overlay": list, "resource_groups": list}


def root(environ: Mapping[str, str]) -> Path:
    """The folder of all runs of this user."""
    named = environ.get("XDG_STATE_HOME", "")
    base = Path(named) if Path(named).is_absolute() else Path(environ.get("HOME") or Path.home()) / ".local" / "state"
    return base / "lmconform"


@dataclass(slots=True)
class RunState:
    """What the processes of one run share. ``folder`` None: one process, and nothing on disk.

    ``id`` is the time of its beginning and letters that no other run has.
    """

    id: str
    folder: Path | None = None
    counters: Counters = field(default_factory=Counters)
    # A folder that goes with the run: what it created on the target goes as well.
    passing: bool = False

    @classmethod
    def in_memory(cls) -> RunState:
        """Of a run whose target ends with its process."""
        return cls(new_id())

    @classmethod
    def create(cls, about: Mapping[str, Any], environ: Mapping[str, str], *, passing: bool, writes: bool) -> RunState:
        """A new folder; ``about`` goes into run.json: what a later ``cleanup`` needs to know, and nothing secret.

        ``passing``: the target ends with the run, and so does the folder. ``writes``: the run creates something, and
        needs the journal; raises ConfigError when there can be none.
        """
        run = new_id()
        try:
            folder = Path(tempfile.mkdtemp(prefix="lmconform-run-")) if passing else root(environ) / run
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_synced(folder / ABOUT, {"run": run, "started": datetime.now(UTC).isoformat("T", "seconds"), **about})
        except OSError as error:
            if writes:
                raise ConfigError(
                    f"{root(environ)}: the journal of the run cannot be written ({error.strerror}); "
                    "set XDG_STATE_HOME to a folder that can"
                ) from error
            return cls(run)
        return cls(run, folder, Counters(folder / COUNTERS), passing)

    @classmethod
    def join(cls, run: str, folder: str) -> RunState:
        """That of another process of the same run; ``folder`` empty: there is none."""
        return cls(run, Path(folder), Counters(Path(folder) / COUNTERS)) if folder else cls(run)

    @classmethod
    def find(cls, folder: Path) -> RunState:
        """That of an earlier run, by its folder."""
        return cls(folder.name, folder)

    @property
    def prefix(self) -> str:
        """Names of everything that this run creates begin with it."""
        return f"{NAME_PREFIX}{self.id.rpartition('-')[2]}-"

    def journal(self, worker: str = MAIN) -> Journal:
        """An empty journal for a process of this run; ``worker`` distinguishes those."""
        file = JournalFile(self.folder / f"{worker}{JOURNAL}") if self.folder is not None else None
        return Journal(file)

    def recorded(self, worker: str = "", *, into: Journal | None = None) -> Journal:
        """What the files of the run say together, or that of one process; raises OSError."""
        journal = Journal() if into is None else into
        for path in self.files():
            if worker in ("", path.stem):
                journal.replay(journal_file.read(path))
        return journal

    def files(self) -> list[Path]:
        """The journals of all its processes."""
        return sorted(self.folder.glob(f"*{JOURNAL}")) if self.folder is not None else []

    def is_running(self) -> bool:
        """Whether a process of the run still writes its journal."""
        return any(journal_file.is_open(path) for path in self.files())

    def about(self) -> dict[str, Any]:
        """What run.json says; raises ConfigError."""
        assert self.folder is not None
        try:
            return _about(json.loads((self.folder / ABOUT).read_text(encoding="utf-8")))
        except (OSError, ValueError, RecursionError) as error:
            raise ConfigError(
                f"{self.folder / ABOUT}: cannot be read as the head of a journal ({error}); "
                "remove what the run left by hand: its report has the ids"
            ) from error

    def end(self) -> None:
        """The run is over: release the counters; the folder goes when it says nothing that anybody needs."""
        self.counters.close()
        if self.folder is not None and (self.passing or not any(p.stat().st_size for p in self.files())):
            shutil.rmtree(self.folder, ignore_errors=True)


def new_id() -> str:
    """An id that no other run has: the time in UTC, and letters."""
    letters = "".join(random.SystemRandom().choices(string.ascii_lowercase, k=_LETTERS))
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{letters}"


def every(environ: Mapping[str, str]) -> Iterator[RunState]:
    """All runs of this user that left a folder, the oldest first; raises ConfigError when nobody can say which."""
    try:
        folders = [folder for folder in sorted(root(environ).iterdir()) if (folder / ABOUT).is_file()]
    except FileNotFoundError:
        # No run has been here.
        return
    except OSError as error:
        raise ConfigError(
            f"{root(environ)}: the journals cannot be read ({error.strerror}); see XDG_STATE_HOME"
        ) from error
    yield from map(RunState.find, folders)


def _about(data: Any) -> dict[str, Any]:
    """``data``, when it has the types that a run writes; raises ValueError."""
    if not isinstance(data, dict):
        raise ValueError("expected a JSON object")
    for name, kind in _KINDS.items():
        value = data.get(name)
        is_text = all(isinstance(part, str) for part in value) if isinstance(value, list) else True
        if value is not None and not (isinstance(value, kind) and is_text):
            raise ValueError(f"{name}: expected a {'text' if kind is str else 'list of texts'}")
    return data


def _write_synced(path: Path, data: Mapping[str, Any]) -> None:
    """Write a new file, readable by this user only, and return when it and its name are on disk.

    It appears with its full content: a process that is killed here leaves no head that nobody can read.
    """
    draft = path.with_name(f".{path.name}")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(fd, json.dumps(data, indent=1).encode())
        os.fsync(fd)
    finally:
        os.close(fd)
    draft.rename(path)
    above = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(above)
    finally:
        os.close(above)
