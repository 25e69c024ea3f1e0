"""How much of exchanges.jsonl long exchanges may take: a target that answers at length must not fill a disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

# Characters of a line that is long, of all long lines that are kept whole, and of a text in a later long line.
LONG: Final = 8 * 1024
MOST: Final = 10 * 1024 * 1024
_TEXT: Final = 2 * 1024


class RecordSize:
    """Counts what long lines took. One writer of a file has one; what it counts is bounded, so is the file."""

    def __init__(self, most: int = MOST) -> None:
        self._left = most

    def line(self, record: dict[str, Any]) -> str:
        """An exchange as a line: whole, or with its long texts cut once the long lines have taken their share."""
        line = json.dumps(record, ensure_ascii=True) + "\n"
        if len(line) <= LONG:
            return line
        if self._left < len(line):
            return json.dumps(_cut(record), ensure_ascii=True) + "\n"
        self._left -= len(line)
        return line


def _cut(record: dict[str, Any]) -> dict[str, Any]:
    """The record with URL, headers and bodies cut; a body that was cut says so."""
    return {**record, **{part: dict(_cut_part(record[part])) for part in ("request", "response")}}


def _cut_part(part: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in part.items():
        if name == "headers":
            yield name, _cut_headers(value)
        else:
            yield name, _shortened(value) if isinstance(value, str) else value
    if _shortened(part["body"]) != part["body"]:
        yield "truncated", True


def _cut_headers(headers: list[list[str]]) -> list[list[str]]:
    """The first headers, as many as one text may take, and at least one."""
    kept, left = [], _TEXT
    for name, value in headers:
        kept.append([_shortened(name), _shortened(value)])
        left -= len(json.dumps(kept[-1]))
        if left <= 0:
            break
    return kept


def _shortened(text: str) -> str:
    """As much of the text as takes so many characters in JSON, where one of another language takes six or twelve."""
    kept = text[:_TEXT]
    while len(json.dumps(kept)) > _TEXT + 2:
        kept = kept[: len(kept) * 3 // 4]
    return kept
