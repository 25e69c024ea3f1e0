"""How many mutants fuzzing kills, by number of cases: the reason for the default of ``--max-examples``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lmconform.proof.trial import Trial

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 640, 260, 50, 40


@dataclass(frozen=True, slots=True)
class Point:
    """At ``cases`` per operation and mode, ``kills`` of ``of`` mutants died, over ``seeds`` seeds together."""

    cases: int
    kills: int
    of: int
    seeds: int

    @property
    def share(self) -> float:
        """Kills as a share of what could have been killed."""
        return self.kills / (self.of * self.seeds) if self.of else 0.0


def point(cases: int, trials: Iterable[Sequence[Trial]]) -> Point:
    """The point of the curve for runs of several seeds with that many cases."""
    runs = [list(run) for run in trials]
    kills = sum(trial.status == "killed" for run in runs for trial in run)
    return Point(cases, kills, len(runs[0]) if runs else 0, len(runs))


def drawing(points: Sequence[Point]) -> str:
    """The curve as inline SVG: share of kills over cases per operation and mode (logarithmic)."""
    ordered = sorted(points, key=lambda p: p.cases)
    right = _WIDTH - 20

    def x(number: int) -> float:
        place = ordered.index(next(p for p in ordered if p.cases == number))
        return _LEFT + (right - _LEFT) * place / max(len(ordered) - 1, 1)

    def y(share: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - 20) * share

    line = " ".join(f"{x(p.cases):.0f},{y(p.share):.0f}" for p in ordered)
    parts = [f"<svg width='{_WIDTH}' height='{_HEIGHT}' role='img' aria-label='kills by number of cases'>"]
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f"<line x1='{_LEFT}' x2='{right}' y1='{y(share):.0f}' y2='{y(share):.0f}' stroke='#8884' />")
        parts.append(f"<text x='8' y='{y(share) + 3:.0f}'>{share:.0%}</text>")
    parts.append(f"<polyline points='{line}' fill='none' stroke='#2e7d32' stroke-width='2' />")
    for p in ordered:
        said = f"{p.cases} cases: {p.kills} of {p.of * p.seeds} kills ({p.of} mutants, {p.seeds} seeds)"
        parts.append(f"<circle cx='{x(p.cases):.0f}' cy='{y(p.share):.0f}' r='4' fill='#2e7d32'>")
        parts.append(f"<title>{said}</title></circle>")
        parts.append(f"<text x='{x(p.cases) - 8:.0f}' y='{_HEIGHT - 22}'>{p.cases}</text>")
    parts.append(f"<text x='{_LEFT}' y='{_HEIGHT - 6}'>cases per operation and mode (--max-examples)</text></svg>")
    return "".join(parts)
