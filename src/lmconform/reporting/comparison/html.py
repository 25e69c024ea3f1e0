"""A comparison as one HTML file that needs no network: what can be mailed to the people of the server."""

from __future__ import annotations

from typing import Any

from lmconform.rendering import render
from lmconform.reporting import escaping
from lmconform.reporting.comparison import groups
from lmconform.results.compare import Comparison


def text(found: Comparison) -> str:
    """The whole file."""
    return render("lmconform.reporting.comparison", "comparison.html", finalize=_shown, **_values(found))


def _shown(value: Any) -> Any:
    """What hides or turns a text is made visible first, wherever the template shows one."""
    return escaping.visible(value) if type(value) is str else value


def _values(found: Comparison) -> dict[str, Any]:
    old, new = groups.described(found.old), groups.described(found.new)
    return {
        "verdict": found.verdict,
        "mood": "bad" if found.regressions else "open" if not found.complete else "good",
        "counts": groups.counts(found),
        "runs": [(name, was, now) for (name, was), (_, now) in zip(old, new, strict=True) if was or now],
        "inputs": found.inputs,
        "sections": [
            (kind.value, title, meaning, len(changes), groups.groups(changes))
            for kind, (title, meaning) in groups.TITLES.items()
            if (changes := found.of(kind))
        ],
        "rows": groups.rows,
        "observations": found.observations,
        "latencies": list(groups.latencies(found)),
    }
