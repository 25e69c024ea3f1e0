"""A comparison as one JSON object; schemas/comparison.schema.json pins it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lmconform.results.compare import Change, Comparison, Kind
from lmconform.results.events import Result
from lmconform.results.stream import Run


def as_json(found: Comparison) -> dict[str, Any]:
    """Both runs, the inputs that differ, and each kind of change as a list; texts are those of the runs."""
    return {
        "old": side(found.old),
        "new": side(found.new),
        "inputs": [asdict(one) for one in found.inputs],
        "regression": bool(found.regressions),
        "complete": found.complete,
        "empty": found.is_empty,
        **{kind.value: [_change(change) for change in found.of(kind)] for kind in Kind},
        "observations": [asdict(one) for one in found.observations],
        "latency": [asdict(one) for one in found.latency],
        "drift": found.drift,
        "drifted": found.drifted,
    }


def side(run: Run) -> dict[str, Any]:
    """One of the two runs: what was judged, when, with which inputs, and the verdict."""
    header, footer = run.header, run.footer
    assert header is not None
    return {
        "target": header.target,
        "base_url": str(header.configuration.get("base_url") or ""),
        "resource_group": str(header.configuration.get("resource_group") or ""),
        "started": header.started,
        "profile": header.profile,
        "dialect": header.dialect,
        "seed": header.seed,
        "contract": header.contract_version,
        "lmconform": header.lmconform,
        "verdict": footer.verdict if footer is not None else "incomplete",
        "complete": footer is not None and footer.complete,
    }


def _change(change: Change) -> dict[str, Any]:
    about = change.either
    return {
        "id": change.id,
        "items": list(change.items),
        "requirements": list(about.requirements),
        "level": about.level,
        "operation": about.operation,
        "text": about.text,
        "source": about.source,
        "regression": change.regression,
        "comes_from": change.comes_from,
        "old": _result(change.old),
        "new": _result(change.new),
    }


def _result(result: Result | None) -> dict[str, Any] | None:
    if result is None:
        return None
    names = ("outcome", "gates", "expected", "actual", "message", "because", "again", "request")
    return {name: getattr(result, name) for name in names}
