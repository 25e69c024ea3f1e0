"""The store over real databases: what goes in comes out, what is old goes, processes do not disturb each other."""

import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.reporting import record

from lmconform.errors import ConfigError, StorageLost
from lmconform.history.store import Keep, Store
from lmconform.results.compare import compare

GREEN = replace(record.FOOTER, verdict="conformant", exit_code=0)


@pytest.fixture
def make(tmp_path):
    """Writes a run; returns it and the bytes of its file."""
    made = []

    def write(*events, footer=GREEN, **header):
        folder = tmp_path / f"run-{len(made)}"
        folder.mkdir()
        run = record.write(folder, replace(record.HEADER, **header), *(events or record.RESULTS), footer)
        made.append(run)
        return run, run.file.read_bytes()

    return write


def test_a_run_comes_back_as_it_went_in(url, make):
    run, lines = make(record.PASS, record.FAIL, record.SEEN)
    store = Store(url)
    store.add(run, lines)
    (stored,) = store.runs("mock")
    assert (stored.profile, stored.verdict, stored.seed, stored.counts) == ("full", "conformant", 7, {"PASS": 2})
    back = store.load(stored)
    assert (back.header, back.footer, back.results, back.observations) == (
        *(run.header, run.footer),
        *(run.results, run.observations),
    )
    assert compare(run, back).is_empty
    seen = store.outcomes([stored])[stored.id]
    assert {name: one.outcome for name, one in seen.items()} == {"probe/LM-A": "PASS", "probe/LM-B": "FAIL"}
    assert store.runs("other") == []


def test_the_last_green_run_is_of_the_same_target_profile_and_selection(url, make):
    store = Store(url)
    assert store.last_green(record.HEADER) is None
    expected = store.add(*make(record.PASS))
    store.add(*make(record.FAIL, footer=replace(record.FOOTER, exit_code=1)))
    store.add(*make(record.PASS, target="dev"))
    store.add(*make(record.PASS, profile="core"))
    store.add(*make(record.PASS, configuration={"only": ["probe/*"]}))
    store.add(*make(record.PASS, footer=replace(GREEN, complete=False)))
    assert store.last_green(record.HEADER).id == expected


def test_the_store_keeps_so_many_runs_of_a_target_and_the_last_green_one(url, make):
    store = Store(url)
    green = store.add(*make(record.PASS))
    red = [store.add(*make(record.FAIL, footer=replace(record.FOOTER, exit_code=1))) for _ in range(4)]
    other = store.add(*make(record.PASS, target="dev"))
    assert store.keep(2, None) == Keep(2, 0)
    assert [run.id for run in store.runs()] == [green, *red[-2:], other]
    # What is added later is held to the same.
    new = store.add(*make(record.FAIL, footer=replace(record.FOOTER, exit_code=1)))
    assert [run.id for run in store.runs("mock")] == [green, red[-1], new]
    assert set(store.outcomes(store.runs())) == {green, red[-1], new, other}
    assert Store(url).keep(None, None) == Keep(2, 0)


def test_the_store_keeps_runs_for_so_many_days(url, make):
    store = Store(url)
    today = datetime.now(UTC)
    red = replace(record.FOOTER, exit_code=1)
    for days in (40, 20, 0):
        store.add(*make(record.FAIL, footer=red, started=(today - timedelta(days=days)).isoformat()))
    assert len(store.runs()) == 3
    store.keep(None, 30)
    assert [run.started[:10] for run in store.runs()] == [str((today - timedelta(days=d)).date()) for d in (20, 0)]


ADDING = """
import sys
from pathlib import Path
from lmconform.history.store import Store
from lmconform.results.stream import Run
run = Run(Path(sys.argv[2]))
for _ in range(5):
    Store(sys.argv[1]).add(run, run.file.read_bytes())
"""


def test_processes_that_store_at_the_same_time_lose_nothing(url, make):
    run, _ = make(record.PASS, record.FAIL)
    # None of them finds a store: they make it at the same time.
    command = [sys.executable, "-c", ADDING, url, str(run.file)]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    assert [(p.communicate(timeout=120)[1], p.returncode) for p in processes] == [("", 0)] * 4
    store = Store(url)
    runs = store.runs()
    assert len({stored.id for stored in runs}) == 20
    assert {len(seen) for seen in store.outcomes(runs).values()} == {2}


def test_a_store_of_another_version_is_refused_and_left_as_it_is(url, make):
    store = Store(url)
    store.add(*make(record.PASS))
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            connection.execute("UPDATE lmconform_store SET value = '99' WHERE name = 'version'")
    else:
        import psycopg

        with psycopg.connect(url) as connection:
            connection.execute("UPDATE lmconform_store SET value = '99' WHERE name = 'version'")
    for attempt in (store.check, store.runs, lambda: store.add(*make(record.PASS))):
        with pytest.raises(ConfigError, match="is a store of version 99, expected 1"):
            attempt()


def test_a_file_of_something_else_is_neither_read_nor_changed(tmp_path, make):
    other, text = tmp_path / "other.sqlite", tmp_path / "text"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE notes (line TEXT)")
    text.write_text("hello " * 1000)
    before = other.read_bytes(), text.read_bytes()
    with pytest.raises(ConfigError, match="is a database of something else"):
        Store(str(other)).add(*make(record.PASS))
    with pytest.raises(ConfigError, match=r"is no store of lmconform \(file is not a database\); name another"):
        Store(str(text)).runs()
    assert (other.read_bytes(), text.read_bytes()) == before


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("mysql://me:secret@host/x", "is neither a file"),
        ("sqlite://", "is neither a file"),
        ("postgresql:/" + "/me:secret@host:port/x", "is no URL of a database"),
    ],
)
def test_an_address_that_is_no_store_is_refused_without_its_password(address, words):
    with pytest.raises(ConfigError, match=words) as refused:
        Store(address)
    assert "secret" not in str(refused.value)


def test_a_new_store_is_for_its_owner_alone(tmp_path, make):
    Store(f"{tmp_path}/deep/history.sqlite").add(*make(record.PASS))
    assert oct(Path(tmp_path / "deep").stat().st_mode)[-3:] == "700"
    assert oct((tmp_path / "deep" / "history.sqlite").stat().st_mode)[-3:] == "600"


def test_a_database_that_cannot_be_reached_is_one_line_without_a_password(tmp_path, make):
    for address in ("postgresql://me:secret@127.0.0.1:1/x", f"sqlite:///{tmp_path}/run-0/results.jsonl/inside"):
        with pytest.raises(StorageLost) as lost:
            Store(address).add(*make(record.PASS))
        assert "secret" not in str(lost.value)
        assert "\n" not in str(lost.value)
