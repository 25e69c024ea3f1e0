"""A page for a merge request or a job summary, from results.jsonl."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from lmconform.judgement import Outcome
from lmconform.reporting import escaping, fuzzing, terminal
from lmconform.reporting.causes import Cause, causes
from lmconform.results.stream import Run

# Characters of one text, and operations of one cause.
_WIDE: Final = 300
_FEW: Final = 6

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
        *(terminal.waived(run), terminal.waivers(header), terminal.unscored(run)),
    )
    for line in (line for lines in remarks for line in lines):
        yield f"- {escaping.markdown(line)}"
        yield ""
    found = causes(run.results.values())
    if found:
        for cause in found:
            if cause.gates:
                yield from _paragraph(cause)
        yield from _folded([cause for cause in found if not cause.gates])
    yield from fuzzing.markdown(run.results.values())
    yield "| item | outcome | seconds |"
    yield "|---|---|---|"
    for result in run.results.values():
        if result.id == result.item:
            remark = result.waiver or result.because or (result.message if result.outcome == Outcome.PASS else "")
            said = f"{result.outcome}: {_code(remark)}" if remark else result.outcome
            yield f"| {_cell(result.id)} | {said} | {result.duration:.2f} |"
    if run.observations:
        yield ""
        yield "| observation | value | what was looked at |"
        yield "|---|---|---|"
        for observation in run.observations.values():
            yield f"| {observation.id} | {_code(observation.value)} | {_cell(observation.text)} |"


def _paragraph(cause: Cause) -> Iterator[str]:
    """A cause in full: what it is, how to see it again, what follows from it."""
    yield f"### {_cell(cause.first.title)}"
    yield ""
    if cause.first.sentence:
        yield _cell(cause.first.sentence)
        yield ""
    for name, text in cause.first.fields:
        # A line to paste is whole.
        yield f"- {name} {escaping.markdown(text) if name in ('again', 'request') else _code(text)}"
    if cause.count > 1:
        yield f"- {cause.count} results with this cause: {_cell(', '.join(cause.operations[:_FEW]))}"
    for one in cause.following:
        yield f"- behind it {one.count} {one.first.result.outcome}: {_code(one.first.brief)}"
    yield ""


def _folded(others: Sequence[Cause]) -> Iterator[str]:
    """What does not fail the gate, one line a cause, which a reader unfolds."""
    if not others:
        return
    number = sum(cause.count for cause in others)
    yield f"<details><summary>{number} findings that do not fail the gate</summary>"
    yield ""
    for cause in others:
        yield f"- {_cell(cause.first.title)} ({cause.count}): {_code(cause.first.brief)}"
    yield ""
    yield "</details>"
    yield ""


def _cell(text: str) -> str:
    """A text of lmconform or of its user: names and sentences without markup."""
    return escaping.visible(text).replace("|", r"\x7c")


def _code(text: str) -> str:
    """A text of which a server may have said a part."""
    return escaping.markdown(text[:_WIDE])
