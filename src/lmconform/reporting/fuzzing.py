"""How many of the generated cases were accepted, operation by operation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lmconform.results.events import Result

_COLUMNS = 3


def fuzzed(results: Iterable[Result]) -> list[Result]:
    """The results of fuzz items that sent something, in their order."""
    return [r for r in results if r.id == r.item and r.cases]


def lines(results: Iterable[Result]) -> Iterator[str]:
    """A small table for a terminal: ``accepted/positive`` beside each name."""
    cells = [f"{_name(r)} {r.accepted}/{r.positive}" for r in fuzzed(results)]
    width = max(map(len, cells), default=0) + 2
    for start in range(0, len(cells), _COLUMNS):
        head = "accepted " if start == 0 else " " * 9
        yield f"{head} {''.join(cell.ljust(width) for cell in cells[start : start + _COLUMNS])}".rstrip()


def markdown(results: Iterable[Result]) -> Iterator[str]:
    """The same as a table of Markdown, with the negative cases."""
    found = fuzzed(results)
    if not found:
        return
    yield "| fuzz | positive | accepted | negative |"
    yield "|---|---|---|---|"
    for r in found:
        yield f"| {_name(r)} | {r.positive} | {r.accepted} | {r.cases - r.positive} |"
    yield ""


def _name(result: Result) -> str:
    return result.item.removeprefix("fuzz/")
