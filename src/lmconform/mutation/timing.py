"""How long chosen items take: ``lmconform run`` as a process, timed from its start to its end."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from lmconform.errors import HarnessError
from lmconform.mutation.reduction import MatrixEvidence
from lmconform.results.stream import FILE_NAME

# Short runs for each long one: a long run averages over the good and bad moments of a machine by itself.
_SHORT, _TURNS = 4, 2

_Timed = tuple[float, dict[str, float]]


def timed(evidence: MatrixEvidence, items: Collection[str] | None = None) -> MatrixEvidence:
    """The evidence with the seconds of a run of ``items`` on the embedded mock; None: of profile full, in its order.

    Of several short runs the fastest counts: something else slowed the others down. Raises HarnessError
    when the mock is not conformant.
    """
    return _with(evidence, [_run(items) for _ in range(1 if items is None else _SHORT)], whole=items is None)


def alternating(evidence: MatrixEvidence, items: Collection[str]) -> tuple[MatrixEvidence, MatrixEvidence]:
    """``timed`` for profile full and for ``items``, alternating: a slow hour of the machine slows both down."""
    whole: list[_Timed] = []
    part: list[_Timed] = []
    for _ in range(_TURNS):
        part += [_run(items) for _ in range(_SHORT)]
        whole.append(_run(None))
    return _with(evidence, whole, whole=True), _with(evidence, part, whole=False)


def _with(evidence: MatrixEvidence, runs: Iterable[_Timed], *, whole: bool) -> MatrixEvidence:
    seconds, spent = min(runs, key=lambda run: run[0])
    found = evidence.timed(spent, seconds)
    return replace(found, order=tuple(spent)) if whole else found


def _run(items: Collection[str] | None) -> _Timed:
    with tempfile.TemporaryDirectory(prefix="lmconform-") as folder:
        # A process: what it imports and starts is a part of what a user waits for.
        command = [sys.executable, "-m", "lmconform", "run", "mock", "--profile", "full", "--report-dir", folder]
        # What is run here to be timed is none of the user's runs.
        command += ["--history", "none"]
        command += [part for item in items or () for part in ("--only", item)]
        began = time.monotonic()
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        seconds = time.monotonic() - began
        if done.returncode:
            words = (done.stderr or done.stdout).strip().splitlines()
            raise HarnessError(f"lmconform run mock exited {done.returncode}: {words[-1] if words else 'no output'}")
        spent: dict[str, float] = {}
        for line in (Path(folder) / FILE_NAME).read_text(encoding="utf-8").splitlines():
            event = json.loads(line)
            if event["type"] == "result":
                spent[event["item"]] = max(spent.get(event["item"], 0.0), event["duration"])
    return seconds, spent
