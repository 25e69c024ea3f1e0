"""Every item, what was generated, and every observation of a run, as tables of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lmconform.judgement import Outcome
from lmconform.reporting import escaping
from lmconform.results.stream import Run

SIGN: Final = re.compile(r"# .*: details\n\nlmconform \d")
# Characters of one text.
_WIDE: Final = 300


def write(run: Run, out: Path) -> None:
    """Observations first: they are in no other text file. Then generated data, then items."""
    out.write_text("\n".join(_lines(run)) + "\n", encoding="utf-8")


def _lines(run: Run) -> Iterator[str]:
    header = run.header
    yield f"# {escaping.cell((header.target if header else '') or 'run')}: details"
    yield ""
    yield f"lmconform {header.lmconform if header else ''}, {header.started if header else ''}."
    yield ""
    yield from _observations(run)
    yield from _generated(run)
    yield "| item | outcome | seconds |"
    yield "|---|---|---|"
    for result in run.results.values():
        if result.id == result.item:
            remark = result.waiver or result.because or (result.message if result.outcome == Outcome.PASS else "")
            said = f"{result.outcome}: {_code(remark)}" if remark else result.outcome
            yield f"| {escaping.cell(result.id)} | {said} | {result.duration:.2f} |"


def _observations(run: Run) -> Iterator[str]:
    if run.observations:
        yield "| observation | value | what was looked at |"
        yield "|---|---|---|"
        for observation in run.observations.values():
            yield f"| {observation.id} | {_code(observation.value)} | {escaping.cell(observation.text)} |"
        yield ""


def _generated(run: Run) -> Iterator[str]:
    """How many of the generated cases were accepted, operation by operation."""
    found = [result for result in run.results.values() if result.id == result.item and result.cases]
    if found:
        yield "| fuzz | positive | accepted | negative |"
        yield "|---|---|---|---|"
        for r in found:
            yield f"| {r.item.removeprefix('fuzz/')} | {r.positive} | {r.accepted} | {r.cases - r.positive} |"
        yield ""


def _code(text: str) -> str:
    """A text of which a server may have said a part."""
    return escaping.markdown(text[:_WIDE])
