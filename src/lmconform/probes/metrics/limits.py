"""Probes of limits: lengths of names and values, a thousand metrics."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from lmconform.probes import enactment_pool
from lmconform.probes.builders.metrics import metrics_resource, point
from lmconform.probes.comparison import pairs
from lmconform.probes.context import Context, Json
from lmconform.probes.registry import probe

# What one execution accepts (F44).
MOST_METRICS: Final = 1000
MOST_NAMED: Final = 100


@probe("LM-METRICS-BODY-TOO-LONG")
def long_values_are_refused(ctx: Context) -> None:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("long")
    bodies: tuple[Json, ...] = (
        {"tags": [{"name": name, "value": "x" * 257}]},
        {"tags": [{"name": name, "value": ""}]},
        {"tags": [{"name": "x" * 257, "value": "1"}]},
        {"customInfo": [{"name": "x" * 257, "value": "1"}]},
        {"metrics": [point("x" * 257)]},
        {"metrics": [point(name, labels=[{"name": "group", "value": "x" * 257}])]},
        {"metrics": [point(name, labels=[{"name": "x" * 257, "value": "1"}])]},
    )
    for body in bodies:
        ctx.expect_refused(ctx.send("patchMetrics", json={"executionId": execution, **body}), {400, 413})


@probe("LM-METRICS-AT-LIMIT")
def longest_names_and_values_are_returned(ctx: Context) -> None:
    execution = enactment_pool.base(ctx).id
    for length in (255, 256):
        name = ctx.unique("longest").ljust(length, "x")
        entry = {"name": name, "value": "y" * length}
        labels = [{"name": "l" * length, "value": "z" * length}]
        body: Json = {"metrics": [point(name, labels=labels)], "tags": [entry], "customInfo": [entry]}
        ctx.expect_status(ctx.send("patchMetrics", json={"executionId": execution, **body}), {204})
        stored = metrics_resource(ctx, execution)
        for section in ("tags", "customInfo"):
            missing = pairs([entry]) - pairs(stored.get(section) or [])
            ctx.expect(not missing, expected=f"{section} of {length} characters as sent", actual="missing")
        own = [m for m in stored.get("metrics") or [] if m.get("name") == name]
        ctx.expect_same({"labels": labels}, own[0] if own else {}, what=f"a metric of {length} characters")


@probe("LM-METRICS-BODY-EMPTY")
def empty_names_are_refused(ctx: Context) -> None:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("empty")
    bodies: tuple[Json, ...] = (
        {"metrics": [point("")]},
        {"metrics": [point(name, labels=[{"name": "", "value": "1"}])]},
        {"tags": [{"name": "", "value": "1"}]},
        {"customInfo": [{"name": "", "value": "1"}]},
        {"customInfo": [{"name": name, "value": ""}]},
    )
    for body in bodies:
        ctx.expect_refused(ctx.send("patchMetrics", json={"executionId": execution, **body}))


@probe("LM-METRICS-THOUSAND")
def thousand_metrics_are_accepted(ctx: Context) -> None:
    with emptied(ctx) as execution:
        sent = sections_of(MOST_METRICS, MOST_NAMED)
        ctx.expect_status(ctx.send("patchMetrics", json={"executionId": execution, **sent}), {204})
        body = metrics_resource(ctx, execution)
        # A training may store others (F35).
        names = {m["name"] for m in sent["metrics"]}
        steps = [m.get("step") for m in body.get("metrics") or [] if m.get("name") in names]
        text = f"{MOST_METRICS} metrics, each with a step that no other has"
        actual = f"{len(steps)} metrics with {len(set(steps))} steps"
        ctx.expect(len(steps) == len(set(steps)) == MOST_METRICS, expected=text, actual=actual)
        for section in ("tags", "customInfo"):
            missing = pairs(sent[section]) - pairs(body.get(section) or [])
            ctx.expect(not missing, expected=f"{MOST_NAMED} {section}", actual=f"{len(missing)} of them missing")


@contextmanager
def emptied(ctx: Context) -> Iterator[str]:
    """A spare execution without metrics, before and after: stored metrics count towards the limits (F44)."""
    execution = enactment_pool.spare(ctx).id

    def clear() -> None:
        ctx.send("deleteMetrics", query={"executionId": execution})
        ctx.session.journal.removed("metrics", execution)

    clear()
    try:
        yield execution
    finally:
        # What tidies up shows no finding.
        last = ctx.client.last
        clear()
        ctx.client.last = last


def sections_of(number: int, named: int) -> Json:
    """The sections of a PATCH: ``number`` metrics, ``named`` tags and as many entries of custom information."""
    entries = [{"name": f"name-{n}", "value": f"{n}"} for n in range(named)]
    metrics = [point("loss", 1 / (n + 1), n) for n in range(number)]
    return {"metrics": metrics, "tags": entries, "customInfo": entries}
