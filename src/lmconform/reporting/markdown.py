"""A page for a merge request or a job summary, from results.jsonl: at most 60 lines, findings first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from lmconform.reporting import escaping, links, terminal
from lmconform.reporting.causes import Cause, causes
from lmconform.results.events import Header
from lmconform.results.stream import Run

# Characters of one text, and operations of one cause.
_WIDE: Final = 300
_FEW: Final = 6
# Lines of the whole page, of remarks, and after how many lines a finding is one line.
LONGEST: Final = 60
_REMARKS: Final = 12
_FULL: Final = 40

SIGN: Final = re.compile(r"# .*\n\nlmconform \d")


def write(run: Run, out: Path) -> None:
    """Verdict first, then findings by cause, remarks, and where everything else is."""
    out.write_text("\n".join(_lines(run)) + "\n", encoding="utf-8")


def _lines(run: Run) -> list[str]:
    head, end = list(_head(run)), list(_end(run))
    found = causes(run.results.values())
    gating, others = [c for c in found if c.gates], [c for c in found if not c.gates]
    shown: list[str] = []
    while gating and len(shown) + len(paragraph := list(_paragraph(gating[0], run.header))) <= _FULL:
        shown += paragraph
        del gating[0]
    # Three lines more than findings: what is left out, and two that are empty.
    room = max(LONGEST - len(head) - len(shown) - len(end) - 3, 1)
    return [*head, *shown, *_in_short([*gating, *others], room), *end]


def _head(run: Run) -> Iterator[str]:
    header, footer = run.header, run.footer
    verdict = footer.verdict if footer else "incomplete"
    yield f"# {escaping.cell((header.target if header else '') or 'run')}: {verdict}"
    yield ""
    if header:
        inputs = f", profile {header.profile}, dialect {header.dialect}, seed {header.seed}" if header.profile else ""
        took = f", {footer.exchanges} requests in {footer.duration:.1f} s" if footer else ""
        yield f"lmconform {header.lmconform}{inputs}{took}."
        yield ""


def _end(run: Run) -> Iterator[str]:
    """Remarks, how many results have which outcome, and the other files."""
    header, footer = run.header, run.footer
    remarks = [
        *(*terminal.stopped(footer), *terminal.baseline(footer), *terminal.partial(run), *terminal.waived(run)),
        *(*terminal.waivers(header), *terminal.target(header), *terminal.access(header), *terminal.contract(header)),
        *(*terminal.left_out(header), *terminal.left(footer), *terminal.unjudged(run), *terminal.unscored(run)),
    ]
    for line in islice(remarks, _REMARKS):
        yield f"- {escaping.markdown(line)}"
    if len(remarks) > _REMARKS:
        yield f"- {len(remarks) - _REMARKS} more remarks, see report.html"
    yield ""
    counts = Counter(result.outcome for result in run.results.values())
    said = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
    yield f"Results: {said or 'none'}."
    yield ""
    named = {name: links.to_file(header, name) for name in ("report.html", "details.md")}
    report, details = (f"[{name}]({url})" if url else f"`{name}`" for name, url in named.items())
    job = f" They are kept by [the job]({page})." if (page := links.to_job(header)) else ""
    yield f"Beside this file: {report} has the findings with requests, {details} every item and observation.{job}"


def _paragraph(cause: Cause, header: Header | None) -> Iterator[str]:
    """A cause in full: what it is, how to see it again, what follows from it."""
    yield f"### {escaping.cell(cause.first.title)}"
    yield ""
    if cause.first.sentence:
        yield escaping.cell(cause.first.sentence)
        yield ""
    for name, text in cause.first.fields:
        # A line to paste is whole.
        yield f"- {name} {escaping.markdown(text) if name in ('again', 'request') else _code(text)}"
    if cause.count > 1:
        yield f"- {cause.count} results with this cause: {escaping.cell(', '.join(cause.operations[:_FEW]))}"
    if url := links.to_item(header, cause.first.result.id):
        yield f"- more [requests and answers]({url})"
    for one in cause.following:
        yield f"- behind it {one.count} {one.first.result.outcome}: {_code(one.first.brief)}"
    yield ""


def _in_short(others: Sequence[Cause], room: int) -> Iterator[str]:
    """What has no paragraph, one line a cause."""
    for cause in others[:room]:
        gates = "" if cause.gates else ", does not gate"
        yield f"- {escaping.cell(cause.first.title)} ({cause.count}{gates}): {_code(cause.first.brief)}"
    if len(others) > room:
        yield f"- {len(others) - room} more causes, see report.html"
    if others:
        yield ""


def _code(text: str) -> str:
    """A text of which a server may have said a part."""
    return escaping.markdown(text[:_WIDE])
