"""Whoever ends a run, politely, gets a footer, and leaves nothing running, neither here nor on the target."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
import requests
from tests.conftest import LMCONFORM, clean_environment, read_events

ENDS = [signal.SIGINT, signal.SIGTERM]


class Started:
    """A run that was started in a process group of its own."""

    def __init__(self, folder, *arguments):
        self.out = Path(folder) / "out"
        self.process = subprocess.Popen(
            [*LMCONFORM, "run", *map(str, arguments), "--report-dir", str(self.out)],
            cwd=folder,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def wait_until(self, condition, seconds=60):
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, self.process.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def results(self):
        """The lines of results.jsonl that are whole."""
        path = self.out / "results.jsonl"
        return path.read_text().splitlines() if path.exists() else []

    def end(self, number, *, group=False, seconds=60):
        """Send a signal to the run (or to its whole group, as a terminal does); returns the footer."""
        if group:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        printed = self.process.communicate(timeout=seconds)[0]
        assert self.process.returncode == 2, printed
        assert "Traceback" not in printed
        footer = read_events(self.out)[-1]
        assert footer["type"] == "footer"
        assert (footer["complete"], footer["exit_code"]) == (False, 2)
        assert footer["verdict"] == "incomplete"
        return footer


@pytest.fixture
def started(tmp_path):
    """Starts runs, and kills those that a failed test leaves."""
    runs = []

    def start(*arguments):
        runs.append(Started(tmp_path, *arguments))
        return runs[-1]

    yield start
    for run in runs:
        if run.process.poll() is None:
            os.killpg(run.process.pid, signal.SIGKILL)
            run.process.communicate()


def embedded_mocks():
    """Processes that serve a mock for a run, by the folder of their key."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"mock" in words and b"--parent-pid" in words:
            found[int(path.parent.name)] = int(words[words.index(b"--parent-pid") + 1])
    return found


@pytest.mark.parametrize("number", ENDS, ids=["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupted_run_has_a_footer_and_its_mock_is_gone(number, workers, started):
    run = started("mock", "--profile", "full", "--workers", workers)
    run.wait_until(lambda: len(run.results()) > 60)
    mocks = [pid for pid, parent in embedded_mocks().items() if parent == run.process.pid]
    assert len(mocks) == 1
    run.end(number)
    assert not Path(f"/proc/{mocks[0]}").exists()


@pytest.mark.parametrize("number", ENDS, ids=["SIGINT", "SIGTERM"])
def test_a_signal_to_the_whole_group_ends_the_run_in_the_same_way(number, started):
    run = started("mock", "--profile", "full", "--workers", 2)
    run.wait_until(lambda: len(run.results()) > 60)
    footer = run.end(number, group=True)
    assert footer["exchanges"] > 20
    assert "execution" not in footer["left_behind"]


@pytest.mark.parametrize("number", ENDS, ids=["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("workers", [1, 2])
def test_what_an_interrupted_run_started_on_the_target_is_removed(number, workers, start_mock, started):
    mock = start_mock("--pace", "2")

    def executions():
        answer = requests.get(f"{mock.url}/v2/lm/executions", headers=mock.headers(), timeout=5)
        return {execution["id"] for execution in answer.json()["resources"]}

    before = executions()
    run = started(
        *(mock.url, "--service-key", mock.key_file, "--resource-group", "tutorial", "--workers", workers),
        *("--profile", "core", "--allow-writes", "--poll-interval", "0.2", "--only", "scenario/training/*"),
    )
    run.wait_until(lambda: executions() - before)
    footer = run.end(number)
    # A deletion is promised first, and done a little later.
    deadline = time.monotonic() + 20
    while executions() - before and time.monotonic() < deadline:
        time.sleep(0.2)
    assert executions() == before
    # The API removes neither artifacts nor configurations: they are counted.
    assert set(footer["left_behind"]) == {"artifact", "configuration"}
