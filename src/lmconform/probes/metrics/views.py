"""Probe of the views of metrics: all ways to ask for them show the same."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import json

from lmconform.probes import enactment_pool
from lmconform.probes.builders.metrics import SECTIONS, metrics_resource, point, store
from lmconform.probes.context import Context, Json
from lmconform.probes.reading import entries, objects
from lmconform.probes.registry import probe


@probe("LM-METRICS-VIEWS-AGREE")
def metrics_are_the_same_however_they_are_asked_for(ctx: Context) -> None:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("views")
    entry = {"name": name, "value": "Same"}
    labels = [{"name": "Group", "value": "Tree"}]
    store(ctx, execution, metrics=[point(name, 0.25, 3, labels=labels)], tags=[entry], customInfo=[entry])
    whole = metrics_resource(ctx, execution)
    for section in SECTIONS:
        _expect_section(
            ctx, whole, metrics_resource(ctx, execution, {"$select": [section]}), section, f"$select={section}"
        )
    others = {"$select=*": metrics_resource(ctx, execution, {"$select": ["*"]})}
    filtered = ctx.get("findMetrics", {"$filter": f"executionId eq '{execution}'"})
    if filtered.status == 200:
        others["$filter"] = next(iter(entries(filtered.json_object())), {})
    for what, view in others.items():
        for section in SECTIONS:
            _expect_section(ctx, whole, view, section, what)


def _expect_section(ctx: Context, whole: Json, view: Json, section: str, what: str) -> None:
    """Raise Failure unless both have the same entries of this run, in any order (F38)."""
    wanted, actual = (_entries(ctx, body, section) for body in (whole, view))
    different = sorted(wanted ^ actual)
    text = f"{section} with {what} as without"
    ctx.expect(not different, expected=text, actual=f"{len(different)} entries in one of them alone: {different[:1]}")


def _entries(ctx: Context, body: Json, section: str) -> set[str]:
    """The entries as texts; a member without a value is left out (M13).

    Only those that this run has stored: a training may store others at any time (F35).
    """
    own = [entry for entry in objects(body, section) if ctx.mark() in str(entry.get("name"))]
    known = [{name: value for name, value in e.items() if value not in (None, [])} for e in own]
    return {json.dumps(entry, sort_keys=True) for entry in known}
