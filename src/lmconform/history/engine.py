"""Opens the database of a store: SQLite or PostgreSQL, by its URL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from lmconform.errors import ConfigError, StorageLost

# Seconds that a process waits for others that write.
_PATIENCE: Final = 30
# A number that no other program locks in the same database: the letters lmcf.
_LOCK: Final = 0x6C6D6366
_POSTGRESQL: Final = "postgresql"


def parsed(address: str) -> URL:
    """The URL of a store, or the path of a SQLite file; raises ConfigError."""
    if "://" not in address:
        return URL.create("sqlite", database=address)
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise ConfigError(f"--history: {_shown(address)} is no URL of a database") from error
    if url.get_backend_name() == _POSTGRESQL:
        if find_spec("psycopg") is None:
            raise ConfigError("--history: PostgreSQL needs a driver; pip install 'lmconform[postgresql]'")
        return url.set(drivername="postgresql+psycopg")
    if url.drivername != "sqlite" or not url.database:
        raise ConfigError(
            f"--history: {_shown(address)} is neither a file, sqlite:///FILE nor postgresql://USER@HOST/DATABASE"
        )
    return url


def shown(url: URL) -> str:
    """The URL for people, without a password."""
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def opened(url: URL, *, write: bool) -> Engine:
    """An engine whose transactions do not run into each other; raises StorageLost where no file can be made."""
    if url.get_backend_name() == _POSTGRESQL:
        return create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": _PATIENCE})
    if write:
        _make_private(Path(str(url.database)))
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": _PATIENCE})
    # The driver's own transactions begin too late for that: SQLAlchemy documents these two listeners.
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin_writing if write else _on_begin_reading)
    return engine


@contextmanager
def transaction(engine: Engine, *, write: bool) -> Iterator[Connection]:
    """A transaction, the only one of all processes that writes.

    Raises StorageLost when the database fails, and ConfigError when the file is none.
    """
    try:
        with engine.begin() as connection:
            if write and engine.dialect.name == _POSTGRESQL:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection
    except SQLAlchemyError as error:
        if getattr(getattr(error, "orig", None), "sqlite_errorname", "") == "SQLITE_NOTADB":
            raise ConfigError(
                f"{shown(engine.url)}: is no store of lmconform ({brief(error)}); name another"
            ) from error
        raise StorageLost(f"{shown(engine.url)}: {brief(error)}") from error


def brief(error: SQLAlchemyError) -> str:
    """What the driver says, in one line."""
    words = str(getattr(error, "orig", None) or error)
    return " ".join(words.split())[:300]


def _shown(address: str) -> str:
    """An address that could not be parsed may still hold a password."""
    scheme, _, rest = address.partition("://")
    return repr(f"{scheme}://…{rest.rpartition('@')[2]}" if "@" in rest else address)


def _make_private(path: Path) -> None:
    """A new file is for its owner alone; one that is there keeps its mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StorageLost(f"{path}: cannot be written ({error.strerror})") from error


def _on_connect(connection: Any, record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def _on_begin_writing(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _on_begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
