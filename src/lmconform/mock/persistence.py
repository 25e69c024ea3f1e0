"""The state file: the store in SQLite, so that a mock continues after a restart."""

from __future__ import annotations

import dataclasses
import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from lmconform.errors import ConfigError
from lmconform.mock.content import Catalog
from lmconform.mock.problems import Problem
from lmconform.mock.records import Enactment, Moment, Schedule, Tracking
from lmconform.mock.store import PLAIN, Group, Store, weigh

VERSION = 1
# Seconds until what only reads tries to write once more, after the file could not be written.
_PAUSE = 1.0
_APPLICATION = 0x6C6D6366
# The rowid is the order of creation, which is the order of lists; an update keeps it.
_TABLES = (
    "CREATE TABLE things (grp TEXT, shelf TEXT, id TEXT, data BLOB, UNIQUE (grp, shelf, id))",
    "CREATE TABLE points (grp TEXT, execution TEXT, first INTEGER, data TEXT, UNIQUE (grp, execution, first))",
    "CREATE TABLE facts (name TEXT PRIMARY KEY, data TEXT)",
)
_PUT = (
    "INSERT INTO things (grp, shelf, id, data) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (grp, shelf, id) DO UPDATE SET data = excluded.data"
)
_REFERENCES = frozenset({"configuration", "served", "before", "artifacts"})
_ENACTMENT = tuple(f.name for f in dataclasses.fields(Enactment) if f.name not in _REFERENCES)
_SCHEDULE = tuple(f.name for f in dataclasses.fields(Schedule) if f.name != "configuration")


class StateFile:
    """The file behind a store. ``touched`` records a change; ``commit`` writes the changes since the last commit.

    The operating system has what was committed, so that ``kill -9`` loses nothing. A power failure may lose the
    last commits, but does not damage the file. Only one process can open the file at a time.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the file; raises ConfigError when it cannot be used."""
        self._path = path
        self._store: Store | None = None
        self._changed: dict[tuple[str, str, str], None] = {}
        self._next_try = 0.0
        try:
            # The file contains the client secret, so only its owner can read it.
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            self._db = sqlite3.connect(path, timeout=0, isolation_level=None)
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._prepare()
        except OSError as error:
            raise self._unusable(f"cannot be opened ({error.strerror})") from error
        except sqlite3.Error as error:
            raise self._unusable(_why(error)) from error

    def fact(self, name: str, default: str) -> str:
        """The stored value of that name; when there is none, ``default`` is stored."""
        self._db.execute("INSERT OR IGNORE INTO facts VALUES (?, ?)", (name, default))
        return str(self._db.execute("SELECT data FROM facts WHERE name = ?", (name,)).fetchone()[0])

    def touched(self, group: str, shelf: str, key: str) -> None:
        """Record that the resource has to be written."""
        self._changed[group, shelf, key] = None

    def load(self, store: Store, catalog: Catalog) -> None:
        """Fill a new store from the file, and attach it; raises ConfigError."""
        self._store = store
        try:
            for name, data in self._read("groups"):
                group = store.groups.get(name[0]) or store.add(name[0])
                group.created, group.labels = data["created"], data["labels"]
            self._load_things(store, catalog)
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            raise self._unusable("is damaged; start with another file") from error
        for group in store.groups.values():
            group.resume()
        self.commit()

    def commit(self, *, is_urgent: bool = True) -> None:
        """Write the recorded changes; keeps them for the next commit when that fails.

        Raises Problem 507 then. Not urgent: it raises nothing, and tries no more than once in a while.
        """
        if not self._changed or (not is_urgent and time.monotonic() < self._next_try):
            return
        try:
            self._db.execute("BEGIN")
            for group, shelf, key in self._changed:
                self._write(group, shelf, key)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            for tracking in self._trackings():
                tracking.saved = 0
            self._next_try = time.monotonic() + _PAUSE
            if is_urgent:
                raise _unwritable(error) from error
        else:
            self._changed.clear()

    def close(self) -> None:
        """Close the file, so that another process can open it."""
        self._db.close()

    def _prepare(self) -> None:
        # The lock is taken with the first write and held until the file is closed.
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("BEGIN EXCLUSIVE")
        application, version, tables = (
            self._db.execute(query).fetchone()[0]
            for query in ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
        )
        if not tables:
            for table in _TABLES:
                self._db.execute(table)
            self._db.execute(f"PRAGMA application_id = {_APPLICATION}")
            self._db.execute(f"PRAGMA user_version = {VERSION}")
        elif application != _APPLICATION:
            raise self._unusable("is a database of something else; choose another file")
        elif version != VERSION:
            raise self._unusable(f"has version {version}, expected {VERSION}; start with another file")
        self._db.execute("COMMIT")

    def _unusable(self, why: str) -> ConfigError:
        return ConfigError(f"--state {self._path}: {why}")

    def _write(self, group: str, shelf: str, key: str) -> None:
        holder = self._holder(group)
        thing = None if holder is None else holder if shelf == "groups" else getattr(holder, shelf).get(key)
        if thing is None:
            self._drop(group, shelf, key)
            return
        if isinstance(thing, Tracking):
            self._append(group, key, thing)
        self._db.execute(_PUT, (group, shelf, key, _data(thing)))

    def _drop(self, group: str, shelf: str, key: str) -> None:
        if shelf == "groups":
            self._db.execute("DELETE FROM things WHERE grp = ?", (group,))
            self._db.execute("DELETE FROM points WHERE grp = ?", (group,))
        else:
            self._db.execute("DELETE FROM things WHERE grp = ? AND shelf = ? AND id = ?", (group, shelf, key))
        if shelf == "tracking":
            self._db.execute("DELETE FROM points WHERE grp = ? AND execution = ?", (group, key))

    def _append(self, group: str, key: str, tracking: Tracking) -> None:
        """Write only the new points: writing all of them at each commit would become slower and slower."""
        if not tracking.saved:
            self._db.execute("DELETE FROM points WHERE grp = ? AND execution = ?", (group, key))
        if new := tracking.metrics[tracking.saved :]:
            self._db.execute("INSERT INTO points VALUES (?, ?, ?, ?)", (group, key, tracking.saved, json.dumps(new)))
        tracking.saved = len(tracking.metrics)

    def _read(self, shelf: str) -> Iterator[tuple[tuple[str, str], Any]]:
        """The rows of a shelf: group and id, and the stored data."""
        query = "SELECT grp, id, data FROM things WHERE shelf = ? ORDER BY rowid"
        for group, key, data in self._db.execute(query, (shelf,)):
            yield (group, key), data if shelf == "files" else json.loads(data)

    def _load_things(self, store: Store, catalog: Catalog) -> None:
        for (name, key), data in self._read("artifacts"):
            _shelve(store.groups[name], "artifacts", key, data, weigh(data))
        for (name, key), data in self._read("configurations"):
            if catalog.executable(data["scenarioId"], data["executableId"]) is None:
                raise self._unusable(
                    f"has a configuration for executable {data['executableId']}, which no template defines; "
                    "start with the same templates as before, or with another file"
                )
            _shelve(store.groups[name], "configurations", key, data, weigh(data))
        for shelf in ("executions", "deployments"):
            for (name, key), data in self._read(shelf):
                _shelve(store.groups[name], shelf, key, _enactment(store.groups[name], data), PLAIN)
        for (name, key), data in self._read("schedules"):
            configuration = store.groups[name].configurations[data["configuration"]]
            _shelve(store.groups[name], "schedules", key, Schedule(**data | {"configuration": configuration}), PLAIN)
        for (name, key), data in self._read("tracking"):
            _shelve(store.groups[name], "tracking", key, self._tracking(name, key, data), PLAIN + data["weight"])
        for (name, key), data in self._read("files"):
            _shelve(store.groups[name], "files", key, data, len(data))

    def _tracking(self, group: str, key: str, data: dict[str, Any]) -> Tracking:
        query = "SELECT data FROM points WHERE grp = ? AND execution = ? ORDER BY first"
        points = [point for row in self._db.execute(query, (group, key)) for point in json.loads(row[0])]
        return Tracking(points, data["tags"], data["custom_info"], data["weight"], len(points))

    def _holder(self, name: str) -> Group | None:
        return self._store.groups.get(name) if self._store else None

    def _trackings(self) -> Iterator[Tracking]:
        for name, shelf, key in self._changed:
            holder = self._holder(name)
            if shelf == "tracking" and holder is not None and key in holder.tracking:
                yield holder.tracking[key]


def _shelve(group: Group, shelf: str, key: str, thing: Any, weight: int) -> None:
    getattr(group, shelf)[key] = thing
    group.weight += weight


def _data(thing: Any) -> str | bytes:
    """The stored form of a record; it refers to configurations and artifacts by their ids."""
    if isinstance(thing, bytes):
        return thing
    if isinstance(thing, Enactment):
        served, artifacts = thing.served, thing.artifacts
        record = {name: getattr(thing, name) for name in _ENACTMENT}
        record["configuration"] = thing.configuration["id"]
        record["served"] = None if served is None else served["id"]
        record["before"] = None if thing.before is None else dataclasses.asdict(thing.before)
        record["artifacts"] = None if artifacts is None else [a["id"] for a in artifacts]
    elif isinstance(thing, Schedule):
        record = {name: getattr(thing, name) for name in _SCHEDULE} | {"configuration": thing.configuration["id"]}
    elif isinstance(thing, Tracking):
        record = {"tags": thing.tags, "custom_info": thing.custom_info, "weight": thing.weight}
    elif isinstance(thing, Group):
        record = {"created": thing.created, "labels": thing.labels}
    else:
        record = thing
    return json.dumps(record, separators=(",", ":"))


def _enactment(group: Group, data: dict[str, Any]) -> Enactment:
    served, before, artifacts = data["served"], data["before"], data["artifacts"]
    data["configuration"] = group.configurations[data["configuration"]]
    data["served"] = None if served is None else group.configurations[served]
    data["before"] = None if before is None else Moment(**before)
    data["artifacts"] = None if artifacts is None else [group.artifacts[key] for key in artifacts]
    data["outputs"] = tuple((name, kind) for name, kind in data["outputs"])
    return Enactment(**data)


def _unwritable(error: sqlite3.Error) -> Problem:
    """507 Insufficient Storage (RFC 4918, section 11.5)."""
    return Problem(
        507, "507", f"The state file cannot be written ({error}): free room on its disk, and send this again"
    )


def _why(error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "is in use by another process"
    if name.startswith("SQLITE_NOTADB"):
        return "is no SQLite file; choose another"
    return f"cannot be used ({error})"
