"""matrix.html: the kill matrix as a drawing of requirements by mutants, self-contained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from lmconform.mutation import curve_svg

_ROW, _COLUMN, _LEFT, _TOP = 9, 5, 230, 150
_GAP = 8
_STATUS = {"killed": "#2e7d32", "elsewhere": "#ef6c00", "survived": "#c62828", "error": "#6a1b9a"}

_STYLE = """
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 170rem; padding: 0 1.5rem; color: #1c1c1c }
h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem }
.verdict { display: inline-block; padding: .1rem .7rem; border-radius: .3rem; color: #fff; margin-right: .6rem }
.numbers { display: flex; flex-wrap: wrap; gap: 2rem; margin: 1rem 0 } .numbers b { display: block; font-size: 1.6rem }
.scroll { overflow-x: auto; border: 1px solid #ddd } svg { display: block; background: #fff }
svg text { font: 9px system-ui, sans-serif; fill: #333 } svg .axis { font-size: 10px; font-weight: 600 }
svg rect.k:hover, svg rect.c:hover { stroke: #000; stroke-width: 1.5 }
.legend span { margin-right: 1.4rem }
.legend i { display: inline-block; width: .8rem; height: .8rem; margin-right: .3rem }
table { border-collapse: collapse } td, th { text-align: left; padding: .15rem .8rem .15rem 0; vertical-align: top }
td { border-top: 1px solid #eee } code { font-size: .85em }
@media (prefers-color-scheme: dark) {
  body { background: #16181b; color: #e6e6e6 } svg { background: #1d2023 } svg text { fill: #bbb }
  .scroll, td { border-color: #333 }
}
"""


def write(out: Path, data: Mapping[str, Any]) -> None:
    """Write the HTML of a matrix (``data`` is that of matrix.json) to ``out``."""
    out.write_text("\n".join(_html(data)), encoding="utf-8")


def _html(data: Mapping[str, Any]) -> Iterator[str]:
    mutants, problems = data["mutants"], data["problems"]
    killed = sum(m["status"] == "killed" for m in mutants)
    color, word = ("#c62828", "red") if problems else ("#2e7d32", "green")
    yield "<!doctype html><html lang='en'><meta charset='utf-8'>"
    yield f"<title>Kill matrix: {killed} of {len(mutants)}</title><style>{_STYLE}</style>"
    yield f"<h1><span class='verdict' style='background:{color}'>{word}</span>"
    yield f"{killed} of {len(mutants)} mutants killed</h1>"
    yield "<div class='numbers'>"
    first = data["first_failure"]
    seen = sum(bool(r["killed"]) for r in data["requirements"])
    for number, text in (
        (f"{first['median']:g} s", "to the first failure, median"),
        (f"{first['p95']:g} s", "95th percentile"),
        (f"{seen} of {len(data['requirements'])}", "requirements seen failing"),
        (f"{sum(b['gating'] for b in data['baseline'])}", "alarms on the unmutated mock"),
        (f"{data['seconds']:g} s", f"for all, seeds {', '.join(map(str, data['seeds']))}"),
    ):
        yield f"<div><b>{escape(number)}</b>{escape(text)}</div>"
    yield "</div>"
    if problems:
        yield "<h2>Red, because</h2><ul>" + "".join(f"<li>{escape(p)}</li>" for p in problems) + "</ul>"
    yield "<h2>Requirement by mutant</h2><p class='legend'>"
    yield "<span><i style='background:#2e7d32'></i>killed as declared</span>"
    yield "<span><i style='background:#90caf9'></i>killed as well</span>"
    yield "<span><i style='border:1px solid #ef6c00'></i>declared, and not needed for the kill</span>"
    yield "<span><i style='background:#c62828'></i>survived</span> Point at a cell to read it.</p>"
    yield "<div class='scroll'>" + "".join(_grid(data)) + "</div>"
    if data["curve"]:
        yield "<h2>What fuzzing earns</h2><p>The case that was the first to show what nothing else shows.</p>"
        yield from curve_svg.curve(data["curve"])
    yield "<h2>Mutants</h2><table><tr><th>mutant<th>what it does<th>killed by<th>seconds</tr>"
    for m in mutants:
        kill = next((k for k in m["kills"] if k["requirement"] in m["breaks"]), None)
        by = f"{kill['requirement']} at <code>{escape(kill['item'])}</code>" if kill else m["status"]
        after = f"{kill['after']:.2f}" if kill else ""
        yield (
            f"<tr><td style='color:{_STATUS[m['status']]}'>{escape(m['id'])}"
            f"<td>{escape(m['text'])}<td>{by}<td>{after}</tr>"
        )
    yield "</table></html>"


def _grid(data: Mapping[str, Any]) -> Iterator[str]:
    columns, labels, width = _columns(data["requirements"])
    rows, bands, height = _rows(data["mutants"])
    yield f"<svg width='{width + 20}' height='{height + 20}' role='img' aria-label='requirement by mutant'>"
    for name, left, right in labels:
        yield f"<rect x='{left}' y='{_TOP}' width='{right - left}' height='{height - _TOP}' fill='#8881' />"
        yield f"<text class='axis' transform='translate({left + 8},{_TOP - 6}) rotate(-60)'>{escape(name)}</text>"
    for name, y in bands:
        yield f"<text class='axis' x='4' y='{y + 8}'>{escape(name)}</text>"
    for m in data["mutants"]:
        y = rows[m["id"]]
        yield (
            f"<text x='{_LEFT - 6}' y='{y + 8}' text-anchor='end' style='fill:{_STATUS[m['status']]}'>"
            f"{escape(m['id'])}</text>"
        )
        if m["status"] == "survived":
            size = f"width='{width - _LEFT}' height='{_ROW - 1}'"
            yield f"<rect x='{_LEFT}' y='{y}' {size} fill='#c62828' opacity='.25' />"
        yield from _cells(m, y, columns)
    yield "</svg>"


def _cells(mutant: Mapping[str, Any], y: int, columns: Mapping[str, int]) -> Iterator[str]:
    drawn = set()
    for kill in mutant["kills"]:
        name = kill["requirement"]
        if name in drawn:
            continue
        drawn.add(name)
        declared = name in mutant["breaks"]
        title = f"{mutant['id']} by {name}\n{kill['item']}, {kill['after']:.2f} s, {kill['requests']} requests"
        yield (
            f"<rect class='k' x='{columns[name]}' y='{y}' width='{_COLUMN - 1}' height='{_ROW - 1}' "
            f"fill='{'#2e7d32' if declared else '#90caf9'}'><title>{escape(title)}</title></rect>"
        )
    for name in sorted(set(mutant["breaks"]) - drawn):
        title = escape(mutant["id"] + " by " + name + ": declared")
        yield (
            f"<rect class='c' x='{columns[name]}' y='{y}' width='{_COLUMN - 1}' height='{_ROW - 1}' "
            f"fill='none' stroke='#ef6c00'><title>{title}</title></rect>"
        )


def _columns(requirements: list[Mapping[str, Any]]) -> tuple[dict[str, int], list[tuple[str, int, int]], int]:
    columns: dict[str, int] = {}
    labels = []
    x = _LEFT
    for group, members in groupby(requirements, key=lambda r: r["id"].split("-")[1]):
        left = x
        for requirement in members:
            columns[requirement["id"]] = x
            x += _COLUMN
        labels.append((group, left, x))
        x += _GAP
    return columns, labels, x


def _rows(mutants: list[Mapping[str, Any]]) -> tuple[dict[str, int], list[tuple[str, int]], int]:
    rows: dict[str, int] = {}
    bands = []
    y = _TOP
    for family, members in groupby(mutants, key=lambda m: m["family"]):
        bands.append((family, y))
        y += 12
        for mutant in members:
            rows[mutant["id"]] = y
            y += _ROW
        y += 4
    return rows, bands, y
