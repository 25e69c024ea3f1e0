"""The fuzz curve as SVG: the share of the mutants that only fuzzing kills, by number of cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 640, 240, 48, 34, 14


def curve(data: Mapping[str, Any]) -> Iterator[str]:
    """The curve, and a table of its mutants (``data`` is ``curve`` of matrix.json)."""
    steps, mutants, default = data["found"], data["mutants"], data["default"]
    most: int = steps[-1]["examples"]
    right, height = _WIDTH - 16, _HEIGHT - _BOTTOM

    def x(examples: int) -> float:
        return _LEFT + round(examples / most * float(right - _LEFT), 1)

    def y(share: float) -> float:
        return round(height - share * (height - _TOP), 1)

    yield f"<svg width='{_WIDTH}' height='{_HEIGHT}' role='img' aria-label='share found by number of cases'>"
    for share in (0, 0.25, 0.5, 0.75, 1):
        yield f"<line x1='{_LEFT}' x2='{right}' y1='{y(share)}' y2='{y(share)}' stroke='#8884' />"
        yield f"<text x='{_LEFT - 6}' y='{y(share) + 3}' text-anchor='end'>{share:.0%}</text>"
    for examples in range(0, most + 1, most // 8):
        yield f"<text x='{x(examples)}' y='{height + 14}' text-anchor='middle'>{examples}</text>"
    yield f"<text class='axis' x='{right}' y='{height + 28}' text-anchor='end'>cases per operation and mode</text>"
    path, last = [f"M{x(0)} {y(0)}"], 0.0
    for step in steps:
        if step["found"] != last:
            path.append(f"H{x(step['examples'])}V{y(step['found'])}")
            last = step["found"]
    yield f"<path d='{''.join(path)}H{right}' fill='none' stroke='#2e7d32' stroke-width='2' />"
    at = next((s["found"] for s in steps if s["examples"] == default), last)
    yield f"<path d='M{x(default)} {_TOP}V{height}' stroke='#ef6c00' stroke-dasharray='4 3' />"
    yield f"<text x='{x(default) + 5}' y='{y(0) - 8}'>default {default}: {at:.0%}</text></svg>"
    seeds = "".join(f"<th>seed {seed}" for seed in data["seeds"])
    yield f"<table><tr><th>only fuzzing kills<th>at{seeds}</tr>"
    for mutant in mutants:
        cells = "".join(f"<td>{case or f'over {most}'}" for case in mutant["cases"])
        yield f"<tr><td>{escape(mutant['id'])}<td><code>{escape(mutant['item'])}</code>{cells}</tr>"
    yield "</table>"
