"""How long a run of chosen items takes: a run of ``lmconform run``, timed from its start to its end."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from lmconform.errors import HarnessError
from lmconform.proof.distill import Evidence
from lmconform.results.stream import FILE_NAME

_TRIES = 3


def timed(evidence: Evidence, items: Collection[str] | None = None) -> Evidence:
    """The evidence with the seconds of a run of ``items`` against the embedded mock; None: of profile full.

    Of several short runs the middle one counts. Raises HarnessError when the mock is not conformant.
    """
    runs = sorted((_run(items) for _ in range(1 if items is None else _TRIES)), key=lambda run: run[0])
    seconds, spent = runs[len(runs) // 2]
    return replace(evidence, spent=spent, overhead=seconds - sum(spent.values()))


def _run(items: Collection[str] | None) -> tuple[float, dict[str, float]]:
    with tempfile.TemporaryDirectory(prefix="lmconform-") as folder:
        # A process of its own: what it imports and starts is a part of what a user waits for.
        command = [sys.executable, "-m", "lmconform", "run", "mock", "--profile", "full", "--report-dir", folder]
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
