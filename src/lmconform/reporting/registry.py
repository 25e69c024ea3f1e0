"""The views of results.jsonl: one row a format, so that the engine knows none by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lmconform import private_files
from lmconform.reporting import badge, code_quality, details, github, har, junit, markdown, openmetrics, sarif
from lmconform.reporting.page import page
from lmconform.results.stream import Run


@dataclass(frozen=True, slots=True)
class Format:
    """A view of results.jsonl: ``write`` makes ``file`` of a run that has ended, and ``sign`` matches its beginning.

    ``always``: every run leaves it; others are made by ``lmconform report``.
    """

    file: str
    write: Callable[[Run, Path], None]
    sign: re.Pattern[str]
    always: bool = True


FORMATS: Final = {
    "junit": Format("junit.xml", junit.write, junit.SIGN),
    "html": Format("report.html", page.write, page.SIGN),
    "markdown": Format("summary.md", markdown.write, markdown.SIGN),
    "details": Format("details.md", details.write, details.SIGN),
    "sarif": Format("results.sarif", sarif.write, sarif.SIGN, always=False),
    "code-quality": Format("gl-code-quality-report.json", code_quality.write, code_quality.SIGN, always=False),
    "github": Format("annotations.txt", github.write, github.SIGN, always=False),
    "openmetrics": Format("lmconform.prom", openmetrics.write, openmetrics.SIGN, always=False),
    "badge": Format("badge.svg", badge.write, badge.SIGN, always=False),
    "har": Format("exchanges.har", har.write, har.SIGN, always=False),
}


def write(run: Run, folder: Path, *, without: Collection[str] = ()) -> None:
    """Write every report of ``run`` into ``folder``, but for the files that ``without`` names.

    Each appears whole or not at all. Raises OSError.
    """
    for form in FORMATS.values():
        if form.always and form.file not in without:
            with private_files.draft(folder / form.file) as file:
                form.write(run, file)
