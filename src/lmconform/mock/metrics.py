"""Metrics of executions: points are appended, tags and custom info are kept by name (facts F35 to F46)."""

from __future__ import annotations

import re
from typing import Any

from lmconform.mock.call import Call, Reply
from lmconform.mock.problems import TOO_LARGE, Problem, bad_request, no_metrics
from lmconform.mock.query import page
from lmconform.mock.records import Tracking
from lmconform.mock.store import weigh
from lmconform.mock.times import format_microseconds, parse_instant

# Limits of one request.
_MOST_METRICS, _MOST_LABELS, _MOST_TAGS, _MOST_INFOS = 1000, 20, 100, 100
_MOST_INFO_BYTES = 5 * 1024 * 1024
_MOST_IDS = 10
# Limit of one execution.
_MOST_POINTS = 20_000
_EQUAL = re.compile(r"\s*executionId\s+eq\s+'([^']{1,64})'\s*")
_IN = re.compile(r"\s*executionId\s+in\s*\(([^)]*)\)\s*")


def patch(call: Call) -> Reply:
    """Store metrics, tags and custom info; those that the body does not name are unchanged."""
    execution_id = call.body["executionId"]
    if execution_id not in call.group.executions and call.switches["metrics-unknown-execution"] != "204":
        status = int(call.switches["metrics-unknown-execution"])
        raise Problem(status, "02010001", f"Invalid Request, execution {execution_id} does not exist")
    metrics, tags, infos = (call.body.get(name) or [] for name in ("metrics", "tags", "customInfo"))
    _check_size(metrics, tags, infos)
    points = [_point(metric, call.group.now()) for metric in metrics]
    tracking = call.group.track(execution_id)
    if len(tracking.metrics) + len(points) > _MOST_POINTS or len(tracking.tags) > _MOST_POINTS:
        raise Problem(413, TOO_LARGE, "PayloadLimitException")
    _store(call, tracking, points, _merged(call, tracking.tags, tags), _merged(call, tracking.custom_info, infos))
    call.group.touch("tracking", execution_id)
    return Reply(204)


def _check_size(metrics: list[Any], tags: list[Any], infos: list[Any]) -> None:
    if len(metrics) > _MOST_METRICS or len(tags) > _MOST_TAGS or len(infos) > _MOST_INFOS:
        raise bad_request("too many metrics, tags or custom infos")
    if any(len(metric.get("labels") or []) > _MOST_LABELS for metric in metrics):
        raise bad_request(f"a metric has at most {_MOST_LABELS} labels")
    if sum(len(info["value"]) for info in infos) > _MOST_INFO_BYTES:
        raise Problem(413, TOO_LARGE, "PayloadLimitException")


def _store(
    call: Call, tracking: Tracking, points: list[dict[str, Any]], tags: dict[str, Any], infos: dict[str, Any]
) -> None:
    """Add the points, replace tags and custom info, and account for the bytes; raises when the mock is full."""
    kept = tracking.metrics
    if call.switches["metrics-duplicate"] == "replace":
        sent = [_identity(point) for point in points]
        kept = [point for point in tracking.metrics if _identity(point) not in sent]
    weight = weigh(points) + _growth(tracking.tags, tags) + _growth(tracking.custom_info, infos)
    if len(kept) < len(tracking.metrics):
        weight += weigh(kept) - weigh(tracking.metrics)
    call.group.add_weight(weight)
    tracking.weight += weight
    if len(kept) < len(tracking.metrics):
        tracking.saved = 0
    kept.extend(points)
    tracking.metrics = kept
    tracking.tags, tracking.custom_info = tags, infos


def _merged(call: Call, known: dict[str, Any], sent: list[dict[str, Any]]) -> dict[str, Any]:
    new = {item["name"]: {"name": item["name"], "value": item["value"]} for item in sent}
    return new | known if call.switches["metrics-same-name"] == "keep" else known | new


def _growth(old: dict[str, Any], new: dict[str, Any]) -> int:
    """The bytes by which tags or custom info grow."""
    changed = [name for name, item in new.items() if old.get(name) is not item]
    return sum(weigh(new[name]) - (weigh(old[name]) if name in old else 0) for name in changed)


def find(call: Call) -> Reply:
    """The metrics of some executions."""
    if "$filter" in call.query and call.switches["metrics-filter"] == "501":
        raise Problem(501, "02000001", "$filter is not implemented")
    if "tagFilters" in call.query and call.switches["metrics-tag-filters"] == "501":
        raise Problem(501, "02000001", "tagFilters is not implemented")
    ids = _wanted(call)
    conditions = _tag_conditions(call.query.get("tagFilters", ""))
    tracked = call.group.tracking
    known = [i for i in (ids if ids is not None else list(tracked)) if i in tracked]
    if ids is not None and len(known) < len(ids) and call.switches["metrics-partly-unknown"] == "404":
        raise no_metrics()
    tagged = [i for i in known if _tagged(tracked[i], conditions)]
    if not tagged:
        raise no_metrics()
    sections = set(call.query.get("$select", ["*"]))
    resources = page(call, [_show(call, i, tracked[i], sections) for i in tagged], 1000)
    return Reply(200, {"count": len(resources), "resources": resources})


def delete(call: Call) -> Reply:
    """Delete the metrics of an execution."""
    # When invalid parameters are ignored, an id that breaks its pattern counts as absent.
    execution_id = call.query.get("executionId")
    if execution_id is None or not call.group.delete_tracking(execution_id):
        raise no_metrics()
    return Reply(200, {"id": execution_id, "message": "Metric Resource was successfully deleted"})


def _wanted(call: Call) -> list[str] | None:
    ids, text = call.query.get("executionIds"), call.query.get("$filter")
    if ids is not None and text is not None:
        raise bad_request("either executionIds or $filter, not both")
    if text is not None:
        if single := _EQUAL.fullmatch(text):
            return [single.group(1)]
        if several := _IN.fullmatch(text):
            return [part.strip().strip("'") for part in several.group(1).split(",")]
        raise bad_request("$filter is not understood")
    if ids is None:
        tags_suffice = "tagFilters" in call.query and call.switches["metrics-tags-alone"] == "yes"
        choice = "all" if tags_suffice else call.switches["metrics-without-ids"]
        if choice == "all":
            return None
        raise no_metrics() if choice == "404" else bad_request("one of executionIds and $filter is mandatory")
    unique = list(dict.fromkeys(ids))
    if len(unique) > _MOST_IDS and call.switches["metrics-many-ids"] == "400":
        raise bad_request(f"at most {_MOST_IDS} executionIds")
    return unique


def _tag_conditions(text: str) -> list[tuple[str, str, str]]:
    conditions = []
    for part in filter(None, text.split(",")):
        for sign in ("!=", "="):
            if sign in part:
                name, _, value = part.partition(sign)
                conditions.append((name, sign, value))
                break
        else:
            conditions.append((part, "", ""))
    return conditions


def _tagged(tracking: Tracking, conditions: list[tuple[str, str, str]]) -> bool:
    for name, sign, value in conditions:
        tag = tracking.tags.get(name)
        if tag is None or (sign == "=" and tag["value"] != value) or (sign == "!=" and tag["value"] == value):
            return False
    return True


def _show(call: Call, execution_id: str, tracking: Tracking, sections: set[str]) -> dict[str, Any]:
    result: dict[str, Any] = {"executionId": execution_id}
    every = "*" in sections
    if every or "metrics" in sections:
        # Grouped by name, with ascending steps: not the order in which they were sent (fact F38).
        keys = ("step", "name") if call.switches["metrics-order"] == "by-step" else ("name", "step")
        result["metrics"] = sorted(tracking.metrics, key=lambda point: tuple(point[key] for key in keys))
    if every or "tags" in sections:
        result["tags"] = list(tracking.tags.values())
        if call.switches["metrics-server-tags"] == "yes":
            result["tags"].append({"name": "server.example/stored", "value": "yes"})
    if every or "customInfo" in sections:
        result["customInfo"] = list(tracking.custom_info.values())
    return result


def _point(metric: dict[str, Any], now: float) -> dict[str, Any]:
    labels = [{"name": label["name"], "value": label["value"]} for label in metric.get("labels") or []]
    sent = metric.get("timestamp")
    return {
        "name": metric["name"],
        "value": metric["value"],
        "timestamp": format_microseconds(now if sent is None else parse_instant(sent, "a timestamp")),
        "step": metric.get("step", 0),
        "labels": labels,
    }


def _identity(point: dict[str, Any]) -> tuple[Any, ...]:
    labels = tuple(sorted((label["name"], label["value"]) for label in point["labels"]))
    return (point["name"], point["step"], point["timestamp"], labels)
