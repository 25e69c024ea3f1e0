"""GitLab's Code Quality report: what fails the gate, as a merge request shows it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from lmconform.judgement import Outcome
from lmconform.reporting.causes import Cause
from lmconform.reporting.places import gating, mark, place_of, sentence
from lmconform.results.stream import Run

SIGN: Final = re.compile(r'\[(\]|\s*\{\s*"check_name": )')
_SEVERITY: Final = {Outcome.FAIL: "critical", Outcome.NOT_TESTABLE: "major"}


def write(run: Run, out: Path) -> None:
    """Write the list of issues; an empty list says that nothing fails."""
    out.write_text(json.dumps([_issue(c) for c in gating(run)], indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _issue(cause: Cause) -> dict[str, Any]:
    where, result = place_of(cause), cause.first.result
    return {
        "check_name": next(iter(result.requirements), result.id),
        "description": sentence(cause),
        "fingerprint": mark(cause),
        "severity": _SEVERITY.get(Outcome(result.outcome), "minor"),
        "location": {"path": where.file, "lines": {"begin": where.line}},
    }
