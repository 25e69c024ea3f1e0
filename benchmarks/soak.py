"""A great many hostile requests to mocks with chance choices: no 5xx, no exception in the log, no silence.

python benchmarks/soak.py [--requests 200000] [--seed 1] [--processes 3] [--legs 8]

Exit status 1, and the requests, when something was found.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import socket
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bench import Mock, mock, resident, table
from hostile import Hostile

from lmconform.contract.openapi import Contract
from lmconform.mock.switches import SWITCHES

_PATIENCE = 20.0
_SHORT = 0.3


@dataclass
class Found:
    """Statuses with their numbers, and what must not be: a word and the request."""

    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, bytes]] = field(default_factory=list)


def main() -> int:
    """Send, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=3)
    parser.add_argument("--legs", type=int, default=8, help="mocks, one after the other, each with other switches")
    arguments = parser.parse_args()
    began, rows, wrong = time.monotonic(), [], 0
    with tempfile.TemporaryDirectory(prefix="lmconform-soak-") as folder:
        for leg in range(arguments.legs):
            share = arguments.requests // arguments.legs
            # The first has all defaults, every second one keeps a state file.
            dice = random.Random(f"{arguments.seed}-{leg}")
            switches = [f"{s.name}={dice.choice(s.values)}" for s in SWITCHES] if leg else []
            options = ["--pace", "0.05", "--hour", "1", *(part for s in switches for part in ("--switch", s))]
            options += ["--state", str(Path(folder) / f"{leg}.db")] if leg % 2 else []
            with mock(*options) as server:
                found = _attack(server, share, arguments.processes, f"{arguments.seed}-{leg}")
                memory, log = resident(server.pid), server.log.read_text(errors="replace")
            refused = 501 if {"metrics-filter=501", "metrics-tag-filters=501"} & {*switches} else 0
            bad = [(w, r) for w, r in found.wrong if w != f"status {refused}"]
            for word, request in bad[:10]:
                print(f"leg {leg}: {word}\n  {request[:1500]!r}", file=sys.stderr)
            if log:
                print(f"leg {leg}: the log of the mock\n{log[-6000:]}", file=sys.stderr)
            wrong += len(bad) + bool(log)
            families = [sum(n for s, n in found.statuses.items() if s.startswith(f)) for f in "2345"]
            rest = found.statuses.total() - sum(families)
            rows.append([str(leg), *(str(n) for n in (*families, rest, len(bad), bool(log))), f"{memory:.0f}"])
    head = ("mock", "2xx", "3xx", "4xx", "501 by choice", "no answer", "wrong", "lines in the log", "MiB")
    print(table(head, rows))
    total = sum(int(n) for row in rows for n in row[1:6])
    print(f"\n{total} requests, seed {arguments.seed}, {time.monotonic() - began:.0f} s, {wrong} findings")
    return 1 if wrong or total < arguments.requests * 0.99 else 0


def _attack(server: Mock, requests: int, processes: int, seed: str) -> Found:
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        shares = [(server.url, server.token, requests // processes, f"{seed}-{n}") for n in range(processes)]
        found = Found()
        for part in pool.starmap(_work, shares):
            found.statuses += part.statuses
            found.wrong += part.wrong
        return found


def _work(url: str, token: str, number: int, seed: str) -> Found:
    dice = random.Random(seed)
    hostile, wire, found = Hostile(Contract.load(), token, dice), _Wire(url), Found()
    for _ in range(number):
        method, raw, framed = hostile.request()
        try:
            status, body = wire.exchange(method, raw) if framed else wire.scream(raw)
        except (OSError, ValueError) as error:
            wire.close()
            found.statuses["none"] += 1
            if framed:
                found.wrong.append((f"no answer ({error!r})", raw))
            continue
        found.statuses[str(status)] += 1
        if status >= 500:
            found.wrong.append((f"status {status}", raw))
        hostile.learn(body)
    wire.close()
    return found


class _Wire:
    """A client that sends whatever it is given."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 80)
        self._socket: socket.socket | None = None
        self._held = b""

    def exchange(self, method: str, raw: bytes) -> tuple[int, bytes]:
        """Send a request and read its answer; raises OSError or ValueError when there is none."""
        if self._socket is None:
            self._open(_PATIENCE)
        assert self._socket is not None
        self._socket.sendall(raw)
        return self._read(method)

    def scream(self, raw: bytes) -> tuple[int, bytes]:
        """Send what may be no request at all, on a connection of its own."""
        self.close()
        self._open(_SHORT)
        assert self._socket is not None
        try:
            self._socket.sendall(raw)
            return self._read("GET")
        finally:
            self.close()

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._held = None, b""

    def _open(self, patience: float) -> None:
        self._socket = socket.create_connection(self._address, timeout=patience)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _read(self, method: str) -> tuple[int, bytes]:
        while True:
            while b"\r\n\r\n" not in self._held:
                self._more()
            head, _, self._held = self._held.partition(b"\r\n\r\n")
            status = int(head.split(b" ", 2)[1])
            if status != 100:
                break
        lines = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        length = 0 if method == "HEAD" else int(lines.get(b"content-length", b"0"))
        while len(self._held) < length:
            self._more()
        body, self._held = self._held[:length], self._held[length:]
        if lines.get(b"connection") == b"close":
            self.close()
        return status, body

    def _more(self) -> None:
        assert self._socket is not None
        got = self._socket.recv(65536)
        if not got:
            raise ConnectionError("hung up")
        self._held += got


if __name__ == "__main__":
    sys.exit(main())
