"""A badge for a README: the verdict as an SVG that needs nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from lmconform.rendering import render
from lmconform.results.stream import Run

SIGN: Final = re.compile(r"<svg [^>]*aria-label=\"lmconform: ")
_AMBER: Final = "#8a5300"
_COLORS: Final = {"conformant": "#1b6e2c", "waived": _AMBER, "partial": _AMBER}
_RED: Final = "#b3261e"
# Pixels of a character, on the average of this font.
_CHARACTER: Final = 6.6


def write(run: Run, out: Path) -> None:
    """Write the badge."""
    verdict = run.footer.verdict if run.footer else "incomplete"
    left, right = (round(len(word) * _CHARACTER) + 12 for word in ("lmconform", verdict))
    color = _COLORS.get(verdict, _RED)
    out.write_text(
        render("lmconform.reporting", "badge.svg", verdict=verdict, left=left, right=right, color=color),
        encoding="utf-8",
    )
