"""The reports that a run leaves beside results.jsonl: one row a format, so that the engine knows none by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lmconform.reporting import junit, markdown
from lmconform.results.stream import Run


@dataclass(frozen=True, slots=True)
class Format:
    """A view of results.jsonl: ``write`` makes ``file`` of a run that has ended."""

    file: str
    write: Callable[[Run, Path], None]


FORMATS: Final = {
    "junit": Format("junit.xml", junit.write),
    "markdown": Format("summary.md", markdown.write),
}


def write(run: Run, folder: Path) -> None:
    """Write every report of ``run`` into ``folder``."""
    for form in FORMATS.values():
        form.write(run, folder / form.file)
