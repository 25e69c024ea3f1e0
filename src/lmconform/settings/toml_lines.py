"""Where a key stands in a TOML text: tomllib gives values and no lines, and an error names the line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_PART: Final = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_DOTTED: Final = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER: Final = re.compile(rf"\s*\[\s*({_DOTTED})\s*\]\s*(?:#.*)?")
_KEY: Final = re.compile(rf"\s*({_DOTTED})\s*=")


def line_of(text: str, path: Sequence[str]) -> int | None:
    """The line, from 1 on, of the key at ``path``, or of the innermost table around it; None when there is neither.

    A key within a table that is written in one line stands in that line. Texts of several lines are read as lines.
    """
    table: list[str] = []
    best, found = 0, None
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.fullmatch(line):
            table = named = _parts(header[1])
        elif key := _KEY.match(line):
            named = table + _parts(key[1])
        else:
            continue
        common = min(len(named), len(path))
        if common > best and list(path[:common]) == named[:common]:
            best, found = common, number
    return found


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_PART, dotted)]
