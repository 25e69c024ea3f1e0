"""How fast the mock is and whether its memory stays level, beside Stoplight Prism on the same description.

python benchmarks/mock.py [--rounds 5] [--seconds 3] [--requests 200000] [--prism node_modules/.bin/prism]

Needs wrk (Debian: ``apt-get install wrk``) and Prism (npm: ``npm install @stoplight/prism-cli``). Both servers
get the same requests from the same client, one after the other; ours keeps and validates everything, Prism answers
with examples.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from bench import Mock, middle, mock, resident, table

HERE = Path(__file__).resolve().parent
SPEC = HERE.parent / "specs" / "lm" / "openapi.yaml"
GROUP = {"AI-Resource-Group": "tutorial"}


@dataclass(frozen=True)
class Server:
    """Somebody who is measured; ``prefix`` is what comes before ``/lm``."""

    name: str
    url: str
    prefix: str
    token: str


@dataclass(frozen=True)
class Ask:
    """One request; ``path`` begins with ``/lm``."""

    method: str
    path: str
    body: str | None
    connections: int

    def __str__(self) -> str:
        return f"{self.method} {'one execution' if self.method == 'GET' else 'an execution'}, {self.connections}"


def main() -> int:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement")
    parser.add_argument("--requests", type=int, default=200_000, help="of the second table; 0 leaves it out")
    parser.add_argument("--prism", default="prism", help="the peer's command")
    parser.add_argument("--state", type=Path, help="let the mock keep this state file (removed before each round)")
    arguments = parser.parse_args()
    for command in ("wrk", arguments.prism):
        if shutil.which(command) is None:
            raise SystemExit(f"{command} is not there; see the top of {Path(__file__).name}")
    if arguments.rounds:
        speed(arguments)
    if arguments.requests:
        memory(arguments.requests)
    return 0


def speed(arguments: argparse.Namespace) -> None:
    """Requests per second and waiting times, ours beside Prism's."""
    measured: dict[tuple[str, str], list[dict[str, float]]] = {}
    with prism(arguments.prism) as peer:
        # The first round warms up: a just-in-time compiler needs some time.
        for number in range(arguments.rounds + 1):
            with _fresh(arguments.state) as ours:
                configuration = _configuration(ours)
                body = json.dumps({"configurationId": configuration})
                one = _send(ours, "POST", "/executions", json.loads(body))["id"]
                servers = [Server("ours", ours.url, "/v2", ours.token), peer]
                for ask in [
                    Ask(method, path, content, connections)
                    for connections in (1, 16)
                    for method, path, content in (
                        ("GET", f"/lm/executions/{one}", None),
                        ("POST", "/lm/executions", body),
                    )
                ]:
                    for server in servers if number % 2 else reversed(servers):
                        found = _wrk(server, ask, arguments.seconds)
                        if number:
                            measured.setdefault((str(ask), server.name), []).append(found)
    rows = []
    for what in dict.fromkeys(what for what, _ in measured):
        ours_, theirs = measured[what, "ours"], measured[what, "Prism"]
        rate, peer_rate = (middle([r["requests"] / r["seconds"] for r in runs]) for runs in (ours_, theirs))
        waits = [f"{middle([r[p] for r in runs]) / 1000:.2f}" for p in ("p50", "p99") for runs in (ours_, theirs)]
        rows.append([what, f"{rate:.0f}", f"{peer_rate:.0f}", *waits, f"{rate / peer_rate:.1f}"])
    head = ("request, connections", "ours/s", "Prism/s", "p50 ms", "Prism's", "p99 ms", "Prism's", "of the peer's")
    print(table(head, rows), flush=True)


def memory(wanted: int) -> None:
    """Resident memory at ten points of a long life."""
    rows = []
    # So small a quota that everything that is kept for good is kept before the first point.
    with mock("--pace", "0.001", "--quota", "1000") as ours:
        environment = os.environ | {"BENCH_TOKEN": ours.token, "BENCH_CONFIGURATION": _configuration(ours)}
        sent, rate = 0, 2000.0
        rows.append(["0", f"{resident(ours.pid):.1f}"])
        for point in range(1, 11):
            seconds = max(1, round((wanted * point / 10 - sent) / rate))
            ran = _json(["wrk", "-t1", "-c16", f"-d{seconds}s", "-s", str(HERE / "life.lua"), ours.url], environment)
            sent += int(ran["requests"])
            rate = ran["requests"] / ran["seconds"]
            rows.append([f"{sent:,}", f"{resident(ours.pid):.1f}"])
            # A million requests take minutes: somebody waits.
            print(*rows[-1], file=sys.stderr, flush=True)
    print()
    print(table(("requests", "MiB"), rows))


@contextmanager
def prism(command: str) -> Iterator[Server]:
    """Prism, with static answers and a silent log."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [command, "mock", "-h", "127.0.0.1", "-p", str(port), "-v", "silent", str(SPEC)],
        env=os.environ | {"NODE_ENV": "production"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 120
        while True:
            try:
                requests.get(f"http://127.0.0.1:{port}/", timeout=5)
                break
            except requests.ConnectionError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit("Prism does not start") from None
                time.sleep(0.2)
        yield Server("Prism", f"http://127.0.0.1:{port}", "", "any")
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def _fresh(state: Path | None) -> Iterator[Mock]:
    """A mock that holds nothing yet, and may hold what a round of starts makes."""
    if state is not None:
        state.unlink(missing_ok=True)
    with mock("--quota", "1000000", *(("--state", str(state)) if state else ())) as ours:
        yield ours


def _configuration(ours: Mock) -> str:
    artifact = {"name": "data", "kind": "dataset", "url": "ai://default/data", "scenarioId": "text-clf-tutorial"}
    binding = {"key": "text-data", "artifactId": _send(ours, "POST", "/artifacts", artifact)["id"]}
    body = {"name": "bench", "scenarioId": "text-clf-tutorial", "executableId": "text-clf-train-tutorial"}
    return str(_send(ours, "POST", "/configurations", body | {"inputArtifactBindings": [binding]})["id"])


def _send(ours: Mock, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = GROUP | {"Authorization": f"Bearer {ours.token}"}
    answer = requests.request(method, f"{ours.url}/v2/lm{path}", json=body, headers=headers, timeout=10)
    answer.raise_for_status()
    return dict(answer.json())


def _wrk(server: Server, ask: Ask, seconds: int) -> dict[str, float]:
    environment = os.environ | {"BENCH_METHOD": ask.method, "BENCH_TOKEN": server.token}
    environment["BENCH_PATH"] = server.prefix + ask.path
    if ask.body is not None:
        environment["BENCH_BODY"] = ask.body
    command = ["wrk", "-t1", f"-c{ask.connections}", f"-d{seconds}s", "-s", str(HERE / "one.lua"), server.url]
    found = _json(command, environment)
    if found["bad"]:
        raise SystemExit(f"{server.name}: {found['bad']:.0f} of {found['requests']:.0f} answers to {ask} were wrong")
    return found


def _json(command: list[str], environment: dict[str, str]) -> dict[str, float]:
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=3600)
    if ran.returncode:
        raise SystemExit(f"{' '.join(command)}: {ran.stderr or ran.stdout}")
    return dict(json.loads(ran.stdout.splitlines()[-1]))


if __name__ == "__main__":
    sys.exit(main())
