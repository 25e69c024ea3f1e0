"""Metric points as lines of charts: grouped by name and labels, bounded, with extremes kept."""

from __future__ import annotations

import math
from typing import Any

_MOST_CHARTS = 12
_MOST_LINES = 6
_MOST_POINTS = 240

Point = tuple[float, float]


class Charts:
    """A cache of the charts of one execution: browsers poll every second, new points are rare."""

    def __init__(self) -> None:
        self._of = ""
        self._count = 0
        self._last: dict[str, Any] | None = None
        self._charts: list[dict[str, Any]] = []

    def of(self, execution_id: str, metrics: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The charts of these points, computed again when points were added or replaced."""
        last = metrics[-1] if metrics else None
        if (execution_id, len(metrics)) != (self._of, self._count) or last is not self._last:
            self._of, self._count, self._last = execution_id, len(metrics), last
            self._charts = charts(metrics)
        return self._charts


def charts(metrics: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One chart per metric name, one line per set of labels; the points ``[step, value]`` are in order of steps."""
    names: dict[str, dict[tuple[tuple[str, str], ...], list[Point]]] = {}
    for metric in metrics:
        step, value = _number(metric["step"]), _number(metric["value"])
        if step is None or value is None:
            continue
        labels = tuple((label["name"], label["value"]) for label in metric["labels"])
        names.setdefault(metric["name"], {}).setdefault(labels, []).append((step, value))
    return [_chart(name, names[name]) for name in sorted(names)[:_MOST_CHARTS]]


def thinned(points: list[Point]) -> list[Point]:
    """At most 240 of the points, in order: the lowest and highest of each segment, and both ends."""
    if len(points) <= _MOST_POINTS:
        return points
    size = math.ceil(len(points) / (_MOST_POINTS // 2 - 1))
    kept = [0, len(points) - 1]
    for first in range(0, len(points), size):
        segment = range(first, min(first + size, len(points)))
        kept.append(min(segment, key=lambda i: points[i][1]))
        kept.append(max(segment, key=lambda i: points[i][1]))
    return [points[i] for i in sorted(set(kept))]


def _chart(name: str, lines: dict[tuple[tuple[str, str], ...], list[Point]]) -> dict[str, Any]:
    shown = []
    for labels in sorted(lines)[:_MOST_LINES]:
        points = sorted(lines[labels], key=lambda point: point[0])
        label = ", ".join(f"{key}={value}" for key, value in labels)
        shown.append({"label": label[:120], "count": len(points), "points": thinned(points)})
    return {"name": name[:200], "lines": shown, "more": max(0, len(lines) - _MOST_LINES)}


def _number(value: Any) -> float | None:
    """The value as a finite float, or None: an integer may be too large for a float."""
    try:
        number = float(value)
    except (OverflowError, TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
