"""Observations of metrics: repetition, order, filters, unknown executions, beyond the limits."""
# ruff: noqa: D103 - the decorator holds the sentence of each observation

from __future__ import annotations

from typing import Final

from lmconform.errors import NotTestable
from lmconform.probes import enactment_pool, liveness
from lmconform.probes.builders.metrics import metrics_resource, point, store, stored_points
from lmconform.probes.context import METRICS, Context, Json
from lmconform.probes.metrics.limits import MOST_METRICS, MOST_NAMED, emptied, sections_of
from lmconform.probes.observing import answer, listed
from lmconform.probes.reading import objects
from lmconform.probes.registry import observation


@observation(
    "LM-OBS-METRIC-TWICE",
    operation="patchMetrics",
    source="F37",
    capability=METRICS,
    text="The same metric point sent twice.",
    costly=True,
)
def metric_twice(ctx: Context) -> str:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("twice")
    for _ in range(2):
        store(ctx, execution, metrics=[point(name)])
    return f"stored {len(stored_points(ctx, execution, name))} times"


def _rewrite(name: str, section: str, text: str) -> None:
    @observation(name, operation="patchMetrics", source="F37", capability=METRICS, text=text, costly=True)
    def rewrite(ctx: Context) -> str:
        execution, key = enactment_pool.base(ctx).id, ctx.unique("again")
        for value in ("first", "second"):
            store(ctx, execution, **{section: [{"name": key, "value": value}]})
        entries = objects(metrics_resource(ctx, execution), section)
        values = sorted(str(e.get("value")) for e in entries if e.get("name") == key)
        return " and ".join(values) or "neither"


_rewrite("LM-OBS-TAG-REWRITTEN", "tags", "A tag sent again with another value.")
_rewrite("LM-OBS-CUSTOM-INFO-REWRITTEN", "customInfo", "Custom information sent again with another value.")


@observation(
    "LM-OBS-METRIC-WITHOUT-STEP",
    costly=True,
    operation="patchMetrics",
    source="F43",
    capability=METRICS,
    text="The step of a metric sent without one.",
)
def metric_without_step(ctx: Context) -> str:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("stepless")
    store(ctx, execution, metrics=[point(name, step=None)])
    stored = stored_points(ctx, execution, name)
    if not stored:
        return "the metric is lost"
    return "absent" if stored[0].get("step") is None else f"{stored[0]['step']}"


@observation(
    "LM-OBS-METRIC-NO-TIME",
    operation="patchMetrics",
    source="F43",
    capability=METRICS,
    text="A metric whose timestamp is no time.",
)
def metric_without_a_time(ctx: Context) -> str:
    metric = point(ctx.unique("odd")) | {"timestamp": "lmconform"}
    return answer(ctx.send("patchMetrics", json={"executionId": enactment_pool.base(ctx).id, "metrics": [metric]}))


@observation(
    "LM-OBS-METRICS-EMPTY-ID",
    operation="patchMetrics",
    source="F41",
    capability=METRICS,
    text="Metrics for an execution whose id is empty.",
)
def metrics_without_id(ctx: Context) -> str:
    return answer(ctx.send("patchMetrics", json={"executionId": "", "metrics": [point("lmconform")]}))


@observation(
    "LM-OBS-METRICS-UNKNOWN-EXECUTION",
    operation="patchMetrics",
    source="F42",
    effect="destructive",
    capability=METRICS,
    text="Metrics for an execution that does not exist.",
)
def metrics_of_nothing(ctx: Context) -> str:
    execution = ctx.absent_id()
    exchange = ctx.send("patchMetrics", json={"executionId": execution, "metrics": [point("lmconform")]})
    if exchange.ok:
        ctx.send("deleteMetrics", query={"executionId": execution})
        ctx.session.journal.removed("metrics", execution)
    return answer(exchange)


@observation(
    "LM-OBS-METRICS-NOTHING",
    operation="patchMetrics",
    source="F42",
    capability=METRICS,
    text="A PATCH of metrics that holds none.",
)
def empty_patch(ctx: Context) -> str:
    return answer(ctx.send("patchMetrics", json={"executionId": enactment_pool.base(ctx).id}))


@observation(
    "LM-OBS-METRICS-ORDER",
    costly=True,
    operation="findMetrics",
    source="F38",
    capability=METRICS,
    text="The order of the points of one metric.",
)
def metrics_order(ctx: Context) -> str:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("order")
    sent = [3, 1, 2]
    store(ctx, execution, metrics=[point(name, float(s), s) for s in sent])
    steps = [m.get("step") for m in stored_points(ctx, execution, name)]
    labels = {"as sent": sent, "steps ascending": sorted(sent), "newest first": sent[::-1]}
    return next((label for label, order in labels.items() if order == steps), "none that we know")


@observation(
    "LM-OBS-METRICS-NO-FILTER",
    operation="findMetrics",
    source="F30",
    capability=METRICS,
    text="Metrics asked for without executionIds and without a filter.",
)
def metrics_without_filter(ctx: Context) -> str:
    # Where that selects all metrics, the answer is not empty.
    store(ctx, enactment_pool.base(ctx).id, metrics=[point(ctx.unique("unfiltered"))])
    return answer(ctx.get("findMetrics", {"$top": 1}))


@observation(
    "LM-OBS-METRICS-OUTLIVE-EXECUTION",
    costly=True,
    operation="findMetrics",
    source="F47",
    effect="destructive",
    capability=METRICS,
    text="Metrics of an execution that was deleted.",
)
def metrics_outlive(ctx: Context) -> str:
    pooled = enactment_pool.any_terminal(ctx)
    store(ctx, pooled.id, metrics=[point(ctx.unique("outlives"))])
    if not pooled.delete(ctx).ok:
        raise NotTestable("an execution that has ended cannot be deleted")
    enactment_pool.remove(ctx, pooled)
    liveness.need(lambda: pooled.wait_until_gone(ctx), "LM-EXECUTION-DELETE")
    exchange = ctx.get("findMetrics", {"executionIds": [pooled.id]})
    return "kept" if exchange.ok else answer(exchange)


@observation(
    "LM-OBS-METRICS-PARTLY-UNKNOWN",
    operation="findMetrics",
    source="F32",
    capability=METRICS,
    text="Metrics of two executions, one of which does not exist.",
)
def partly_unknown(ctx: Context) -> str:
    execution = enactment_pool.base(ctx).id
    ctx.send("patchMetrics", json={"executionId": execution, "metrics": [point(ctx.unique("known"))]})
    return listed(ctx.get("findMetrics", {"executionIds": [execution, ctx.absent_id()]}))


@observation(
    "LM-OBS-METRICS-TAGS-ALONE",
    operation="findMetrics",
    source="F48",
    effect="read",
    capability=METRICS,
    text="Metrics asked for by a tag filter alone.",
)
def tags_alone(ctx: Context) -> str:
    return answer(ctx.get_raw("findMetrics", f"tagFilters={ctx.unique('nothing')}"))


@observation(
    "LM-OBS-METRICS-ELEVEN-IDS",
    operation="findMetrics",
    effect="read",
    source="F30",
    capability=METRICS,
    text="Metrics of eleven executions asked for at once.",
)
def metrics_of_eleven(ctx: Context) -> str:
    return answer(ctx.get("findMetrics", {"executionIds": [ctx.absent_id() for _ in range(11)]}))


def _beyond(name: str, text: str, sections: Json) -> None:
    @observation(
        name, operation="patchMetrics", source="F44", effect="destructive", capability=METRICS, text=text, costly=True
    )
    def limit_answer(ctx: Context) -> str:
        with emptied(ctx) as execution:
            return answer(ctx.send("patchMetrics", json={"executionId": execution, **sections}))


_LABELS: Final = [{"name": f"label-{n}", "value": f"{n}"} for n in range(21)]

_beyond("LM-OBS-METRICS-LABELS-21", "A metric with 21 labels.", {"metrics": [point("loss", labels=_LABELS)]})
_beyond("LM-OBS-METRICS-1001", "1001 metrics at once.", {"metrics": sections_of(MOST_METRICS + 1, 0)["metrics"]})
_beyond("LM-OBS-METRICS-TAGS-101", "101 tags at once.", {"tags": sections_of(0, MOST_NAMED + 1)["tags"]})
_beyond(
    "LM-OBS-METRICS-INFOS-101",
    "101 pieces of custom information.",
    {"customInfo": sections_of(0, MOST_NAMED + 1)["tags"]},
)
