"""How far a run is: one line on a terminal that garbles no other, now and then a line elsewhere, nothing when quiet."""

import io
import os
import pty
import re
import select
import subprocess

import pytest
from tests.conftest import LMCONFORM, clean_environment

from lmconform.reporting.progress import Progress

CLEAR = "\r\x1b[K"


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self):
        return self.now


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def clock():
    return Clock()


def started(stream, clock, weights=None):
    progress = Progress(stream, clock)
    progress.starts(weights or {"probe/A": 1.0, "probe/B": 1.0, "fuzz/c": 8.0}, lambda: 7)
    return progress


def test_a_log_gets_a_line_when_ten_seconds_have_passed(clock):
    stream = io.StringIO()
    progress = started(stream, clock)
    for clock.now in range(31):
        progress.begins("probe/A" if clock.now < 15 else "fuzz/c")
        if clock.now == 15:
            progress.ends("probe/A")
    assert stream.getvalue().splitlines() == [
        "progress  probe 0/3, 7 requests, 0:10  probe/A",
        "progress  fuzz 1/3, 7 requests, 0:20, about 3:00 left  fuzz/c",
        "progress  fuzz 1/3, 7 requests, 0:30, about 4:30 left  fuzz/c",
    ]


def test_a_terminal_has_one_line_that_is_cut_to_its_width_and_cleared_for_others(clock, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    stream = Terminal()
    progress = started(stream, clock)
    clock.now = 1.0
    progress.begins("probe/A")
    progress.poll("too soon")
    clock.now = 3725.0
    progress.poll("training/poll: poll 3: RUNNING (3 s of 5 s)\x1b[31m")
    progress.clear()
    progress.clear()
    lines = stream.getvalue().split(CLEAR)
    assert lines == ["", "probe 0/3, 7 requests, 0:01  probe/A", "probe 0/3, 7 requests, 1:02:05  traini…", ""]
    assert max(map(len, lines)) < 40


def test_an_item_that_ends_twice_or_belongs_to_no_selection_is_counted_once_or_not(clock):
    stream = io.StringIO()
    progress = started(stream, clock)
    for item in ("probe/A", "probe/A", "scenario/brought/along"):
        progress.ends(item)
    clock.now = 10.0
    progress.begins("probe/B")
    assert stream.getvalue().startswith("progress  probe 1/3, ")


def screen(*arguments, cwd):
    """What a run prints on a terminal of 80 columns, as the bytes that come."""
    master, slave = pty.openpty()
    environment = clean_environment(COLUMNS="80", TERM="xterm")
    process = subprocess.Popen(
        [*LMCONFORM, *arguments], cwd=cwd, env=environment, stdin=slave, stdout=slave, stderr=slave
    )
    os.close(slave)
    found = b""
    while select.select([master], [], [], 120)[0]:
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        found += piece
    os.close(master)
    assert process.wait(30) == 0
    return found.decode()


def test_on_a_terminal_the_line_is_never_in_another_one(tmp_path):
    text = screen("run", "--only", "scenario/training/*", "--only", "LM-ARTIFACT-*", cwd=tmp_path)
    assert re.search(r"\r\x1b\[K(scenario|probe) \d+/\d+, \d+ requests, ", text)
    for line in text.split("\r\n"):
        # What is written over is not seen: the last part of a line is.
        *gone, seen = line.split(CLEAR)
        assert all(len(part) < 80 for part in gone)
        assert not re.search(r"\d+/\d+, \d+ requests", seen), line
    assert "\x1b[3" not in text


def test_a_quiet_run_has_no_progress(tmp_path):
    text = screen("run", "--quiet", "--only", "scenario/training/*", cwd=tmp_path)
    assert CLEAR not in text
    assert "verdict   partial of mock" in text.rstrip().splitlines()[-1]
