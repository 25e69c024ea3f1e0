"""A page for a merge request or a job summary, from results.jsonl."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lmconform.judgement import Outcome
from lmconform.reporting import escaping, fuzzing, terminal
from lmconform.reporting.causes import causes
from lmconform.results.stream import Run

# Characters of one text.
_WIDE: Final = 300

SIGN: Final = re.compile(r"# .*\n\nlmconform \d")


def write(run: Run, out: Path) -> None:
    """Verdict first, then findings by cause, items, observations."""
    out.write_text("\n".join(_lines(run)) + "\n", encoding="utf-8")


def _lines(run: Run) -> Iterator[str]:
    header, footer = run.header, run.footer
    verdict = footer.verdict if footer else "incomplete"
    yield f"# {_cell((header.target if header else '') or 'run')}: {verdict}"
    yield ""
    if header:
        inputs = f", profile {header.profile}, dialect {header.dialect}, seed {header.seed}" if header.profile else ""
        took = f", {footer.exchanges} requests in {footer.duration:.1f} s" if footer else ""
        yield f"lmconform {header.lmconform}{inputs}{took}."
        yield ""
    remarks = (
        *(terminal.target(header), terminal.access(header), terminal.contract(header), terminal.left_out(header)),
        *(terminal.stopped(footer), terminal.baseline(footer), terminal.left(footer), terminal.unjudged(run)),
    )
    for line in (line for lines in remarks for line in lines):
        yield f"- {escaping.markdown(line)}"
        yield ""
    found = causes(run.results.values())
    if found:
        yield "| outcome | requirement | operation | expected | actual | results |"
        yield "|---|---|---|---|---|---|"
        for cause in found:
            first = cause.first
            cells = (
                first.outcome,
                _cell(", ".join(first.requirements)),
                _cell(", ".join(cause.operations[:4])),
                _code(first.expected),
                _code(first.actual or first.because or first.message),
                str(cause.count),
            )
            yield "| " + " | ".join(cells) + " |"
        yield ""
    yield from fuzzing.markdown(run.results.values())
    yield "| item | outcome | seconds |"
    yield "|---|---|---|"
    for result in run.results.values():
        if result.id == result.item:
            remark = result.because or (result.message if result.outcome == Outcome.PASS else "")
            said = f"{result.outcome}: {_code(remark)}" if remark else result.outcome
            yield f"| {_cell(result.id)} | {said} | {result.duration:.2f} |"
    if run.observations:
        yield ""
        yield "| observation | value | what was looked at |"
        yield "|---|---|---|"
        for observation in run.observations.values():
            yield f"| {observation.id} | {_code(observation.value)} | {_cell(observation.text)} |"


def _cell(text: str) -> str:
    """A text of lmconform or of its user: names and sentences without markup."""
    return escaping.visible(text).replace("|", r"\x7c")


def _code(text: str) -> str:
    """A text of which a server may have said a part."""
    return escaping.markdown(text[:_WIDE])
