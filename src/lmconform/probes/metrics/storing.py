"""Probes of PATCH: metrics are added, kept and returned, and invalid ones are refused."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from lmconform.client import polling
from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool
from lmconform.probes.builders.metrics import (
    SECTIONS,
    expect_stored_values,
    metrics_resource,
    point,
    store,
    stored_points,
)
from lmconform.probes.comparison import instant, pairs
from lmconform.probes.context import Context, Json
from lmconform.probes.fixtures import fixture
from lmconform.probes.reading import entries, objects
from lmconform.probes.registry import probe
from lmconform.probes.shared.creation import MALFORMED


@probe("LM-METRICS-PATCH-FRESH")
def new_execution_accepts_metrics(ctx: Context) -> None:
    fresh = _fresh(ctx)
    ctx.expect_status(fresh.answer, {204})
    _expect_found(ctx, fresh, "stored with 204 right after the start")


@probe("LM-METRICS-FRESH-KEPT", last=True)
def first_metrics_outlive_the_run(ctx: Context) -> None:
    fresh = _fresh(ctx)
    ctx.require_success(fresh.answer)
    if ctx.session.journal.was_removed("metrics", fresh.execution):
        raise NotTestable(f"a request of this run has deleted the metrics of {fresh.execution}")
    status = enactment_pool.at_rest(ctx).get("status")
    # What is lost with the end may take a moment; in a whole run this moment has passed long ago.
    moment = enactment_pool.base(ctx).changed_at + polling.grace(ctx.session.target.poll_interval)
    polling.rest(max(0.0, moment - time.monotonic()))
    _expect_found(ctx, fresh, f"stored right after the start, also when the execution is {status}")


@dataclass(frozen=True, slots=True)
class _Fresh:
    """A metric that was stored once the base execution was there: the id of that, its name, the answer."""

    execution: str
    name: str
    answer: Exchange


@fixture(builds_on=lambda fresh: [fresh.execution])
def _fresh(ctx: Context) -> _Fresh:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("fresh")
    body = {"executionId": execution, "metrics": [point(name)]}
    return _Fresh(execution, name, ctx.send("patchMetrics", json=body))


def _expect_found(ctx: Context, fresh: _Fresh, why: str) -> None:
    found = ctx.get("findMetrics", {"executionIds": [fresh.execution]})
    ctx.expect_status(found, {200, 404})
    names = [m.get("name") for r in entries(found.json_object()) for m in objects(r, "metrics")]
    ctx.expect(fresh.name in names, expected=f"{fresh.name}, {why}", actual=found.brief)


@probe("LM-METRICS-PATCH-STOPPED", costly=True)
def metrics_of_a_stopped_execution_are_kept(ctx: Context) -> None:
    execution, name = enactment_pool.stopped(ctx).id, ctx.unique("stopped")
    answer = ctx.send("patchMetrics", json={"executionId": execution, "metrics": [point(name)]})
    if 400 <= answer.status < 500:
        # That they are taken is published for an execution that begins (F40).
        raise Inconclusive(f"metrics of a stopped execution are refused: {answer.brief}")
    ctx.require_success(answer)
    _expect_found(ctx, _Fresh(execution, name, answer), f"stored with {answer.status} when the execution was STOPPED")


@probe("LM-METRICS-PATCH-APPENDS")
def patch_appends(ctx: Context) -> None:
    execution, first, second = enactment_pool.base(ctx).id, ctx.unique("first"), ctx.unique("second")
    for name in (first, second):
        store(ctx, execution, metrics=[point(name)])
    for name in (first, second):
        expect_stored_values(ctx, execution, name, [0.5])


@probe("LM-METRICS-PATCH-KEEPS-SECTIONS")
def other_sections_are_kept(ctx: Context) -> None:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("keeps")
    entry = {"name": name, "value": "kept"}
    store(ctx, execution, metrics=[point(name)], tags=[entry], customInfo=[entry])
    store(ctx, execution, metrics=[point(ctx.unique("later"))])
    body = metrics_resource(ctx, execution)
    for section in SECTIONS:
        names = [e.get("name") for e in body.get(section) or []]
        ctx.expect(name in names, expected=f"{section} still hold {name}", actual=f"{names}")


@probe("LM-METRICS-TAGS-ACCUMULATE")
def tags_of_two_patches_are_kept(ctx: Context) -> None:
    execution = enactment_pool.base(ctx).id
    for section in ("tags", "customInfo"):
        token = ctx.unique("entry")
        entries = [{"name": f"{token}-{name}", "value": name} for name in ("Key", "key")]
        for entry in entries:
            store(ctx, execution, **{section: [entry]})
        stored = objects(metrics_resource(ctx, execution), section)
        text = f"{section} that were stored one by one: {entries}"
        actual = f"{[entry for entry in stored if token in str(entry.get('name')).lower()]}"
        ctx.expect(pairs(entries) <= pairs(stored), expected=text, actual=actual)


@probe("LM-METRICS-STEPS-COEXIST")
def points_of_one_metric_coexist(ctx: Context) -> None:
    execution, token = enactment_pool.base(ctx).id, ctx.unique("steps")
    # Steps do not ascend, values are not unique, and two names that differ in their case alone are two names.
    sent = [("loss", 3, 0.2), ("loss", 1, 0.1), ("Loss", 3, 0.4), ("loss", 2, 0.1)]
    points = [point(f"{token}-{name}", value, step) for name, step, value in sent]
    for some in (points[:2], points[2:]):
        store(ctx, execution, metrics=some)
    own = [p for p in objects(metrics_resource(ctx, execution), "metrics") if token in str(p.get("name")).lower()]
    stored = [(p.get("name"), p.get("step"), p.get("value")) for p in own]
    wanted = [(p["name"], p["step"], p["value"]) for p in points]
    lost, others = [p for p in wanted if p not in stored], [p for p in stored if p not in wanted]
    text = f"each stored point once (name, step, value): {lost or wanted}"
    ctx.expect(not lost and len(stored) == len(wanted), expected=text, actual=f"{others or stored}")


@probe("LM-METRICS-TIMES-COEXIST")
def times_of_one_metric_coexist(ctx: Context) -> None:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("times")
    later = point(name, 0.2) | {"timestamp": "2024-05-06T07:09:09Z"}
    store(ctx, execution, metrics=[point(name, 0.1), later])
    expect_stored_values(ctx, execution, name, [0.1, 0.2])


@probe("LM-METRICS-POINT-ECHO")
def point_is_returned(ctx: Context) -> None:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("echo")
    labels = [{"name": "group", "value": "tree-82 é"}, {"name": "metrics.ai.sap.com/Artifact.name", "value": "model"}]
    # What differs is a name, a value, or that there is no label.
    differing: tuple[list[Json], ...] = (
        [*labels, {"name": "first", "value": "1"}],
        [*labels, {"name": "second", "value": "1"}],
        [{"name": "group", "value": "tree-83"}],
        [],
    )
    points = [point(name, v, n, labels=differing[n]) for n, v in enumerate((0.98, -3.5e-7, 12345678, 0))]
    for sent in points:
        store(ctx, execution, metrics=[sent])
    stored = {m.get("step"): m for m in stored_points(ctx, execution, name)}
    for number, sent in enumerate(points):
        ctx.expect_same(sent, stored.get(number, {}), what=f"step {number} as sent")


@probe("LM-METRICS-TIMESTAMP-FILLED")
def missing_timestamp_is_filled(ctx: Context) -> None:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("timeless")
    metric = point(name)
    del metric["timestamp"]
    answer = ctx.send("patchMetrics", json={"executionId": execution, "metrics": [metric]})
    if answer.status == 400:
        # The description does not say whether a timestamp is required, and SAP's tests always send one (F43).
        raise Inconclusive(f"a metric without a timestamp is refused: {answer.brief}")
    ctx.expect_status(answer, {204})
    stored = stored_points(ctx, execution, name)
    good = len(stored) == 1 and instant(stored[0].get("timestamp")) is not None
    ctx.expect(good, expected="a timestamp from the server", actual=f"{stored}")


@probe("LM-METRICS-TAGS-ECHO")
def tags_are_returned(ctx: Context) -> None:
    _echo(ctx, "tags", [{"name": ctx.unique("tag"), "value": v} for v in ("beta-3", "x" * 256, 'é "q", =')])


@probe("LM-METRICS-CUSTOM-INFO-ECHO")
def custom_info_is_returned(ctx: Context) -> None:
    # No line break at its end: a server may cut that off.
    matrix = "\n".join(["[{'Predicted': 'False', 'Actual': [34, 124]}]"] * 100)
    _echo(ctx, "customInfo", [{"name": ctx.unique("info"), "value": v} for v in ("1", matrix)])


@probe("LM-METRICS-LABELS-TWENTY")
def twenty_labels_are_accepted(ctx: Context) -> None:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("labels")
    labels = [{"name": f"label-{n}", "value": f"{n}"} for n in range(20)]
    answer = ctx.send("patchMetrics", json={"executionId": execution, "metrics": [point(name, labels=labels)]})
    ctx.expect_status(answer, {204})
    stored = stored_points(ctx, execution, name)
    ctx.expect_same({"labels": labels}, stored[0] if stored else {}, what="as sent")


@probe("LM-METRICS-PATCH-JSON")
def plain_json_is_accepted(ctx: Context) -> None:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("json")
    body = {"executionId": execution, "metrics": [point(name)]}
    ctx.expect_status(ctx.send("patchMetrics", json=body, media_type="application/json"), {204})
    expect_stored_values(ctx, execution, name, [0.5])


_LABEL: Final = "metrics.ai.sap.com/Artifact.name"


@probe("LM-METRICS-ARTIFACT-LABEL")
def metric_can_name_an_output(ctx: Context) -> None:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("model")
    labels = [{"name": _LABEL, "value": "text-model-tutorial"}]
    answer = ctx.send("patchMetrics", json={"executionId": execution, "metrics": [point(name, labels=labels)]})
    ctx.expect_status(answer, {204})
    stored = stored_points(ctx, execution, name)
    ctx.expect_same({"labels": labels}, stored[0] if stored else {}, what="as sent")


@probe("LM-METRICS-PATCH-NULL-ID")
def null_execution_is_refused(ctx: Context) -> None:
    body = {"executionId": None, "metrics": [point(ctx.unique("null"))]}
    ctx.expect_refused(ctx.send("patchMetrics", json=body))


@probe("LM-METRICS-BODY-REQUIRED")
def required_members_are_checked(ctx: Context) -> None:
    execution = enactment_pool.base(ctx).id
    metric = point(ctx.unique("required"))
    wrong: list[Json] = [{"metrics": [metric]}]
    wrong += [
        {"executionId": execution, "metrics": [{k: metric[k] for k in metric if k != n}]} for n in ("name", "value")
    ]
    wrong += [{"executionId": execution, "tags": [{"name": "lmconform"}]}]
    wrong += [{"executionId": execution, "customInfo": [{"value": "lmconform"}]}]
    for body in wrong:
        ctx.expect_refused(ctx.send("patchMetrics", json=body))


@probe("LM-METRICS-BODY-TYPE")
def types_are_checked(ctx: Context) -> None:
    execution = enactment_pool.base(ctx).id
    metric = point(ctx.unique("type"))
    for wrong in ({"value": "high"}, {"step": "one"}, {"step": -1}, {"labels": "red"}):
        body = {"executionId": execution, "metrics": [{**metric, **wrong}]}
        ctx.expect_refused(ctx.send("patchMetrics", json=body))


@probe("LM-METRICS-BODY-MALFORMED")
def malformed_body_is_refused(ctx: Context) -> None:
    ctx.expect_refused(ctx.send("patchMetrics", body=MALFORMED))


@probe("LM-METRICS-REFUSED-NOT-STORED")
def refused_is_not_stored(ctx: Context) -> None:
    execution, good = enactment_pool.base(ctx).id, ctx.unique("good")
    store(ctx, execution, metrics=[point(ctx.unique("before"))])
    bad = point(ctx.unique("bad")) | {"value": "high"}
    answer = ctx.send("patchMetrics", json={"executionId": execution, "metrics": [point(good), bad]})
    if answer.ok:
        raise NotTestable(f"{ctx.label(answer)} accepted a value that is no number")
    expect_stored_values(ctx, execution, good, [])


def _echo(ctx: Context, section: str, entries: list[Json]) -> None:
    execution = enactment_pool.base(ctx).id
    answer = ctx.send("patchMetrics", json={"executionId": execution, section: entries})
    ctx.expect_status(answer, {204})
    stored = metrics_resource(ctx, execution).get(section) or []
    # The server may add further entries (F39).
    missing = pairs(entries) - pairs(stored)
    ctx.expect(not missing, expected=f"{section} as sent", actual=f"{sorted(missing)[:1]} missing")
