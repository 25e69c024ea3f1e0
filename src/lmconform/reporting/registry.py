"""The reports that a run leaves beside results.jsonl: one row a format, so that the engine knows none by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lmconform import private_files
from lmconform.reporting import junit, markdown
from lmconform.results.stream import Run


@dataclass(frozen=True, slots=True)
class Format:
    """A view of results.jsonl: ``write`` makes ``file`` of a run that has ended, and ``sign`` matches its beginning."""

    file: str
    write: Callable[[Run, Path], None]
    sign: re.Pattern[str]


FORMATS: Final = {
    "junit": Format("junit.xml", junit.write, junit.SIGN),
    "markdown": Format("summary.md", markdown.write, markdown.SIGN),
}


def write(run: Run, folder: Path, *, without: Collection[str] = ()) -> None:
    """Write every report of ``run`` into ``folder``, but for the files that ``without`` names.

    Each appears whole or not at all. Raises OSError.
    """
    for form in FORMATS.values():
        if form.file not in without:
            with private_files.draft(folder / form.file) as file:
                form.write(run, file)
