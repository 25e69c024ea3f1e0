"""Where a finding is shown by tools that show findings at lines: the place of its promise."""

from __future__ import annotations

import hashlib

from lmconform.contract.source_lines import Place, place
from lmconform.reporting import escaping
from lmconform.reporting.causes import Cause, causes
from lmconform.results.stream import Run


def gating(run: Run) -> list[Cause]:
    """The causes that fail the gate or end in an internal error, gravest first."""
    return [cause for cause in causes(run.results.values()) if cause.gates]


def place_of(cause: Cause) -> Place:
    """The line of the promise that the example of a cause breaks."""
    result = cause.first.result
    return place(next(iter(result.requirements), ""), result.source)


def sentence(cause: Cause) -> str:
    """What is wrong, in one line."""
    first = cause.first
    where = f" ({', '.join(cause.operations[:3])})" if cause.operations else ""
    return escaping.visible(f"{first.sentence or first.result.id}{where}: {first.brief}")


def mark(cause: Cause) -> str:
    """The same in each run, as long as the same promise is broken at the same operation: hexadecimal, 64 digits."""
    result = cause.first.result
    return hashlib.sha256("\n".join((*result.requirements, result.operation, result.item)).encode()).hexdigest()
