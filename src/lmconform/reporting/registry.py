"""The reports that a run leaves beside results.jsonl: one row a format, so that the engine knows none by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lmconform.reporting import junit, markdown
from lmconform.reporting.page import page
from lmconform.results.stream import Run


@dataclass(frozen=True, slots=True)
class Format:
    """A view of results.jsonl: ``write`` makes ``file`` of a run that has ended, and ``sign`` matches its beginning."""

    file: str
    write: Callable[[Run, Path], None]
    sign: re.Pattern[str]


FORMATS: Final = {
    "junit": Format("junit.xml", junit.write, junit.SIGN),
    "html": Format("report.html", page.write, page.SIGN),
    "markdown": Format("summary.md", markdown.write, markdown.SIGN),
}


def write(run: Run, folder: Path, *, without: Collection[str] = ()) -> None:
    """Write every report of ``run`` into ``folder``, but for the files that ``without`` names."""
    for form in FORMATS.values():
        if form.file not in without:
            form.write(run, folder / form.file)
