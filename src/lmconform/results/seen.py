"""What a run says of all its exchanges together: coverage of the description, and the lives of its workflows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lmconform.contract.openapi import Contract
from lmconform.evidence.coverage import Coverage as Counted
from lmconform.evidence.lives import Lives
from lmconform.evidence.recordings.lines import objects
from lmconform.results.events import Coverage, Life


def events(contract: Contract, exchanges: Path) -> Iterator[Coverage | Life]:
    """One event for each operation, and one for each resource that a workflow followed.

    ``exchanges`` is the exchanges.jsonl of the run; raises ConfigError when it cannot be read.
    """
    counted, lives = Counted(contract), Lives(contract)
    for _, record in objects(exchanges):
        counted.add(record)
        lives.add(record)
    for row in counted.rows():
        limits = {str(limit): (at, beyond) for limit, (at, beyond) in row.limits.items()}
        yield Coverage(row.operation, dict(row.statuses), dict(row.parameters), limits)
    for life in lives.rows():
        yield Life(life.workflow, life.noun, life.id, tuple(life.statuses), life.end)
