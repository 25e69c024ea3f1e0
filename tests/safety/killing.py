"""Runs against a mock that are killed, and what the mock then holds."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import requests
from tests.conftest import LMCONFORM, clean_environment

COSTLY = ("executions", "deployments", "executionSchedules")


def held(mock, group="tutorial", kinds=COSTLY):
    """Everything of some kinds that the mock has in a group, by kind and id."""
    found = {}
    for kind in kinds:
        answer = requests.get(
            f"{mock.url}/v2/lm/{kind}", params={"$top": 1000}, headers=mock.headers(group), timeout=10
        )
        found |= {(kind, one["id"]): one for one in answer.json()["resources"]}
    return found


def metrics_of(mock, executions, group="tutorial"):
    """Those of the executions that have metrics."""
    found = []
    for number in range(0, len(executions), 10):
        query = {"executionIds": ",".join(executions[number : number + 10])}
        answer = requests.get(f"{mock.url}/v2/lm/metrics", params=query, headers=mock.headers(group), timeout=10)
        found += [one["executionId"] for one in answer.json().get("resources", ())] if answer.ok else []
    return found


def command(mock, out, *arguments):
    """The command line of a run that writes to the mock."""
    return [
        *(*LMCONFORM, "run", mock.url, "--service-key", str(mock.key_file), "--resource-group", "tutorial"),
        *("--other-resource-group", "other", "--allow-writes", "--disposable", "--poll-interval", "0.05", "--quiet"),
        # On a machine that is busy with other runs the first answers take longer than the preflight waits.
        *("--request-timeout", "30", "--report-dir", str(out), *map(str, arguments)),
    ]


def start(mock, out, *arguments, env=None):
    """The process of a run, the leader of a process group."""
    with Path(f"{out}.printed").open("wb") as stream:
        return subprocess.Popen(
            command(mock, out, *arguments),
            env=clean_environment(**(env or {})),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )


def wait_for_lines(out, number, process, seconds=90):
    """Return when the results have so many lines, or the run has ended."""
    file, deadline = Path(out) / "results.jsonl", time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        if file.is_file() and file.read_bytes().count(b"\n") >= number:
            return
        time.sleep(0.02)


def kill_at_random(mock, out, *arguments, seed, lines=2500, env=None):
    """Start a run and kill it and its workers, without a word, somewhere on its way.

    Returns whether it was killed: it may have come to its end before. AssertionError when that end is a bad one.
    """
    chance = random.Random(seed)
    process = start(mock, out, *arguments, env=env)
    wait_for_lines(out, chance.randrange(lines), process)
    time.sleep(chance.random() * 0.3)
    if process.poll() is not None:
        printed = Path(f"{out}.printed").read_text(errors="replace")
        assert process.returncode == 0, f"the run ended with {process.returncode} before it was killed: {printed}"
        return False
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
    return True


def cleanup(mock, *arguments, env=None, timeout=120):
    """``lmconform cleanup`` with the credentials of the mock."""
    words = [
        *LMCONFORM,
        "cleanup",
        *map(str, arguments),
        "--service-key",
        str(mock.key_file),
        "--poll-interval",
        "0.05",
    ]
    return subprocess.run(
        words, env=clean_environment(**(env or {})), capture_output=True, text=True, timeout=timeout, check=False
    )
