"""OpenMetrics 1.0 text: verdict, results by outcome, requests and duration of a run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from lmconform.judgement import Outcome
from lmconform.reporting import escaping
from lmconform.results.stream import Run
from lmconform.results.verdict import Verdict

SIGN: Final = re.compile(r"# TYPE lmconform_")


def write(run: Run, out: Path) -> None:
    """Write the exposition."""
    out.write_text("\n".join((*_lines(run), "# EOF", "")), encoding="utf-8")


def _lines(run: Run) -> Iterator[str]:
    footer, header = run.footer, run.header
    assert header is not None
    target = {"target": header.target, "profile": header.profile}
    verdict = footer.verdict if footer else "incomplete"
    yield from _family("verdict", "stateset", "The verdict of the newest run.")
    for name in Verdict:
        yield _sample("verdict", {**target, "lmconform_verdict": name}, int(name == verdict))
    yield from _family("results", "gauge", "Results of the newest run by outcome.")
    counts = Counter(result.outcome for result in run.results.values())
    for outcome in Outcome:
        yield _sample("results", {**target, "outcome": outcome}, counts[outcome])
    yield from _family("gating_results", "gauge", "Results that fail the gate.")
    yield _sample("gating_results", target, sum(result.gates for result in run.results.values()))
    if footer is not None:
        yield from _family("requests", "gauge", "Requests that the run sent.")
        yield _sample("requests", target, footer.exchanges)
        yield from _family("duration_seconds", "gauge", "How long the run took.", "seconds")
        yield _sample("duration_seconds", target, footer.duration)
        yield from _family("finished_timestamp_seconds", "gauge", "When the run ended.", "seconds")
        yield _sample("finished_timestamp_seconds", target, datetime.fromisoformat(footer.finished).timestamp())


def _family(name: str, kind: str, text: str, unit: str = "") -> Iterator[str]:
    yield f"# TYPE lmconform_{name} {kind}"
    if unit:
        yield f"# UNIT lmconform_{name} {unit}"
    yield f"# HELP lmconform_{name} {text}"


def _sample(name: str, labels: dict[str, str], value: float) -> str:
    said = ",".join(f'{label}="{_label(text)}"' for label, text in labels.items())
    return f"lmconform_{name}{{{said}}} {value}"


def _label(text: str) -> str:
    return escaping.visible(text).replace("\\", "\\\\").replace('"', '\\"')
