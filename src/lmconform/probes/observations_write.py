"""Observations that make things of our own: open references, order, repetition, forbidden transitions."""
# ruff: noqa: D103 - the decorator holds the sentence of each observation

from __future__ import annotations

import time
from urllib.parse import urlsplit

from lmconform.errors import Inconclusive, NotTestable
from lmconform.probes import enactment_pool
from lmconform.probes.artifacts import ARTIFACT
from lmconform.probes.bulk import entry
from lmconform.probes.comparison import instant
from lmconform.probes.context import ACTIVE, BULK, EXECUTIONS, METRICS, Context, Json
from lmconform.probes.isolation import other_group
from lmconform.probes.metrics import point, points, resource, store
from lmconform.probes.observations import answer
from lmconform.probes.registry import observation
from lmconform.probes.resources import batch


@observation(
    "LM-OBS-LOCATION", operation="createArtifact", source="F55", text="Form of the Location of a new artifact."
)
def location(ctx: Context) -> str:
    made = ctx.artifact()
    value = made.exchange.header("Location")
    if value is None:
        return "absent"
    form = "absolute URL" if urlsplit(value).scheme else "absolute path" if value.startswith("/") else "relative"
    return f"{form} ending in {value.replace(made.id, '<id>').rstrip('/').rsplit('/', 1)[-1]}"


@observation("LM-OBS-NAME-FILTER", operation="listArtifacts", source="F8", text="What the name filter compares.")
def name_filter(ctx: Context) -> str:
    group = batch(ctx, ARTIFACT)
    name = str(group.members[0].sent["name"])

    def found(text: str) -> bool:
        return group.ids[0] in ctx.ids("listArtifacts", {"$search": group.token, "name": text})

    if not found(name):
        return "finds nothing"
    if found(ctx.unique("nothing")):
        return "is ignored"
    parts = "a part of the name" if found(name[:-2]) else "the whole name"
    return f"{parts}, {'in any case' if found(name.upper()) else 'in the same case'}"


@observation("LM-OBS-COUNT-UNDER-TOP", operation="listArtifacts", source="F1", text="What count means under $top.")
def count_under_top(ctx: Context) -> str:
    body = ctx.get_or_fail("listArtifacts", {"$search": batch(ctx, ARTIFACT).token, "$top": 1})
    return {1: "the page", 3: "all that match"}.get(int(body.get("count") or 0), "neither page nor total")


@observation(
    "LM-OBS-TOP-WITHOUT-DOLLAR", operation="listArtifacts", source="F4", text="Whether top without $ is heard."
)
def top_without_dollar(ctx: Context) -> str:
    exchange = ctx.get("listArtifacts", {"$search": batch(ctx, ARTIFACT).token, "top": 1})
    if not exchange.ok:
        return answer(exchange)
    return "heard" if len(exchange.json_object().get("resources") or []) == 1 else "ignored"


# So many in an order by chance are one in thousands.
_ENOUGH_TO_ORDER = 7


@observation("LM-OBS-LIST-ORDER", operation="listArtifacts", source="F3", text="The order of a list of artifacts.")
def list_order(ctx: Context) -> str:
    batch(ctx, ARTIFACT)

    def listed() -> list[Json]:
        return [i for i in ctx.items("listArtifacts", {"$search": ctx.mark()}) if instant(i.get("createdAt"))]

    def times() -> list[str]:
        return [str(instant(i.get("createdAt"))) for i in found]

    found = listed()
    for _ in range(_ENOUGH_TO_ORDER - len(found)):
        ctx.artifact()
    found = listed()
    if len(set(times())) < 2:
        # Times are whole seconds: things of one second tell nothing.
        time.sleep(1.1)
        ctx.artifact()
        found = listed()
    ids = [str(i.get("id")) for i in found]
    orders = {
        "by id": ids,
        "oldest first": times(),
        "newest first": times()[::-1],
        "by name": [str(i.get("name")) for i in found],
    }
    return next((label for label, order in orders.items() if order == sorted(order)), "none that we know")


@observation(
    "LM-OBS-UNKNOWN-SCENARIO", operation="createArtifact", source="F21", text="An artifact of an unknown scenario."
)
def unknown_scenario(ctx: Context) -> str:
    return answer(ctx.send("createArtifact", json=ctx.artifact_body(scenarioId=ctx.absent_id())))


@observation(
    "LM-OBS-UNKNOWN-ARTIFACT", operation="createConfiguration", source="F20", text="A binding of an unknown artifact."
)
def unknown_artifact(ctx: Context) -> str:
    bound = [{"key": key, "artifactId": ctx.absent_id()} for key, _ in ctx.training_executable().inputs]
    if not bound:
        raise Inconclusive("the executable has no input artifact")
    return answer(ctx.send("createConfiguration", json=ctx.configuration_body(inputArtifactBindings=bound)))


@observation(
    "LM-OBS-UNKNOWN-EXECUTABLE", operation="createConfiguration", source="F19", text="A configuration of nothing."
)
def unknown_executable(ctx: Context) -> str:
    return answer(ctx.send("createConfiguration", json=ctx.configuration_body(executableId=ctx.absent_id())))


@observation(
    "LM-OBS-UNKNOWN-CONFIGURATION",
    operation="createExecution",
    source="F23",
    capability=EXECUTIONS,
    text="An execution of an unknown configuration.",
)
def unknown_configuration(ctx: Context) -> str:
    return answer(ctx.send("createExecution", json={"configurationId": ctx.absent_id()}))


@observation("LM-OBS-MEDIA-TYPE", operation="createArtifact", source="F62", text="JSON that is sent as text/plain.")
def media_type(ctx: Context) -> str:
    return answer(ctx.send("createArtifact", json=ctx.artifact_body(), media_type="text/plain"))


@observation(
    "LM-OBS-ISOLATION-STATUS",
    operation="getArtifact",
    source="F15",
    text="Answer for a thing of another resource group.",
)
def isolation_status(ctx: Context) -> str:
    other = other_group(ctx)
    made = batch(ctx, ARTIFACT).members[0]
    return answer(ctx.send("getArtifact", {"artifactId": made.id}, resource_group=other))


@observation(
    "LM-OBS-METRIC-TWICE",
    operation="patchMetrics",
    source="F37",
    capability=METRICS,
    text="The same metric point sent twice.",
)
def metric_twice(ctx: Context) -> str:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("twice")
    for _ in range(2):
        store(ctx, execution, metrics=[point(name)])
    return f"stored {len(points(ctx, execution, name))} times"


def _rewrite(name: str, section: str, text: str) -> None:
    @observation(name, operation="patchMetrics", source="F37", capability=METRICS, text=text)
    def rewrite(ctx: Context) -> str:
        execution, key = enactment_pool.base(ctx).id, ctx.unique("again")
        for value in ("first", "second"):
            store(ctx, execution, **{section: [{"name": key, "value": value}]})
        entries = resource(ctx, execution).get(section) or []
        values = sorted(str(e.get("value")) for e in entries if e.get("name") == key)
        return " and ".join(values) or "neither"


_rewrite("LM-OBS-TAG-REWRITTEN", "tags", "A tag sent again with another value.")
_rewrite("LM-OBS-CUSTOM-INFO-REWRITTEN", "customInfo", "Custom information sent again with another value.")


@observation(
    "LM-OBS-METRIC-WITHOUT-STEP",
    operation="patchMetrics",
    source="F43",
    capability=METRICS,
    text="The step of a metric sent without one.",
)
def metric_without_step(ctx: Context) -> str:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("stepless")
    store(ctx, execution, metrics=[point(name, step=None)])
    found = points(ctx, execution, name)
    if not found:
        return "the metric is lost"
    return "absent" if found[0].get("step") is None else f"{found[0]['step']}"


@observation(
    "LM-OBS-METRICS-ORDER",
    operation="findMetrics",
    source="F38",
    capability=METRICS,
    text="The order of the points of one metric.",
)
def metrics_order(ctx: Context) -> str:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("order")
    sent = [3, 1, 2]
    store(ctx, execution, metrics=[point(name, float(s), s) for s in sent])
    found = [m.get("step") for m in points(ctx, execution, name)]
    labels = {"as sent": sent, "steps ascending": sorted(sent), "newest first": sent[::-1]}
    return next((label for label, order in labels.items() if order == found), "none that we know")


@observation(
    "LM-OBS-METRICS-NO-FILTER",
    operation="findMetrics",
    source="F30",
    capability=METRICS,
    text="Metrics asked for without executionIds and without a filter.",
)
def metrics_without_filter(ctx: Context) -> str:
    # Where that means all of them, there are some.
    store(ctx, enactment_pool.base(ctx).id, metrics=[point(ctx.unique("unfiltered"))])
    return answer(ctx.get("findMetrics", {"$top": 1}))


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
    "LM-OBS-STOP-ENDED",
    operation="modifyExecution",
    source="C3",
    effect="destructive",
    capability=EXECUTIONS,
    text="Stopping an execution that has ended.",
)
def stop_ended(ctx: Context) -> str:
    return answer(enactment_pool.stop(ctx, enactment_pool.any_terminal(ctx)))


@observation(
    "LM-OBS-DELETE-ACTIVE",
    operation="deleteExecution",
    source="C3",
    effect="destructive",
    capability=EXECUTIONS,
    text="Deleting an execution that runs.",
)
def delete_active(ctx: Context) -> str:
    for _ in range(enactment_pool.TRIES):
        done = enactment_pool.while_in(ctx, ACTIVE, lambda pooled: enactment_pool.delete(ctx, pooled))
        if done is None:
            raise Inconclusive("executions end before anybody can ask for their deletion")
        pooled, exchange = done
        if not exchange.ok:
            return answer(exchange)
        # It may have ended between our look and our request: then its deletion is right.
        enactment_pool.remove(ctx, pooled)
    raise Inconclusive("each was deleted: they had ended, or LM-EXECUTION-DELETE-ACTIVE is broken")


@observation(
    "LM-OBS-METRICS-OUTLIVE-EXECUTION",
    operation="findMetrics",
    source="F47",
    effect="destructive",
    capability=METRICS,
    text="Metrics of an execution that was deleted.",
)
def metrics_outlive(ctx: Context) -> str:
    pooled = enactment_pool.any_terminal(ctx)
    store(ctx, pooled.id, metrics=[point(ctx.unique("outlives"))])
    if not enactment_pool.delete(ctx, pooled).ok:
        raise NotTestable("an execution that has ended cannot be deleted")
    enactment_pool.remove(ctx, pooled)
    enactment_pool.wait_until_gone(ctx, pooled)
    exchange = ctx.get("findMetrics", {"executionIds": [pooled.id]})
    return "kept" if exchange.ok else answer(exchange)


def _bulk(name: str, text: str, number: int, distinct: bool) -> None:
    @observation(name, operation="modifyExecutions", source="J", capability=BULK, text=text)
    def bulk(ctx: Context) -> str:
        same = ctx.absent_id()
        targets = ("STOPPED", "DELETED")
        entries: list[Json] = [entry(ctx.absent_id() if distinct else same, targets[n % 2]) for n in range(number)]
        return answer(ctx.send("modifyExecutions", json={"executions": entries}))


_bulk("LM-OBS-BULK-TOO-MANY", "A bulk request with 101 entries.", 101, True)
_bulk("LM-OBS-BULK-SAME-ID", "A bulk request that names one execution twice.", 2, False)
