"""Runs that are killed without a word lose nothing: ``lmconform cleanup`` removes what they left, and says so."""

import json
import os
import re
import resource
import signal
import subprocess
import time

import pytest
from tests.conftest import read_events
from tests.safety.foreign import Foreign
from tests.safety.killing import cleanup, held, kill_at_random, metrics_of, start, wait_for_lines


@pytest.fixture
def state(tmp_path):
    """Where the journals of one test lie, as variables."""
    return {"XDG_STATE_HOME": str(tmp_path / "state")}


def left_on(mock, foreign):
    """What is there and does not belong to others."""
    return {name for name in held(mock) if name not in foreign.before}


@pytest.mark.parametrize(("workers", "seed"), [(1, 1), (1, 3), (2, 2)])
def test_what_a_killed_run_left_is_removed_and_foreign_things_stay(workers, seed, start_mock, tmp_path, state):
    mock = start_mock()
    foreign = Foreign(mock)
    kill_at_random(mock, tmp_path / "out", "--profile", "core", "--workers", workers, seed=seed, env=state)
    left = left_on(mock, foreign)
    dry = cleanup(mock, "--all", env=state)
    assert dry.returncode == 0, dry.stderr
    assert left_on(mock, foreign) == left
    if left:
        assert "nothing was changed" in dry.stdout
        assert cleanup(mock, "--all", "--check", env=state).returncode == 1
    done = cleanup(mock, "--all", "--yes", env=state)
    assert done.returncode == 0, done.stdout + done.stderr
    assert left_on(mock, foreign) == set()
    assert metrics_of(mock, [name for kind, name in left if kind == "executions"]) == []
    assert cleanup(mock, tmp_path / "out", "--check", env=state).returncode == 0
    assert foreign.now() == foreign.before


def test_what_cannot_be_deleted_is_named_by_its_id(start_mock, tmp_path, state):
    mock = start_mock()
    kill_at_random(mock, tmp_path / "out", "--profile", "core", "--only", "probe/LM-CONF*", seed=7, lines=40, env=state)
    made = {name for kind, name in held(mock, kinds=("artifacts", "configurations"))}
    done = cleanup(mock, "--all", "--yes", env=state)
    assert done.returncode == 0
    named = set(re.findall(r"[0-9a-f-]{36}", done.stdout))
    assert named <= made
    run = next((tmp_path / "state" / "lmconform").iterdir())
    ours = [e["id"] for e in map(json.loads, (run / "main.jsonl").read_text().splitlines()) if e["event"] == "created"]
    assert set(ours) & made <= named


def test_the_journal_of_a_run_that_is_not_over_is_left_to_it(start_mock, tmp_path, state):
    mock = start_mock()
    run = start(mock, tmp_path / "out", "--profile", "core", env=state)
    try:
        wait_for_lines(tmp_path / "out", 50, run)
        refused = cleanup(mock, tmp_path / "out", "--yes", env=state)
        assert refused.returncode == 4
        assert "is not over" in refused.stderr
    finally:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait(10)


def test_another_target_is_not_cleaned_up(start_mock, tmp_path, state):
    mock, other = start_mock(), start_mock()
    kill_at_random(mock, tmp_path / "out", "--profile", "core", seed=5, lines=200, env=state)
    refused = cleanup(other, tmp_path / "out", other.url, "--yes", env=state)
    assert refused.returncode == 4
    assert "name that of the run" in refused.stderr
    assert cleanup(other, "--all", other.url, env=state).stdout.startswith("no run left a journal on ")


def test_a_worker_that_is_killed_ends_the_run_and_what_it_started_is_removed(start_mock, tmp_path, state):
    mock = start_mock()
    before = set(held(mock))
    run = start(mock, tmp_path / "out", "--profile", "core", "--workers", 2, env=state)
    wait_for_lines(tmp_path / "out", 800, run)
    children = subprocess.run(["pgrep", "-P", str(run.pid)], capture_output=True, text=True, check=True).stdout.split()
    os.kill(int(children[-1]), signal.SIGKILL)
    killed = time.monotonic()
    assert run.wait(60) == 11
    assert time.monotonic() - killed < 45, "30 s on a machine that does nothing else"
    footer = read_events(tmp_path / "out")[-1]
    assert footer["verdict"] == "incomplete"
    assert re.search(r"worker gw\d was killed", footer["message"])
    # A deletion is promised first, and done a little later.
    deadline = time.monotonic() + 10
    while set(held(mock)) - before and time.monotonic() < deadline:
        time.sleep(0.2)
    assert set(held(mock)) == before


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGQUIT], ids=lambda number: number.name)
def test_the_end_of_a_terminal_ends_a_run_in_good_order(number, start_mock, tmp_path, state):
    mock = start_mock()
    before = set(held(mock))
    run = start(mock, tmp_path / "out", "--profile", "core", env=state)
    wait_for_lines(tmp_path / "out", 900, run)
    os.killpg(run.pid, number)
    assert run.wait(60) == 2
    assert read_events(tmp_path / "out")[-1]["exit_code"] == 2
    assert cleanup(mock, "--all", "--yes", env=state).returncode == 0
    assert set(held(mock)) == before


def test_a_second_interrupt_loses_nothing(start_mock, tmp_path, state):
    mock = start_mock("--pace", "3")
    before = set(held(mock))
    run = start(mock, tmp_path / "out", "--profile", "core", env=state)
    wait_for_lines(tmp_path / "out", 900, run)
    run.send_signal(signal.SIGINT)
    time.sleep(0.3)
    run.send_signal(signal.SIGINT)
    assert run.wait(60) == 2
    footer = read_events(tmp_path / "out")[-1]
    left = {one for ids in footer["left"].values() for one in ids}
    deadline = time.monotonic() + 30
    # What the target has accepted to delete goes by itself.
    while {one for _, one in set(held(mock)) - before} - left:
        assert time.monotonic() < deadline, set(held(mock)) - before
        time.sleep(0.2)
    if set(held(mock)) - before:
        assert footer["cleanup"].startswith("lmconform cleanup ")
    done = cleanup(mock, tmp_path / "out", "--yes", env=state)
    assert done.returncode == 0 or "is gone" in done.stderr, done.stdout + done.stderr
    assert set(held(mock)) == before


def test_a_full_folder_of_reports_ends_the_run_and_nothing_is_left(start_mock, tmp_path, state):
    mock = start_mock()
    before = set(held(mock))
    least = 400_000
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (least, limit[1]))
    try:
        run = start(mock, tmp_path / "out", "--profile", "core", env=state)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert run.wait(120) == 11
    printed = (tmp_path / "out.printed").read_text()
    assert "Traceback" not in printed
    assert "File too large" in printed
    deadline = time.monotonic() + 10
    while set(held(mock)) - before and time.monotonic() < deadline:
        time.sleep(0.2)
    assert set(held(mock)) == before
