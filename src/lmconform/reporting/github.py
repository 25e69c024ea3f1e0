"""Annotations of a GitHub workflow: one ``::error`` line a cause that fails the gate."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from lmconform.reporting.causes import Cause
from lmconform.reporting.places import gating, place_of, sentence
from lmconform.results.stream import Run

SIGN: Final = re.compile(r"::(error|notice) ")
# GitHub shows so many annotations of a step.
_MOST: Final = 10


def write(run: Run, out: Path) -> None:
    """Write the lines that a step prints, the last of them a notice with the verdict."""
    found = gating(run)
    lines = [_line(cause) for cause in found[:_MOST]]
    verdict = run.footer.verdict if run.footer else "incomplete"
    more = f", and {len(found) - _MOST} more causes in the report" if len(found) > _MOST else ""
    lines.append(f"::notice title=lmconform::{_data(f'verdict {verdict}{more}')}")
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _line(cause: Cause) -> str:
    where, result = place_of(cause), cause.first.result
    title = _property(f"{result.outcome} {next(iter(result.requirements), result.id)}")
    return f"::error file={_property(where.file)},line={where.line},title={title}::{_data(sentence(cause))}"


def _data(text: str) -> str:
    """A message: what would end it or be read as an escape is escaped, as GitHub's toolkit does."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
