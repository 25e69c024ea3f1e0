"""The store of runs: takes a run that is over, gives back what is known of a target."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, delete, insert, inspect, select

from lmconform.errors import ConfigError, StorageLost
from lmconform.exit_codes import ExitCode
from lmconform.history import engine as databases
from lmconform.history.tables import ABOUT, METADATA, OUTCOMES, RUNS, VERSION
from lmconform.results.events import Header
from lmconform.results.sameness import difference
from lmconform.results.stream import FILE_NAME, Run, parse
from lmconform.results.subjects import named

# Runs of one target that are kept unless the store says otherwise.
KEPT_RUNS: Final = 200


@dataclass(frozen=True, slots=True)
class Stored:
    """A run in the store. ``selection`` is the same for runs that judge the same items."""

    id: int
    target: str
    profile: str
    selection: str
    started: str
    verdict: str
    exit_code: int
    complete: bool
    seed: int
    counts: dict[str, int]

    @property
    def is_green(self) -> bool:
        """Whether its gate passed."""
        return self.complete and self.exit_code == ExitCode.PASSED


@dataclass(frozen=True, slots=True)
class Seen:
    """What one run said of one subject; ``difference`` is what was wrong, as two runs share it."""

    outcome: str
    gates: bool
    difference: str


@dataclass(frozen=True, slots=True)
class Keep:
    """What the store keeps of each target: the newest runs by number, and by days; ``days`` 0 sets no limit."""

    runs: int = KEPT_RUNS
    days: int = 0


class Store:
    """A store at a URL; it is made by the first run that is stored.

    Every method raises StorageLost when the database fails, and ConfigError when it holds something else.
    """

    def __init__(self, address: str) -> None:
        self.url = databases.parsed(address)

    def __str__(self) -> str:
        return databases.shown(self.url)

    @property
    def password(self) -> str:
        """The password in its URL, or an empty text."""
        return str(self.url.password or "")

    def check(self) -> None:
        """Raise ConfigError when it was made by another version of lmconform, or by something else."""
        if self._is_there():
            with databases.transaction(self._reader(), write=False) as connection:
                self._check(connection)

    def add(self, run: Run, lines: bytes) -> int:
        """Store a run that is over, and forget what the store does not keep; returns its id.

        ``lines`` are the bytes of its results.jsonl.
        """
        header, footer = run.header, run.footer
        assert header is not None
        assert footer is not None
        row = {
            "target": header.target,
            "profile": header.profile,
            "selection": selection(header),
            "started": header.started,
            "verdict": footer.verdict,
            "exit_code": footer.exit_code,
            "complete": footer.complete,
            "seed": header.seed,
            "counts": json.dumps(footer.counts),
            "events": zlib.compress(lines),
        }
        with databases.transaction(databases.opened(self.url, write=True), write=True) as connection:
            self._prepare(connection)
            key = connection.execute(insert(RUNS).values(row)).inserted_primary_key
            assert key is not None
            number = int(key[0])
            outcomes = [
                {
                    "run": number,
                    "subject": subject,
                    "outcome": results[0].outcome,
                    "gates": results[0].gates,
                    # PostgreSQL has no texts with U+0000.
                    "difference": difference(results[0]).replace("\0", "") if results[0].outcome != "PASS" else "",
                }
                for subject, results in named(run).items()
            ]
            if outcomes:
                connection.execute(insert(OUTCOMES), outcomes)
            _prune(connection, header.target, _keep(connection))
        return number

    def keep(self, runs: int | None, days: int | None) -> Keep:
        """What it keeps; None leaves a value as it is. What is beyond is forgotten at once."""
        if runs is None and days is None:
            if not self._is_there():
                return Keep()
            with databases.transaction(self._reader(), write=False) as connection:
                return _keep(connection) if self._check(connection) else Keep()
        with databases.transaction(databases.opened(self.url, write=True), write=True) as connection:
            self._prepare(connection)
            for name, value in (("keep_runs", runs), ("keep_days", days)):
                if value is not None:
                    connection.execute(delete(ABOUT).where(ABOUT.c.name == name))
                    connection.execute(insert(ABOUT).values(name=name, value=str(value)))
            kept = _keep(connection)
            for target in connection.execute(select(RUNS.c.target).distinct()).scalars().all():
                _prune(connection, target, kept)
        return kept

    def runs(self, target: str | None = None) -> list[Stored]:
        """The runs in it, of all targets or of one, in the order in which they were stored."""
        if not self._is_there():
            return []
        columns = [column for column in RUNS.c if column.name != "events"]
        wanted = select(*columns).order_by(RUNS.c.id)
        if target is not None:
            wanted = wanted.where(RUNS.c.target == target)
        with databases.transaction(self._reader(), write=False) as connection:
            if not self._check(connection):
                return []
            rows = connection.execute(wanted).mappings()
            return [Stored(**{**row, "counts": json.loads(row["counts"])}) for row in rows]

    def outcomes(self, runs: Iterable[Stored]) -> dict[int, dict[str, Seen]]:
        """What these runs said of each subject, by the id of the run."""
        found: dict[int, dict[str, Seen]] = defaultdict(dict)
        ids = [run.id for run in runs]
        wanted = select(OUTCOMES).where(OUTCOMES.c.run.in_(ids))
        with databases.transaction(self._reader(), write=False) as connection:
            for run, subject, *rest in connection.execute(wanted):
                found[run][subject] = Seen(*rest)
        return dict(found)

    def load(self, run: Stored) -> Run:
        """A stored run, with all that its results.jsonl said."""
        with databases.transaction(self._reader(), write=False) as connection:
            events = connection.execute(select(RUNS.c.events).where(RUNS.c.id == run.id)).scalar_one()
        name = f"run {run.id} of {self}"
        try:
            lines = zlib.decompress(events).decode().split("\n")
        except (zlib.error, UnicodeDecodeError) as error:
            raise StorageLost(f"{name}: cannot be read ({error})") from error
        return Run(Path(name) / FILE_NAME, parse((f"{line}\n" for line in lines), name))

    def last(self, header: Header) -> Stored | None:
        """The newest run that came to its end, of the same target, profile and selection."""
        return next((run for run in self._newest(header) if run.complete), None)

    def last_green(self, header: Header) -> Stored | None:
        """The newest of these runs whose gate passed."""
        return next((run for run in self._newest(header) if run.is_green), None)

    def _newest(self, header: Header) -> Iterator[Stored]:
        wanted = header.profile, selection(header)
        return (run for run in reversed(self.runs(header.target)) if (run.profile, run.selection) == wanted)

    def _reader(self) -> Engine:
        return databases.opened(self.url, write=False)

    def _is_there(self) -> bool:
        """Whether there is a file to read: SQLite would make one."""
        return self.url.get_backend_name() != "sqlite" or Path(str(self.url.database)).exists()

    def _prepare(self, connection: Connection) -> None:
        if not self._check(connection):
            METADATA.create_all(connection)
            connection.execute(insert(ABOUT).values(name="version", value=VERSION))

    def _check(self, connection: Connection) -> bool:
        """Whether the tables are there; raises ConfigError when they are of another version."""
        tables = set(inspect(connection).get_table_names())
        if ABOUT.name not in tables:
            if tables and connection.dialect.name == "sqlite":
                raise ConfigError(f"{self}: is a database of something else; name another file with --history")
            return False
        found = connection.execute(select(ABOUT.c.value).where(ABOUT.c.name == "version")).scalar_one_or_none()
        if found != VERSION:
            raise ConfigError(
                f"{self}: is a store of version {found or 'unknown'}, expected {VERSION}; "
                "use the lmconform that made it, or name another one with --history"
            )
        return True


def selection(header: Header) -> str:
    """What decides which items a run judges, beside target and profile: dialect and ``--only``, as JSON."""
    only: Any = header.configuration.get("only") or ()
    return json.dumps([header.dialect, *sorted(map(str, only))])


def _keep(connection: Connection) -> Keep:
    rows = {str(row.name): str(row.value) for row in connection.execute(select(ABOUT))}
    return Keep(int(rows.get("keep_runs", KEPT_RUNS)), int(rows.get("keep_days", 0)))


def _prune(connection: Connection, target: str, keep: Keep) -> None:
    """Forget the runs of a target that are beyond what is kept; the newest green one of each selection stays."""
    columns = RUNS.c.id, RUNS.c.profile, RUNS.c.selection, RUNS.c.started, RUNS.c.complete, RUNS.c.exit_code
    wanted = select(*columns).where(RUNS.c.target == target).order_by(RUNS.c.id.desc())
    rows = connection.execute(wanted).mappings().all()
    oldest = (datetime.now(UTC) - timedelta(days=keep.days)).isoformat() if keep.days else ""
    greens, gone = set[tuple[str, str]](), []
    for number, row in enumerate(rows):
        kind = row["profile"], row["selection"]
        is_green = row["complete"] and row["exit_code"] == ExitCode.PASSED
        if is_green and kind not in greens:
            greens.add(kind)
        elif number >= keep.runs or row["started"] < oldest:
            gone.append(row["id"])
    if gone:
        connection.execute(delete(OUTCOMES).where(OUTCOMES.c.run.in_(gone)))
        connection.execute(delete(RUNS).where(RUNS.c.id.in_(gone)))
