"""What the benchmarks share: a process with its time and memory, a mock, a table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import requests

LMCONFORM = [sys.executable, "-m", "lmconform"]


@dataclass(frozen=True)
class Ran:
    """A finished process: seconds of wall time, peak resident memory in MiB, what it printed."""

    seconds: float
    memory: float
    status: int
    output: str


def run(command: Sequence[str], *, cwd: Path | None = None, limit: float = 1800) -> Ran:
    """Run a command; the memory is that of the process itself, without its children."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("AICORE_", "PYTEST_"))}
    with tempfile.TemporaryFile("w+") as out:
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() - began > limit:
                process.kill()
            time.sleep(0.01)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - began
        out.seek(0)
        return Ran(seconds, usage.ru_maxrss / 1024, process.returncode, out.read())


@dataclass(frozen=True)
class Mock:
    """A mock of ours: its base URL without ``/v2``, the file with its key, a token, its process, what it wrote."""

    url: str
    key_file: Path
    token: str
    pid: int
    log: Path


@contextmanager
def mock(*arguments: str) -> Iterator[Mock]:
    """A mock process with options of your choice."""
    with tempfile.TemporaryDirectory(prefix="lmconform-bench-") as folder:
        key_file = Path(folder) / "key.json"
        command = [*LMCONFORM, "mock", "--port", "0", "--quiet", "--write-service-key", str(key_file), *arguments]
        log = Path(folder) / "mock.log"
        with log.open("wb") as stream:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream)
        try:
            key = _key(process, key_file)
            form = {
                "grant_type": "client_credentials",
                "client_id": key["clientid"],
                "client_secret": key["clientsecret"],
            }
            token = requests.post(f"{key['url']}/oauth/token", data=form, timeout=10).json()["access_token"]
            yield Mock(key["serviceurls"]["AI_API_URL"], key_file, token, process.pid, log)
        finally:
            process.terminate()
            process.wait(10)


def _key(process: subprocess.Popen[bytes], file: Path) -> dict[str, str]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            key = json.loads(file.read_text())
            requests.get(f"{key['serviceurls']['AI_API_URL']}/v2/lm/healthz", timeout=2)
        except (OSError, ValueError):
            time.sleep(0.05)
        else:
            return key
    raise SystemExit(f"the mock does not start: {file.with_name('mock.log').read_text()}")


def resident(pid: int) -> float:
    """Resident memory of a process, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def middle(values: Sequence[float]) -> float:
    """The median."""
    return float(median(values))
