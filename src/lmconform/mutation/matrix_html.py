"""matrix.html: the kill matrix as a drawing of requirements by mutants, self-contained."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from lmconform import private_files
from lmconform.mutation import curve_svg
from lmconform.rendering import render

FILE: Final = "matrix.html"
# How the file begins.
SIGN: Final = re.compile(r"<!doctype html>.*\n<title>Kill matrix: ")
# Pixels; the labels of rows and columns are drawings of their own, which stay where they are while the grid moves.
_ROW, _COLUMN, _LABELS, _HEAD = 12, 12, 290, 250
_GAP = 14


def write(out: Path, data: Mapping[str, Any]) -> None:
    """Write the HTML of a matrix (``data`` is that of matrix.json) to ``out``; raises OSError."""
    page = render(
        "lmconform.mutation",
        FILE,
        problems=data["problems"],
        killed=sum(m["status"] == "killed" for m in data["mutants"]),
        numbers=_numbers(data),
        grid=_grid(data),
        curve=curve_svg.layout(data["curve"]) if data["curve"] else None,
        mutants=[{**m, "kill": _declared_kill(m)} for m in data["mutants"]],
    )
    private_files.write(out, page)


def _numbers(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    first = data["first_failure"]
    seen = sum(bool(r["killed"]) for r in data["requirements"])
    return [
        (f"{first['median']:g} s", "to the first failure, median"),
        (f"{first['p95']:g} s", "95th percentile"),
        (f"{seen} of {len(data['requirements'])}", "requirements seen failing"),
        (f"{sum(b['gating'] for b in data['baseline'])}", "alarms on the unmutated mock"),
        (f"{data['seconds']:g} s", f"for all, seeds {', '.join(map(str, data['seeds']))}"),
    ]


def _declared_kill(mutant: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next((k for k in mutant["kills"] if k["requirement"] in mutant["breaks"]), None)


def _grid(data: Mapping[str, Any]) -> dict[str, Any]:
    """Positions and sizes in the drawing, in pixels."""
    columns, labels, width = _columns(data["requirements"])
    rows, bands, height = _rows(data["mutants"], columns)
    return {
        **{"labels_width": _LABELS, "head_height": _HEAD, "width": width, "height": height},
        **{"groups": labels, "columns": columns, "bands": bands, "rows": rows, "size": _COLUMN - 1},
    }


def _columns(requirements: list[Mapping[str, Any]]) -> tuple[dict[str, int], list[dict[str, Any]], int]:
    columns: dict[str, int] = {}
    labels = []
    x = 0
    for group, members in groupby(requirements, key=lambda r: r["id"].split("-")[1]):
        left = x
        for requirement in members:
            columns[requirement["id"]] = x
            x += _COLUMN
        labels.append({"name": group, "left": left, "right": x})
        x += _GAP
    return columns, labels, x


def _rows(
    mutants: list[Mapping[str, Any]], columns: Mapping[str, int]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    rows, bands = [], []
    y = 0
    for family, members in groupby(mutants, key=lambda m: m["family"]):
        bands.append({"name": family, "y": y})
        y += 16
        for mutant in members:
            cells = list(_cells(mutant, columns))
            rows.append(
                {"id": mutant["id"], "status": mutant["status"], "y": y, "size": _ROW - 1, "cells": cells},
            )
            y += _ROW
        y += 4
    return rows, bands, y


def _cells(mutant: Mapping[str, Any], columns: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    drawn = set()
    for kill in mutant["kills"]:
        name = kill["requirement"]
        if name in drawn:
            continue
        drawn.add(name)
        title = f"{mutant['id']} by {name}\n{kill['item']}, {kill['after']:.2f} s, {kill['requests']} requests"
        yield _cell(columns[name], title, kill=True, declared=name in mutant["breaks"])
    for name in sorted(set(mutant["breaks"]) - drawn):
        yield _cell(columns[name], f"{mutant['id']} by {name}: declared", kill=False, declared=True)


def _cell(x: int, title: str, *, kill: bool, declared: bool) -> dict[str, Any]:
    return {"x": x, "size": _COLUMN - 1, "title": title, "kill": kill, "declared": declared}
