"""The tables of the store."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

# Of the tables: one that reads them otherwise has another number.
VERSION: Final = "1"
METADATA: Final = MetaData()

# What the store says of itself: ``version``, and what it keeps (``keep_runs``, ``keep_days``).
ABOUT: Final = Table(
    "lmconform_store",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("value", String(40), nullable=False),
)

# ``selection`` is what decides what was judged beside target and profile; ``counts`` is JSON; ``events`` is
# results.jsonl, by zlib.
RUNS: Final = Table(
    "lmconform_run",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("target", Text, nullable=False),
    Column("profile", String(10), nullable=False),
    Column("selection", Text, nullable=False),
    Column("started", String(40), nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("exit_code", Integer, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("counts", Text, nullable=False),
    Column("events", LargeBinary, nullable=False),
    Index("lmconform_run_of_target", "target", "profile"),
    # An id is never given to a second run.
    sqlite_autoincrement=True,
)

# One row for each subject of a comparison that a run judged or should have judged.
OUTCOMES: Final = Table(
    "lmconform_outcome",
    METADATA,
    Column("run", Integer, ForeignKey(RUNS.c.id, ondelete="CASCADE"), primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("outcome", String(20), nullable=False),
    Column("gates", Boolean, nullable=False),
    Column("difference", Text, nullable=False),
)
