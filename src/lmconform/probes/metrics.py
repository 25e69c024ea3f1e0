"""Probes of metrics: what is appended, what survives, what comes back and what is refused."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from typing import Any

from lmconform.errors import Inconclusive, NotApplicable, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool
from lmconform.probes.comparison import instant, pairs
from lmconform.probes.context import Context, Json
from lmconform.probes.families import MALFORMED
from lmconform.probes.registry import probe

_TIME = "2024-05-06T07:08:09.123Z"
_SECTIONS = ("metrics", "tags", "customInfo")


def point(name: str, value: float = 0.5, step: int | None = 0, **rest: Any) -> Json:
    """One metric value as it is sent."""
    found = {"name": name, "value": value, "timestamp": _TIME, "step": step, **rest}
    return {key: field for key, field in found.items() if field is not None}


def store(ctx: Context, execution: str, **sections: list[Json]) -> None:
    """PATCH metrics that a probe builds on; raises NotTestable."""
    answer = ctx.send("patchMetrics", json={"executionId": execution, **sections})
    if not answer.ok:
        raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")


def resource(ctx: Context, execution: str, query: Json | None = None) -> Json:
    """The metrics resource of an execution."""
    found = ctx.items("findMetrics", {"executionIds": [execution], **(query or {})})
    own = [r for r in found if r.get("executionId") == execution]
    ctx.expect(len(own) == 1, expected=f"one resource for {execution}", actual=f"{len(own)} of {len(found)}")
    return own[0]


def points(ctx: Context, execution: str, name: str) -> list[Json]:
    """The stored values of one metric."""
    return [m for m in resource(ctx, execution).get("metrics") or [] if m.get("name") == name]


def _shared(ctx: Context) -> str:
    """An execution whose metrics nobody deletes; every probe has names of its own in it."""
    return enactment_pool.base(ctx).id


def _expect_values(ctx: Context, execution: str, name: str, wanted: list[float]) -> None:
    found = sorted(m["value"] for m in points(ctx, execution, name) if isinstance(m.get("value"), int | float))
    ctx.expect(found == sorted(wanted), expected=f"values {sorted(wanted)} of {name}", actual=f"{found}")


@probe("LM-METRICS-PATCH-FRESH")
def fresh_execution_takes_metrics(ctx: Context) -> None:
    answer = ctx.send("patchMetrics", json={"executionId": _shared(ctx), "metrics": [point(ctx.unique("fresh"))]})
    ctx.expect_status(answer, {204})


@probe("LM-METRICS-PATCH-APPENDS")
def patch_appends(ctx: Context) -> None:
    execution, first, second = _shared(ctx), ctx.unique("first"), ctx.unique("second")
    for name in (first, second):
        store(ctx, execution, metrics=[point(name)])
    for name in (first, second):
        _expect_values(ctx, execution, name, [0.5])


@probe("LM-METRICS-PATCH-KEEPS-SECTIONS")
def other_sections_survive(ctx: Context) -> None:
    execution, name = _shared(ctx), ctx.unique("keeps")
    entry = {"name": name, "value": "kept"}
    store(ctx, execution, metrics=[point(name)], tags=[entry], customInfo=[entry])
    store(ctx, execution, metrics=[point(ctx.unique("later"))])
    found = resource(ctx, execution)
    for section in _SECTIONS:
        names = [e.get("name") for e in found.get(section) or []]
        ctx.expect(name in names, expected=f"{section} still hold {name}", actual=f"{names}")


@probe("LM-METRICS-TAGS-ACCUMULATE")
def tags_of_two_patches_are_kept(ctx: Context) -> None:
    execution = _shared(ctx)
    for section in ("tags", "customInfo"):
        entries = [{"name": ctx.unique("entry"), "value": str(n)} for n in range(2)]
        for entry in entries:
            store(ctx, execution, **{section: [entry]})
        found = resource(ctx, execution).get(section) or []
        ctx.expect(pairs(entries) <= pairs(found), expected=f"{section}: both of {entries}", actual=f"{found}")


@probe("LM-METRICS-STEPS-COEXIST")
def points_of_one_metric_coexist(ctx: Context) -> None:
    execution, name = _shared(ctx), ctx.unique("steps")
    store(ctx, execution, metrics=[point(name, 0.1, 1), point(name, 0.2, 2)])
    store(ctx, execution, metrics=[point(name, 0.3, 3)])
    _expect_values(ctx, execution, name, [0.1, 0.2, 0.3])


@probe("LM-METRICS-TIMES-COEXIST")
def times_of_one_metric_coexist(ctx: Context) -> None:
    execution, name = _shared(ctx), ctx.unique("times")
    later = point(name, 0.2) | {"timestamp": "2024-05-06T07:09:09Z"}
    store(ctx, execution, metrics=[point(name, 0.1), later])
    _expect_values(ctx, execution, name, [0.1, 0.2])


@probe("LM-METRICS-POINT-ECHO")
def point_comes_back(ctx: Context) -> None:
    execution, name = _shared(ctx), ctx.unique("echo")
    labels = [{"name": "group", "value": "tree-82 é"}, {"name": "metrics.ai.sap.com/Artifact.name", "value": "model"}]
    for number, value in enumerate((0.98, -3.5e-7, 12345678, 0)):
        store(ctx, execution, metrics=[point(name, value, number, labels=labels)])
    found = {m.get("step"): m for m in points(ctx, execution, name)}
    for number, value in enumerate((0.98, -3.5e-7, 12345678, 0)):
        wanted = point(name, value, number, labels=labels)
        ctx.expect_same(wanted, found.get(number, {}), what=f"step {number} as sent")


@probe("LM-METRICS-TIMESTAMP-FILLED")
def missing_timestamp_is_filled(ctx: Context) -> None:
    execution, name = _shared(ctx), ctx.unique("timeless")
    metric = point(name)
    del metric["timestamp"]
    answer = ctx.send("patchMetrics", json={"executionId": execution, "metrics": [metric]})
    if answer.status == 400:
        # The description leaves the timestamp of what is sent open, and no test of SAP's leaves it out (F43).
        raise Inconclusive(f"a metric without a timestamp is refused: {answer.brief}")
    ctx.expect_status(answer, {204})
    found = points(ctx, execution, name)
    good = len(found) == 1 and instant(found[0].get("timestamp")) is not None
    ctx.expect(good, expected="a timestamp of the server's", actual=f"{found}")


@probe("LM-METRICS-TAGS-ECHO")
def tags_come_back(ctx: Context) -> None:
    _echo(ctx, "tags", [{"name": ctx.unique("tag"), "value": v} for v in ("beta-3", "x" * 256, 'é "q", =')])


@probe("LM-METRICS-CUSTOM-INFO-ECHO")
def custom_info_comes_back(ctx: Context) -> None:
    matrix = "[{'Predicted': 'False', 'Actual': [34, 124]}]\n" * 100
    _echo(ctx, "customInfo", [{"name": ctx.unique("info"), "value": v} for v in ("1", matrix)])


@probe("LM-METRICS-LABELS-TWENTY")
def twenty_labels_are_taken(ctx: Context) -> None:
    execution, name = _shared(ctx), ctx.unique("labels")
    labels = [{"name": f"label-{n}", "value": f"{n}"} for n in range(20)]
    answer = ctx.send("patchMetrics", json={"executionId": execution, "metrics": [point(name, labels=labels)]})
    ctx.expect_status(answer, {204})
    found = points(ctx, execution, name)
    ctx.expect_same({"labels": labels}, found[0] if found else {}, what="as sent")


@probe("LM-METRICS-PATCH-JSON")
def plain_json_is_taken(ctx: Context) -> None:
    execution, name = _shared(ctx), ctx.unique("json")
    body = {"executionId": execution, "metrics": [point(name)]}
    ctx.expect_status(ctx.send("patchMetrics", json=body, media_type="application/json"), {204})
    _expect_values(ctx, execution, name, [0.5])


@probe("LM-METRICS-PATCH-NULL-ID")
def null_is_no_execution(ctx: Context) -> None:
    body = {"executionId": None, "metrics": [point(ctx.unique("null"))]}
    ctx.expect_refused(ctx.send("patchMetrics", json=body))


@probe("LM-METRICS-BODY-REQUIRED")
def fields_are_required(ctx: Context) -> None:
    execution = _shared(ctx)
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
    execution = _shared(ctx)
    metric = point(ctx.unique("type"))
    for wrong in ({"value": "high"}, {"step": "one"}, {"step": -1}, {"labels": "red"}):
        body = {"executionId": execution, "metrics": [{**metric, **wrong}]}
        ctx.expect_refused(ctx.send("patchMetrics", json=body))


@probe("LM-METRICS-BODY-MALFORMED")
def malformed_is_refused(ctx: Context) -> None:
    ctx.expect_refused(ctx.send("patchMetrics", body=MALFORMED))


@probe("LM-METRICS-BODY-TOO-LONG")
def long_values_are_refused(ctx: Context) -> None:
    execution, name = _shared(ctx), ctx.unique("long")
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


@probe("LM-METRICS-REFUSED-NOT-STORED")
def refused_is_not_stored(ctx: Context) -> None:
    execution, good = _shared(ctx), ctx.unique("good")
    store(ctx, execution, metrics=[point(ctx.unique("before"))])
    bad = point(ctx.unique("bad")) | {"value": "high"}
    answer = ctx.send("patchMetrics", json={"executionId": execution, "metrics": [point(good), bad]})
    if answer.ok:
        raise NotTestable(f"{ctx.label(answer)} accepted a value that is no number")
    _expect_values(ctx, execution, good, [])


@probe("LM-METRICS-COUNT")
def count_is_the_number_of_resources(ctx: Context) -> None:
    execution = _shared(ctx)
    store(ctx, execution, metrics=[point(ctx.unique("count"))])
    body = ctx.get_or_fail("findMetrics", {"executionIds": [execution]})
    length = len(body.get("resources") or [])
    if body.get("count") is None:
        raise NotApplicable("count is optional in a list of metrics, and not told")
    ctx.expect(body.get("count") == length, expected=f"count: {length}", actual=f"count: {body.get('count')}")


@probe("LM-METRICS-FIND-SEVERAL")
def several_executions_are_found(ctx: Context) -> None:
    executions = [_shared(ctx), enactment_pool.spare(ctx).id]
    for execution in executions:
        store(ctx, execution, metrics=[point(ctx.unique("several"))])
    found = [r.get("executionId") for r in ctx.items("findMetrics", {"executionIds": executions})]
    ctx.expect(sorted(map(str, found)) == sorted(executions), expected=f"one each of {executions}", actual=f"{found}")


@probe("LM-METRICS-FIND-OWN-ONLY")
def only_the_asked_for_is_found(ctx: Context) -> None:
    execution, other = _shared(ctx), enactment_pool.spare(ctx).id
    for each in (execution, other):
        store(ctx, each, metrics=[point(ctx.unique("own"))])
    found = [r.get("executionId") for r in ctx.items("findMetrics", {"executionIds": [execution]})]
    ctx.expect(found == [execution], expected=f"only {execution}", actual=f"{found}")


@probe("LM-METRICS-FILTER-EQ")
def filter_by_equality_works(ctx: Context) -> None:
    execution = _shared(ctx)
    store(ctx, execution, metrics=[point(ctx.unique("filter"))])
    answer = ctx.get("findMetrics", {"$filter": f"executionId eq '{execution}'"})
    _need_filter(answer)
    ctx.expect_status(answer, {200})
    ids = [r.get("executionId") for r in answer.json_object().get("resources") or []]
    ctx.expect(ids == [execution], expected=f"only {execution}", actual=f"{ids}")


@probe("LM-METRICS-SELECT")
def select_leaves_one_section(ctx: Context) -> None:
    execution, name = _shared(ctx), ctx.unique("select")
    entry = {"name": name, "value": "selected"}
    store(ctx, execution, metrics=[point(name)], tags=[entry], customInfo=[entry])
    for section in _SECTIONS:
        found = resource(ctx, execution, {"$select": [section]})
        names = [e.get("name") for e in found.get(section) or []]
        ctx.expect(name in names, expected=f"{name} in {section}", actual=f"{names}")
        odd = [other for other in _SECTIONS if other != section and found.get(other)]
        ctx.expect(not odd, expected=f"no section but {section}", actual=f"{odd} too")


@probe("LM-METRICS-SELECT-ALL")
def star_selects_all(ctx: Context) -> None:
    execution, name = _shared(ctx), ctx.unique("star")
    entry = {"name": name, "value": "selected"}
    store(ctx, execution, metrics=[point(name)], tags=[entry], customInfo=[entry])
    for select in (["*"], list(_SECTIONS)):
        found = resource(ctx, execution, {"$select": select})
        missing = [s for s in _SECTIONS if name not in [e.get("name") for e in found.get(s) or []]]
        ctx.expect(not missing, expected="all three sections", actual=f"{missing} missing for $select={select}")


@probe("LM-METRICS-TAG-FILTER")
def tags_filter(ctx: Context) -> None:
    execution, name = _shared(ctx), ctx.unique("tagged")
    # The value that is not found is that of another tag.
    store(ctx, execution, tags=[{"name": name, "value": "yes"}, {"name": ctx.unique("other"), "value": "no"}])
    for value, wanted in (("yes", True), ("no", False)):
        answer = ctx.get("findMetrics", {"executionIds": [execution], "tagFilters": f"{name}={value}"})
        # Whether nothing found is an empty list or a 404 is not what this is about.
        ctx.expect_status(answer, {200} if wanted else {200, 404})
        listed = answer.json_object().get("resources") or []
        found = execution in [r.get("executionId") for r in listed]
        ctx.expect(
            found is wanted, expected=f"{'found' if wanted else 'nothing'} for {name}={value}", actual=answer.brief
        )


@probe("LM-METRICS-UNKNOWN-404", effect="read")
def nothing_is_not_found(ctx: Context) -> None:
    ctx.expect_refused(ctx.get("findMetrics", {"executionIds": [ctx.absent_id()]}), {404})


@probe("LM-METRICS-FILTER-TWICE", effect="read")
def two_filters_are_refused(ctx: Context) -> None:
    execution = ctx.absent_id()
    answer = ctx.get("findMetrics", {"$filter": f"executionId eq '{execution}'", "executionIds": [execution]})
    _need_filter(answer)
    ctx.expect_refused(answer)


@probe("LM-METRICS-TEN-IDS", effect="read")
def ten_ids_are_not_too_many(ctx: Context) -> None:
    answer = ctx.get("findMetrics", {"executionIds": [ctx.absent_id() for _ in range(10)]})
    ctx.expect_status(answer, {200, 404})


@probe("LM-METRICS-DELETE", effect="destructive")
def deleted_metrics_are_gone(ctx: Context) -> None:
    execution = _deleted(ctx)
    ctx.expect_refused(ctx.get("findMetrics", {"executionIds": [execution]}), {404})


@probe("LM-METRICS-DELETE-TWICE", effect="destructive")
def second_delete_finds_nothing(ctx: Context) -> None:
    execution = _deleted(ctx)
    ctx.expect_refused(ctx.send("deleteMetrics", query={"executionId": execution}), {404})


@probe("LM-METRICS-DELETE-404", effect="destructive")
def nothing_is_not_deleted(ctx: Context) -> None:
    ctx.expect_refused(ctx.send("deleteMetrics", query={"executionId": ctx.absent_id()}), {404})


@probe("LM-METRICS-DELETE-OTHERS-STAY", effect="destructive")
def metrics_of_others_stay(ctx: Context) -> None:
    execution, name = _shared(ctx), ctx.unique("stays")
    store(ctx, execution, metrics=[point(name)])
    _deleted(ctx)
    _expect_values(ctx, execution, name, [0.5])


def _need_filter(answer: Exchange) -> None:
    """The deprecated $filter may be left out: 501 is declared for it."""
    if answer.status == 501:
        raise NotApplicable("the target does not implement $filter, and says so with the declared 501")


def _deleted(ctx: Context) -> str:
    """A spare execution whose metrics were stored and deleted."""
    execution = enactment_pool.spare(ctx).id
    store(ctx, execution, metrics=[point(ctx.unique("deleted"))])
    answer = ctx.send("deleteMetrics", query={"executionId": execution})
    ctx.expect_status(answer, {200})
    ctx.session.journal.removed("metrics", execution)
    return execution


def _echo(ctx: Context, section: str, entries: list[Json]) -> None:
    execution = _shared(ctx)
    answer = ctx.send("patchMetrics", json={"executionId": execution, section: entries})
    ctx.expect_status(answer, {204})
    found = resource(ctx, execution).get(section) or []
    # The server may add entries of its own (F39).
    missing = pairs(entries) - pairs(found)
    ctx.expect(not missing, expected=f"{section} as sent", actual=f"{sorted(missing)[:1]} missing")
