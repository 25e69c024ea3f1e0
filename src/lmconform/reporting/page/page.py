"""Writes the page of a run."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from lmconform.rendering import render
from lmconform.reporting import escaping, links, terminal
from lmconform.reporting.causes import Cause, causes
from lmconform.reporting.page import content
from lmconform.results.stream import Run

_PACKAGE: Final = "lmconform.reporting.page"
SIGN: Final = re.compile(r"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\n<title>.*lmconform")
# Causes whose stories are shown; a run may have thousands of findings, and a page has a limit.
_CAUSES: Final = 200
# By how much a body may grow when it is indented.
_WIDER: Final = 4


def write(run: Run, out: Path) -> None:
    """Write one file that needs no other, and no network."""
    out.write_text(page(run), encoding="utf-8")


def page(run: Run) -> str:
    """The page as HTML. Texts of the target are text everywhere: templates escape them, and what is hidden is shown."""
    header, footer = run.header, run.footer
    found = causes(run.results.values())
    kinds, cells = content.matrix(run)
    return render(
        _PACKAGE,
        "report.html",
        run=run,
        header=header,
        job=links.to_job(header),
        footer=footer,
        verdict=footer.verdict if footer else "incomplete",
        why=escaping.visible(content.why(run, sum(map(_fails, found)))),
        remarks=[line for lines in _remarks(run) for line in lines],
        counts=content.counts(run),
        words=content.WORDS,
        causes=found[:_CAUSES],
        more_causes=len(found) - len(found[:_CAUSES]),
        kinds=kinds,
        cells=cells,
        flows=content.flows(run),
        coverage=content.coverage(run),
        items=content.items(run),
        text=escaping.visible,
        body=body,
        style=_asset("report.css"),
        script=_asset("report.js"),
    )


def body(text: str) -> str:
    """A body as it is read: JSON indented, anything else as it is; controls are escapes, ends of lines are kept."""
    try:
        shown = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        shown = text
    if len(shown) > _WIDER * len(text):
        # Nested a hundred levels deep: most of it would be indentation.
        shown = text
    return "\n".join(map(escaping.visible, shown.split("\n")))


def _fails(cause: Cause) -> bool:
    """Whether a result fails the gate for this reason; an internal error has no verdict."""
    return any(finding.result.gates for one in (cause, *cause.following) for finding in one.findings)


def _remarks(run: Run) -> Any:
    header, footer = run.header, run.footer
    yield terminal.target(header)
    yield terminal.access(header)
    yield terminal.contract(header)
    yield terminal.left_out(header)
    yield terminal.stopped(footer)
    yield terminal.left(footer)
    yield terminal.unjudged(run)


def _asset(name: str) -> str:
    return (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8")
