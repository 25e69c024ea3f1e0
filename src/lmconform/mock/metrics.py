"""Metrics of executions: points append, tags and custom info are kept by name (lm-facts F35 to F46)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from lmconform.mock.call import Call, Reply
from lmconform.mock.problems import TOO_LARGE, Problem, bad_request, no_metrics
from lmconform.mock.query import page
from lmconform.mock.store import Tracking, microseconds

_MOST_METRICS, _MOST_LABELS, _MOST_TAGS, _MOST_INFOS = 1000, 20, 100, 100
_MOST_INFO_BYTES = 5 * 1024 * 1024
_MOST_POINTS = 20_000
_MOST_IDS = 10
_EQUAL = re.compile(r"\s*executionId\s+eq\s+'([^']{1,64})'\s*")
_IN = re.compile(r"\s*executionId\s+in\s*\(([^)]*)\)\s*")


def patch(call: Call) -> Reply:
    """Store metrics, tags, custom info; what the body does not name stays as it is."""
    body = call.body
    execution_id = body["executionId"]
    if execution_id not in call.group.executions and call.switches["metrics-unknown-execution"] == "400":
        raise bad_request(f"execution {execution_id} does not exist")
    metrics, tags, infos = (body.get(name) or [] for name in ("metrics", "tags", "customInfo"))
    if len(metrics) > _MOST_METRICS or len(tags) > _MOST_TAGS or len(infos) > _MOST_INFOS:
        raise bad_request("too many metrics, tags or custom infos")
    if any(len(metric.get("labels") or []) > _MOST_LABELS for metric in metrics):
        raise bad_request(f"a metric has at most {_MOST_LABELS} labels")
    if sum(len(info["value"]) for info in infos) > _MOST_INFO_BYTES:
        raise Problem(413, TOO_LARGE, "PayloadLimitException")
    points = [_point(metric) for metric in metrics]
    tracking = call.group.track(execution_id)
    if len(tracking.metrics) + len(points) > _MOST_POINTS or len(tracking.tags) > _MOST_POINTS:
        raise Problem(413, TOO_LARGE, "PayloadLimitException")
    if call.switches["metrics-duplicate"] == "replace":
        sent = [_identity(point) for point in points]
        tracking.metrics = [point for point in tracking.metrics if _identity(point) not in sent]
    tracking.metrics += points
    tracking.tags |= {tag["name"]: {"name": tag["name"], "value": tag["value"]} for tag in tags}
    tracking.custom_info |= {info["name"]: {"name": info["name"], "value": info["value"]} for info in infos}
    return Reply(204)


def find(call: Call) -> Reply:
    """The metrics of some executions."""
    if "$filter" in call.query and call.switches["metrics-filter"] == "501":
        raise Problem(501, "02000001", "$filter is not implemented")
    ids = _wanted(call)
    conditions = _tag_conditions(call.query.get("tagFilters", ""))
    tracked = call.group.tracking
    known = [i for i in (ids if ids is not None else list(tracked)) if i in tracked]
    if ids is not None and len(known) < len(ids) and call.switches["metrics-partly-unknown"] == "404":
        raise no_metrics()
    found = [i for i in known if _tagged(tracked[i], conditions)]
    if not found:
        raise no_metrics()
    sections = set(call.query.get("$select", ["*"]))
    resources = page(call, [_show(call, i, tracked[i], sections) for i in found], 1000)
    return Reply(200, {"count": len(resources), "resources": resources})


def delete(call: Call) -> Reply:
    """Forget the metrics of an execution."""
    execution_id = call.query["executionId"]
    if call.group.tracking.pop(execution_id, None) is None:
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
        if "tagFilters" not in call.query:
            raise bad_request("one of executionIds and $filter is mandatory")
        return None
    unique = list(dict.fromkeys(ids))
    if len(unique) > _MOST_IDS:
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
        # Grouped by name with rising steps: not the order of sending (lm-facts F38).
        result["metrics"] = sorted(tracking.metrics, key=lambda point: (point["name"], point["step"]))
    if every or "tags" in sections:
        result["tags"] = list(tracking.tags.values())
        if call.switches["metrics-server-tags"] == "yes":
            result["tags"].append({"name": "server.example/stored", "value": "yes"})
    if every or "customInfo" in sections:
        result["customInfo"] = list(tracking.custom_info.values())
    return result


def _point(metric: dict[str, Any]) -> dict[str, Any]:
    labels = [{"name": label["name"], "value": label["value"]} for label in metric.get("labels") or []]
    return {
        "name": metric["name"],
        "value": metric["value"],
        "timestamp": _instant(metric.get("timestamp")),
        "step": metric.get("step", 0),
        "labels": labels,
    }


def _instant(text: str | None) -> str:
    if text is None:
        return microseconds(datetime.now(UTC))
    try:
        when = datetime.fromisoformat(text)
        return microseconds(when if when.tzinfo else when.replace(tzinfo=UTC))
    except (ValueError, OverflowError) as error:
        raise bad_request("a timestamp is no RFC 3339 date-time") from error


def _identity(point: dict[str, Any]) -> tuple[Any, ...]:
    labels = tuple(sorted((label["name"], label["value"]) for label in point["labels"]))
    return (point["name"], point["step"], point["timestamp"], labels)
