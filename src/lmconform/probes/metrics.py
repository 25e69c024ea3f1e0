"""Probes of metrics: what is appended, what survives, what comes back and what is refused."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from typing import Any

from lmconform.errors import Inconclusive, NotApplicable, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import trials
from lmconform.probes.families import MALFORMED
from lmconform.probes.lab import Json, Lab
from lmconform.probes.registry import probe
from lmconform.probes.values import instant, pairs

_TIME = "2024-05-06T07:08:09.123Z"
_SECTIONS = ("metrics", "tags", "customInfo")


def point(name: str, value: float = 0.5, step: int | None = 0, **rest: Any) -> Json:
    """One metric value as it is sent."""
    found = {"name": name, "value": value, "timestamp": _TIME, "step": step, **rest}
    return {key: field for key, field in found.items() if field is not None}


def store(lab: Lab, execution: str, **sections: list[Json]) -> None:
    """PATCH metrics that a probe builds on; raises NotTestable."""
    answer = lab.send("patchMetrics", json={"executionId": execution, **sections})
    if not answer.ok:
        raise NotTestable(f"{lab.label(answer)} answered {answer.brief}")


def resource(lab: Lab, execution: str, query: Json | None = None) -> Json:
    """The metrics resource of an execution."""
    found = lab.items("findMetrics", {"executionIds": [execution], **(query or {})})
    own = [r for r in found if r.get("executionId") == execution]
    lab.expect(len(own) == 1, expected=f"one resource for {execution}", actual=f"{len(own)} of {len(found)}")
    return own[0]


def points(lab: Lab, execution: str, name: str) -> list[Json]:
    """The stored values of one metric."""
    return [m for m in resource(lab, execution).get("metrics") or [] if m.get("name") == name]


def _shared(lab: Lab) -> str:
    """An execution whose metrics nobody deletes; every probe has names of its own in it."""
    return trials.base(lab).id


def _expect_values(lab: Lab, execution: str, name: str, wanted: list[float]) -> None:
    found = sorted(m["value"] for m in points(lab, execution, name) if isinstance(m.get("value"), int | float))
    lab.expect(found == sorted(wanted), expected=f"values {sorted(wanted)} of {name}", actual=f"{found}")


@probe("LM-METRICS-PATCH-FRESH")
def fresh_execution_takes_metrics(lab: Lab) -> None:
    answer = lab.send("patchMetrics", json={"executionId": _shared(lab), "metrics": [point(lab.unique("fresh"))]})
    lab.expect_status(answer, {204})


@probe("LM-METRICS-PATCH-APPENDS")
def patch_appends(lab: Lab) -> None:
    execution, first, second = _shared(lab), lab.unique("first"), lab.unique("second")
    for name in (first, second):
        store(lab, execution, metrics=[point(name)])
    for name in (first, second):
        _expect_values(lab, execution, name, [0.5])


@probe("LM-METRICS-PATCH-KEEPS-SECTIONS")
def other_sections_survive(lab: Lab) -> None:
    execution, name = _shared(lab), lab.unique("keeps")
    entry = {"name": name, "value": "kept"}
    store(lab, execution, metrics=[point(name)], tags=[entry], customInfo=[entry])
    store(lab, execution, metrics=[point(lab.unique("later"))])
    found = resource(lab, execution)
    for section in _SECTIONS:
        names = [e.get("name") for e in found.get(section) or []]
        lab.expect(name in names, expected=f"{section} still hold {name}", actual=f"{names}")


@probe("LM-METRICS-TAGS-ACCUMULATE")
def tags_of_two_patches_are_kept(lab: Lab) -> None:
    execution = _shared(lab)
    for section in ("tags", "customInfo"):
        entries = [{"name": lab.unique("entry"), "value": str(n)} for n in range(2)]
        for entry in entries:
            store(lab, execution, **{section: [entry]})
        found = resource(lab, execution).get(section) or []
        lab.expect(pairs(entries) <= pairs(found), expected=f"{section}: both of {entries}", actual=f"{found}")


@probe("LM-METRICS-STEPS-COEXIST")
def points_of_one_metric_coexist(lab: Lab) -> None:
    execution, name = _shared(lab), lab.unique("steps")
    store(lab, execution, metrics=[point(name, 0.1, 1), point(name, 0.2, 2)])
    store(lab, execution, metrics=[point(name, 0.3, 3)])
    _expect_values(lab, execution, name, [0.1, 0.2, 0.3])


@probe("LM-METRICS-TIMES-COEXIST")
def times_of_one_metric_coexist(lab: Lab) -> None:
    execution, name = _shared(lab), lab.unique("times")
    later = point(name, 0.2) | {"timestamp": "2024-05-06T07:09:09Z"}
    store(lab, execution, metrics=[point(name, 0.1), later])
    _expect_values(lab, execution, name, [0.1, 0.2])


@probe("LM-METRICS-POINT-ECHO")
def point_comes_back(lab: Lab) -> None:
    execution, name = _shared(lab), lab.unique("echo")
    labels = [{"name": "group", "value": "tree-82 é"}, {"name": "metrics.ai.sap.com/Artifact.name", "value": "model"}]
    for number, value in enumerate((0.98, -3.5e-7, 12345678, 0)):
        store(lab, execution, metrics=[point(name, value, number, labels=labels)])
    found = {m.get("step"): m for m in points(lab, execution, name)}
    for number, value in enumerate((0.98, -3.5e-7, 12345678, 0)):
        wanted = point(name, value, number, labels=labels)
        lab.expect_same(wanted, found.get(number, {}), what=f"step {number} as sent")


@probe("LM-METRICS-TIMESTAMP-FILLED")
def missing_timestamp_is_filled(lab: Lab) -> None:
    execution, name = _shared(lab), lab.unique("timeless")
    metric = point(name)
    del metric["timestamp"]
    answer = lab.send("patchMetrics", json={"executionId": execution, "metrics": [metric]})
    if answer.status == 400:
        # The description leaves the timestamp of what is sent open, and no test of SAP's leaves it out (F43).
        raise Inconclusive(f"a metric without a timestamp is refused: {answer.brief}")
    lab.expect_status(answer, {204})
    found = points(lab, execution, name)
    good = len(found) == 1 and instant(found[0].get("timestamp")) is not None
    lab.expect(good, expected="a timestamp of the server's", actual=f"{found}")


@probe("LM-METRICS-TAGS-ECHO")
def tags_come_back(lab: Lab) -> None:
    _echo(lab, "tags", [{"name": lab.unique("tag"), "value": v} for v in ("beta-3", "x" * 256, 'é "q", =')])


@probe("LM-METRICS-CUSTOM-INFO-ECHO")
def custom_info_comes_back(lab: Lab) -> None:
    matrix = "[{'Predicted': 'False', 'Actual': [34, 124]}]\n" * 100
    _echo(lab, "customInfo", [{"name": lab.unique("info"), "value": v} for v in ("1", matrix)])


@probe("LM-METRICS-LABELS-TWENTY")
def twenty_labels_are_taken(lab: Lab) -> None:
    execution, name = _shared(lab), lab.unique("labels")
    labels = [{"name": f"label-{n}", "value": f"{n}"} for n in range(20)]
    answer = lab.send("patchMetrics", json={"executionId": execution, "metrics": [point(name, labels=labels)]})
    lab.expect_status(answer, {204})
    found = points(lab, execution, name)
    lab.expect_same({"labels": labels}, found[0] if found else {}, what="as sent")


@probe("LM-METRICS-PATCH-JSON")
def plain_json_is_taken(lab: Lab) -> None:
    execution, name = _shared(lab), lab.unique("json")
    body = {"executionId": execution, "metrics": [point(name)]}
    lab.expect_status(lab.send("patchMetrics", json=body, media_type="application/json"), {204})
    _expect_values(lab, execution, name, [0.5])


@probe("LM-METRICS-PATCH-NULL-ID")
def null_is_no_execution(lab: Lab) -> None:
    body = {"executionId": None, "metrics": [point(lab.unique("null"))]}
    lab.expect_refused(lab.send("patchMetrics", json=body))


@probe("LM-METRICS-BODY-REQUIRED")
def fields_are_required(lab: Lab) -> None:
    execution = _shared(lab)
    metric = point(lab.unique("required"))
    wrong: list[Json] = [{"metrics": [metric]}]
    wrong += [
        {"executionId": execution, "metrics": [{k: metric[k] for k in metric if k != n}]} for n in ("name", "value")
    ]
    wrong += [{"executionId": execution, "tags": [{"name": "lmconform"}]}]
    wrong += [{"executionId": execution, "customInfo": [{"value": "lmconform"}]}]
    for body in wrong:
        lab.expect_refused(lab.send("patchMetrics", json=body))


@probe("LM-METRICS-BODY-TYPE")
def types_are_checked(lab: Lab) -> None:
    execution = _shared(lab)
    metric = point(lab.unique("type"))
    for wrong in ({"value": "high"}, {"step": "one"}, {"step": -1}, {"labels": "red"}):
        body = {"executionId": execution, "metrics": [{**metric, **wrong}]}
        lab.expect_refused(lab.send("patchMetrics", json=body))


@probe("LM-METRICS-BODY-MALFORMED")
def malformed_is_refused(lab: Lab) -> None:
    lab.expect_refused(lab.send("patchMetrics", body=MALFORMED))


@probe("LM-METRICS-BODY-TOO-LONG")
def long_values_are_refused(lab: Lab) -> None:
    execution, name = _shared(lab), lab.unique("long")
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
        lab.expect_refused(lab.send("patchMetrics", json={"executionId": execution, **body}), {400, 413})


@probe("LM-METRICS-REFUSED-NOT-STORED")
def refused_is_not_stored(lab: Lab) -> None:
    execution, good = _shared(lab), lab.unique("good")
    store(lab, execution, metrics=[point(lab.unique("before"))])
    bad = point(lab.unique("bad")) | {"value": "high"}
    answer = lab.send("patchMetrics", json={"executionId": execution, "metrics": [point(good), bad]})
    if answer.ok:
        raise NotTestable(f"{lab.label(answer)} accepted a value that is no number")
    _expect_values(lab, execution, good, [])


@probe("LM-METRICS-COUNT")
def count_is_the_number_of_resources(lab: Lab) -> None:
    execution = _shared(lab)
    store(lab, execution, metrics=[point(lab.unique("count"))])
    body = lab.read("findMetrics", {"executionIds": [execution]})
    length = len(body.get("resources") or [])
    if body.get("count") is None:
        raise NotApplicable("count is optional in a list of metrics, and not told")
    lab.expect(body.get("count") == length, expected=f"count: {length}", actual=f"count: {body.get('count')}")


@probe("LM-METRICS-FIND-SEVERAL")
def several_executions_are_found(lab: Lab) -> None:
    executions = [_shared(lab), trials.spare(lab).id]
    for execution in executions:
        store(lab, execution, metrics=[point(lab.unique("several"))])
    found = [r.get("executionId") for r in lab.items("findMetrics", {"executionIds": executions})]
    lab.expect(sorted(map(str, found)) == sorted(executions), expected=f"one each of {executions}", actual=f"{found}")


@probe("LM-METRICS-FIND-OWN-ONLY")
def only_the_asked_for_is_found(lab: Lab) -> None:
    execution, other = _shared(lab), trials.spare(lab).id
    for each in (execution, other):
        store(lab, each, metrics=[point(lab.unique("own"))])
    found = [r.get("executionId") for r in lab.items("findMetrics", {"executionIds": [execution]})]
    lab.expect(found == [execution], expected=f"only {execution}", actual=f"{found}")


@probe("LM-METRICS-FILTER-EQ")
def filter_by_equality_works(lab: Lab) -> None:
    execution = _shared(lab)
    store(lab, execution, metrics=[point(lab.unique("filter"))])
    answer = lab.get("findMetrics", {"$filter": f"executionId eq '{execution}'"})
    _need_filter(answer)
    lab.expect_status(answer, {200})
    ids = [r.get("executionId") for r in answer.json_object().get("resources") or []]
    lab.expect(ids == [execution], expected=f"only {execution}", actual=f"{ids}")


@probe("LM-METRICS-SELECT")
def select_leaves_one_section(lab: Lab) -> None:
    execution, name = _shared(lab), lab.unique("select")
    entry = {"name": name, "value": "selected"}
    store(lab, execution, metrics=[point(name)], tags=[entry], customInfo=[entry])
    for section in _SECTIONS:
        found = resource(lab, execution, {"$select": [section]})
        names = [e.get("name") for e in found.get(section) or []]
        lab.expect(name in names, expected=f"{name} in {section}", actual=f"{names}")
        odd = [other for other in _SECTIONS if other != section and found.get(other)]
        lab.expect(not odd, expected=f"no section but {section}", actual=f"{odd} too")


@probe("LM-METRICS-SELECT-ALL")
def star_selects_all(lab: Lab) -> None:
    execution, name = _shared(lab), lab.unique("star")
    entry = {"name": name, "value": "selected"}
    store(lab, execution, metrics=[point(name)], tags=[entry], customInfo=[entry])
    for select in (["*"], list(_SECTIONS)):
        found = resource(lab, execution, {"$select": select})
        missing = [s for s in _SECTIONS if name not in [e.get("name") for e in found.get(s) or []]]
        lab.expect(not missing, expected="all three sections", actual=f"{missing} missing for $select={select}")


@probe("LM-METRICS-TAG-FILTER")
def tags_filter(lab: Lab) -> None:
    execution, name = _shared(lab), lab.unique("tagged")
    # The value that is not found is that of another tag.
    store(lab, execution, tags=[{"name": name, "value": "yes"}, {"name": lab.unique("other"), "value": "no"}])
    for value, wanted in (("yes", True), ("no", False)):
        answer = lab.get("findMetrics", {"executionIds": [execution], "tagFilters": f"{name}={value}"})
        # Whether nothing found is an empty list or a 404 is not what this is about.
        lab.expect_status(answer, {200} if wanted else {200, 404})
        listed = answer.json_object().get("resources") or []
        found = execution in [r.get("executionId") for r in listed]
        lab.expect(
            found is wanted, expected=f"{'found' if wanted else 'nothing'} for {name}={value}", actual=answer.brief
        )


@probe("LM-METRICS-UNKNOWN-404", effect="read")
def nothing_is_not_found(lab: Lab) -> None:
    lab.expect_refused(lab.get("findMetrics", {"executionIds": [lab.absent_id()]}), {404})


@probe("LM-METRICS-FILTER-TWICE", effect="read")
def two_filters_are_refused(lab: Lab) -> None:
    execution = lab.absent_id()
    answer = lab.get("findMetrics", {"$filter": f"executionId eq '{execution}'", "executionIds": [execution]})
    _need_filter(answer)
    lab.expect_refused(answer)


@probe("LM-METRICS-TEN-IDS", effect="read")
def ten_ids_are_not_too_many(lab: Lab) -> None:
    answer = lab.get("findMetrics", {"executionIds": [lab.absent_id() for _ in range(10)]})
    lab.expect_status(answer, {200, 404})


@probe("LM-METRICS-DELETE", effect="destructive")
def deleted_metrics_are_gone(lab: Lab) -> None:
    execution = _deleted(lab)
    lab.expect_refused(lab.get("findMetrics", {"executionIds": [execution]}), {404})


@probe("LM-METRICS-DELETE-TWICE", effect="destructive")
def second_delete_finds_nothing(lab: Lab) -> None:
    execution = _deleted(lab)
    lab.expect_refused(lab.send("deleteMetrics", query={"executionId": execution}), {404})


@probe("LM-METRICS-DELETE-404", effect="destructive")
def nothing_is_not_deleted(lab: Lab) -> None:
    lab.expect_refused(lab.send("deleteMetrics", query={"executionId": lab.absent_id()}), {404})


@probe("LM-METRICS-DELETE-OTHERS-STAY", effect="destructive")
def metrics_of_others_stay(lab: Lab) -> None:
    execution, name = _shared(lab), lab.unique("stays")
    store(lab, execution, metrics=[point(name)])
    _deleted(lab)
    _expect_values(lab, execution, name, [0.5])


def _need_filter(answer: Exchange) -> None:
    """The deprecated $filter may be left out: 501 is declared for it."""
    if answer.status == 501:
        raise NotApplicable("the target does not implement $filter, and says so with the declared 501")


def _deleted(lab: Lab) -> str:
    """A spare execution whose metrics were stored and deleted."""
    execution = trials.spare(lab).id
    store(lab, execution, metrics=[point(lab.unique("deleted"))])
    answer = lab.send("deleteMetrics", query={"executionId": execution})
    lab.expect_status(answer, {200})
    lab.session.journal.removed("metrics", execution)
    return execution


def _echo(lab: Lab, section: str, entries: list[Json]) -> None:
    execution = _shared(lab)
    answer = lab.send("patchMetrics", json={"executionId": execution, section: entries})
    lab.expect_status(answer, {204})
    found = resource(lab, execution).get(section) or []
    # The server may add entries of its own (F39).
    missing = pairs(entries) - pairs(found)
    lab.expect(not missing, expected=f"{section} as sent", actual=f"{sorted(missing)[:1]} missing")
