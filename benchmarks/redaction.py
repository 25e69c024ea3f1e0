"""How much of a run is spent on masking secrets: the share of its CPU time, per profile.

python benchmarks/redaction.py [--rounds 3] [--profiles smoke,core,full]

The run is a real one, in a process whose redactor is timed by the CPU clock of the thread that calls it.
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import middle, run, table

INSIDE = "--inside"
# What masks, what searches the files after a run, and what computes the forms of a secret.
TIMED = ("text", "shows", "learn", "learn_token", "learn_pem", "learn_basic")


@dataclass
class Clock:
    """CPU seconds in the redactor, calls of it, and characters that it was given. Calls within calls count once."""

    seconds: float = 0.0
    calls: int = 0
    characters: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _here: threading.local = field(default_factory=threading.local)

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """``function``, a method with one text as its first argument, with its time noted."""

        @functools.wraps(function)
        def call(redactor: Any, text: str, *rest: Any) -> Any:
            if getattr(self._here, "busy", False):
                return function(redactor, text, *rest)
            self._here.busy = True
            began = time.thread_time()
            try:
                return function(redactor, text, *rest)
            finally:
                spent = time.thread_time() - began
                self._here.busy = False
                with self._lock:
                    self.seconds += spent
                    self.calls += 1
                    self.characters += len(text)

        return call


def inside(result: Path, arguments: Sequence[str]) -> int:
    """Run the command line in this process with a timed redactor, and write what it took; returns its exit code."""
    from lmconform.cli.main import main as lmconform
    from lmconform.evidence.redaction import Redactor

    clock, code = Clock(), 0
    for name in TIMED:
        setattr(Redactor, name, clock.timed(getattr(Redactor, name)))
    try:
        lmconform(list(arguments))
    except SystemExit as end:
        code = int(end.code or 0)
    whole = time.process_time()
    found = {"redaction": clock.seconds, "whole": whole, "calls": clock.calls, "characters": clock.characters}
    result.write_text(json.dumps(found))
    return code


def main() -> int:
    """Measure, and print the table."""
    if INSIDE in sys.argv[1:2]:
        return inside(Path(sys.argv[2]), sys.argv[3:])
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profiles", default="smoke,core,full")
    arguments = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="lmconform-bench-") as folder:
        result = Path(folder) / "result.json"
        for profile in arguments.profiles.split(","):
            measured = []
            for number in range(arguments.rounds):
                command = [
                    "run",
                    "mock",
                    "--profile",
                    profile,
                    "--report-dir",
                    str(Path(folder) / f"{profile}-{number}"),
                ]
                done = run([sys.executable, __file__, INSIDE, str(result), *command])
                if done.status != 0:
                    print(done.output, file=sys.stderr)
                    return 1
                measured.append(json.loads(result.read_text()))
            rows.append(_row(profile, measured))
    print(table(("profile", "texts", "MB of text", "CPU s of the run", "of these in the redactor", "share"), rows))
    return 0


def _row(profile: str, measured: Sequence[dict[str, float]]) -> list[str]:
    def mid(name: str) -> float:
        return middle([one[name] for one in measured])

    share = middle([one["redaction"] / one["whole"] for one in measured])
    numbers = (
        f"{mid('calls'):,.0f}",
        f"{mid('characters') / 1e6:.1f}",
        f"{mid('whole'):.1f}",
        f"{mid('redaction'):.2f}",
    )
    return [profile, *numbers, f"{share:.1%}"]


if __name__ == "__main__":
    raise SystemExit(main())
