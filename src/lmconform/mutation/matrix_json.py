"""matrix.json, the kill matrix as data, and matrix.md, the same as Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

from lmconform import __version__, private_files
from lmconform.contract.requirements import Register
from lmconform.mutation.curve import Curve
from lmconform.mutation.matrix import Matrix, families
from lmconform.mutation.trial import MutantTrial

JSON: Final = "matrix.json"
MARKDOWN: Final = "matrix.md"
# How the files begin, by name.
SIGNS: Final = {JSON: re.compile(r'\{\s*"lmconform": "'), MARKDOWN: re.compile("# Kill matrix: ")}


def as_json(
    matrix: Matrix,
    register: Register,
    unproven: Mapping[str, str],
    problems: Sequence[str],
    seeds: Sequence[int],
    curve: Curve | None = None,
) -> dict[str, Any]:
    """The matrix as one JSON object: requirements, mutants with their kills, what makes it red."""
    seen = matrix.seen_failing()
    return {
        "lmconform": __version__,
        "seeds": list(seeds),
        "seconds": round(matrix.seconds, 1),
        "problems": list(problems),
        "first_failure": first_failure(matrix.trials),
        "baseline": [
            {"mock": t.mutant.id, "items": t.items, "gating": len(t.kills), "seconds": t.seconds}
            for t in matrix.baseline
        ],
        "spent": matrix.spent(),
        "curve": curve.as_json() if curve else None,
        "requirements": [
            {
                "id": r.id,
                "level": r.level,
                "evidence": r.evidence,
                "text": r.text,
                "killed": sorted(seen.get(r.id, ())),
                "unproven": unproven.get(r.id, ""),
            }
            for r in register.values()
        ],
        "mutants": [_mutant(trial) for trial in matrix.trials],
    }


def first_failure(trials: Sequence[MutantTrial]) -> dict[str, float]:
    """Seconds from the first request to the first gating result: median and 95th percentile."""
    times = sorted(trial.kills[0].after for trial in trials if trial.kills)
    if len(times) < 2:
        return {"median": times[0] if times else 0.0, "p95": times[0] if times else 0.0}
    return {"median": round(median(times), 3), "p95": round(quantiles(times, n=20, method="inclusive")[18], 3)}


def write(folder: Path, data: Mapping[str, Any], matrix: Matrix) -> None:
    """``matrix.json`` and ``matrix.md`` in ``folder``; raises OSError."""
    private_files.write(folder / JSON, json.dumps(data, indent=1) + "\n")
    private_files.write(folder / MARKDOWN, "\n".join(_lines(data, matrix)) + "\n")


def _mutant(trial: MutantTrial) -> dict[str, Any]:
    return {
        "id": trial.mutant.id,
        "family": trial.mutant.family,
        "text": trial.mutant.text,
        "breaks": list(trial.mutant.breaks),
        "status": trial.status,
        "items": trial.items,
        "seconds": trial.seconds,
        "error": trial.error,
        "kills": [
            {"requirement": k.requirement, "item": k.item, "after": k.after, "requests": k.requests, "case": k.case}
            for k in trial.kills
        ],
    }


def _lines(data: Mapping[str, Any], matrix: Matrix) -> Iterator[str]:
    killed = sum(trial.status == "killed" for trial in matrix.trials)
    first = data["first_failure"]
    yield f"# Kill matrix: {killed} of {len(matrix.trials)} mutants killed"
    yield ""
    yield (
        f"Seeds {', '.join(map(str, data['seeds']))}; {data['seconds']:g} s in all; first failure after "
        f"{first['median']:g} s (median), {first['p95']:g} s (95th percentile)."
    )
    yield ""
    if data["problems"]:
        yield "Red, because:"
        yield ""
        yield from (f"- {problem}" for problem in data["problems"])
        yield ""
    yield "| family | mutants | killed |"
    yield "|---|---|---|"
    for family, trials in families(matrix.trials).items():
        yield f"| {family} | {len(trials)} | {sum(t.status == 'killed' for t in trials)} |"
    yield ""
    yield "| mutant | what it does | killed by | at | seconds |"
    yield "|---|---|---|---|---|"
    for trial in matrix.trials:
        kill = next(iter([*trial.declared, *trial.kills]), None)
        by, item, after = (kill.requirement, kill.item, f"{kill.after:.2f}") if kill else (trial.status, "", "")
        yield f"| {trial.mutant.id} | {trial.mutant.text.replace('|', '&#124;')} | {by} | {item} | {after} |"
