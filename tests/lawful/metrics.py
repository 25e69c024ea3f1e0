"""Operations on metrics: appended by PATCH, found by execution, deleted as a whole."""

import re
from datetime import UTC, datetime
from urllib.parse import unquote

from .catalog import listed
from .checking import ID, Body, bad, moment
from .shapes import Refused, Reply, refuse

SECTIONS = ("metrics", "tags", "customInfo")
EQUAL = re.compile(r"\s*executionId\s+eq\s+'([^']*)'\s*")
AMONG = re.compile(r"\s*executionId\s+in\s*\(([^)]*)\)\s*")
METRIC_NAME = re.compile(r".*[\w-].*", re.DOTALL)


def _supported(api):
    if api.choices["metrics"] == "off":
        raise refuse(api.choices["off_answer"], "Metrics are not supported")


def _metric(api, entry):
    entry.need("name", "value")
    name = entry.text("name", pattern=METRIC_NAME, longest=256)
    value, step = entry.members["value"], entry.members.get("step")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise bad("value is not a number")
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        raise bad("value is out of range")
    if isinstance(step, float) and step.is_integer():
        step = int(step)
    if step is not None and (isinstance(step, bool) or not isinstance(step, int) or step < 0):
        raise bad("step is not a whole number")
    entry.given("step")
    stamp = entry.text("timestamp")
    rules = {"longest": 256, "shortest": 1}
    labels = entry.pairs("labels", "value", key="name", key_rules=rules, rules=rules)
    if labels and len(labels) > 20:
        _limit(api)
    made = {"name": name, "value": value, "labels": labels or []}
    now = datetime.fromtimestamp(api.world.now(), UTC)
    made["timestamp"] = now if stamp is None else moment(stamp, "timestamp")
    if step is None and api.choices["no_step"] == "zero":
        step = 0
    return made | {"step": step}


def _limit(api):
    if api.choices["metrics_limit"] != "accept":
        raise refuse(api.choices["metrics_limit"], "PayloadLimitException", "02000005")


def _named(api, body, section):
    rules = {"longest": 256, "shortest": 1}
    values = {"shortest": 1} if section == "customInfo" else rules
    entries = body.pairs(section, "value", key="name", key_rules=rules, rules=values)
    if entries and len(entries) > 100:
        _limit(api)
    return entries


def patch(api, call):
    """PATCH /lm/metrics: points are added, sections that are not named stay."""
    _supported(api)
    body = Body.read(api, call)
    body.need("executionId")
    identifier = body.text("executionId", pattern=ID)
    for name in ("createdAt", "modifiedAt"):
        if body.given(name):
            moment(body.members[name], name)
    entries = body.objects("metrics") or []
    points = [_metric(api, entry) for entry in entries]
    if len(entries) > 1000:
        _limit(api)
    named = {section: _named(api, body, section) for section in ("tags", "customInfo")}
    group, now = call.group, api.world.now()
    known = identifier in group.executions or identifier in group.deployments or identifier in group.metrics
    if not known and api.choices["metrics_unknown"] != "204":
        raise refuse(api.choices["metrics_unknown"], "Execution not found")
    record = group.metrics.setdefault(
        identifier, {"created": now, "modified": now, "metrics": [], "tags": [], "customInfo": []}
    )
    record["modified"] = now
    for point in points:
        if api.choices["same_point"] == "upsert":
            same = [p for p in record["metrics"] if {**p, "value": 0} == {**point, "value": 0}]
            for old in same:
                record["metrics"].remove(old)
        record["metrics"].append(point)
    for section, given in named.items():
        for entry in given or []:
            if api.choices["same_name"] == "upsert":
                record[section] = [e for e in record[section] if e["name"] != entry["name"]]
            record[section].append(entry)
    return Reply(204, None, "empty")


def _shown(api, identifier, record, sections):
    members = {"executionId": identifier}
    if api.choices["metrics_dates"]:
        members |= {"createdAt": api.shapes.now_text(record["created"])}
        members |= {"modifiedAt": api.shapes.now_text(record["modified"])}
    for section in sections:
        entries = record[section]
        if section == "metrics":
            points = sorted(entries, key=lambda p: (p["name"], p["step"] or 0, p["timestamp"]))
            entries = [_point(api, point) for point in points]
        if section == "tags" and api.choices["server_tags"]:
            entries = [*entries, {"name": "ai.sap.com/scenario", "value": "added-by-server"}]
        members[section] = entries
    shown = api.shapes.thing(members, optional=SECTIONS)
    if api.choices["extra_members"]:
        shown.pop("progress", None)
    return shown


def _point(api, point):
    stamps = api.shapes
    shown = point | {"timestamp": stamps.precise(point["timestamp"])}
    if point["step"] is None:
        shown = {k: v for k, v in shown.items() if k != "step"}
        if api.choices["no_step"] == "null":
            shown["step"] = None
    return stamps.thing(shown, optional=("labels",))


def _ids_of_filter(text):
    match = EQUAL.fullmatch(text)
    if match:
        return [match[1]]
    match = AMONG.fullmatch(text)
    if match:
        return [part.strip().strip("'") for part in match[1].split(",")]
    raise bad("$filter is not understood")


def _carries(api, record, expression):
    name, unequal, value = re.fullmatch(r"([^!=]*)(?:(!?)=(.*))?", expression, re.DOTALL).groups()
    if api.choices["tag_filter_signs"] == "raw":
        name, value = unquote(name), value and unquote(value)
    found = [tag["value"] for tag in record["tags"] if tag["name"] == name]
    if value is None:
        return bool(found)
    return any((v == value) is not bool(unequal) for v in found)


def _from_jobs(api, group):
    """What trainings store themselves: a little more every other second while they run, and a last piece in the end."""
    now = api.world.now()
    for identifier, run in group.executions.items() if api.choices["job_metrics"] else ():
        if run.reached("RUNNING", now) is not None and now >= api.world.stores_at.get(identifier, 0.0):
            api.world.stores_at[identifier] = now + 2 if run.status(now) == "RUNNING" else float("inf")
            record = group.metrics.setdefault(
                identifier, {"created": now, "modified": now, "metrics": [], "tags": [], "customInfo": []}
            )
            step = len(record["metrics"])
            stamp = datetime.fromtimestamp(now, UTC)
            record["metrics"].append({"name": "job", "value": 1, "labels": [], "timestamp": stamp, "step": step})
            record["customInfo"].append({"name": f"job-{step}", "value": "[]"})


def find(api, call):
    """GET /lm/metrics: by ids, by filter or by tags; nothing found is 404."""
    _supported(api)
    _from_jobs(api, call.group)
    query, records = call.query, call.group.metrics
    ids, condition, tags = query.several("executionIds"), query.one("$filter"), query.several("tagFilters")
    if ids is not None and condition is not None:
        raise bad("either executionIds or $filter")
    for parameter, is_sent in (("$filter", condition is not None), ("tagFilters", tags is not None)):
        if is_sent and api.choices["metrics_left_out"] == parameter:
            raise Refused(501, f"{parameter} is not supported")
    if ids is None and condition is None and (tags is None or api.choices["tag_filter_alone"] == "400"):
        raise bad("executionIds or $filter is missing")
    if condition is not None:
        ids = _ids_of_filter(condition)
    if ids is not None and len(ids) > 10 and api.choices["eleven_ids"] == "400":
        raise bad("more than ten execution ids")
    sections = query.several("$select") or ["*"]
    if not set(sections) <= {*SECTIONS, "*"}:
        if api.choices["bad_select"] == "400":
            raise bad("$select is not allowed")
        sections = [s for s in sections if s in SECTIONS] or ["*"]
    sections = SECTIONS if "*" in sections else [s for s in SECTIONS if s in sections]
    found = list(records) if ids is None else [i for i in records if i in ids]
    if ids is not None and len(found) < len(set(ids)) and api.choices["some_unknown"] == "404":
        found = []
    if tags is not None:
        found = [i for i in found if all(_carries(api, records[i], expression) for expression in tags)]
    if not found:
        raise Refused(404, "Metrics was not found.", "02010055")
    page = query.page(sorted(found), default=1000, largest=10000)
    reply = listed(api, [_shown(api, i, records[i], sections) for i in page], total=len(found))
    if not api.choices["metrics_count"]:
        del reply.body["count"]
    return reply


def delete(api, call):
    """DELETE /lm/metrics."""
    _supported(api)
    _from_jobs(api, call.group)
    identifier = call.query.one("executionId")
    if identifier is None:
        raise bad("executionId is missing")
    run = call.group.executions.get(identifier) or call.group.deployments.get(identifier)
    if run is not None:
        api.world.touched(run, "DELETE metrics")
    if call.group.metrics.pop(identifier, None) is None:
        raise Refused(404, "Metrics was not found.", "02010055")
    said = {"id": identifier, "message": api.shapes.said("Metric Resource was successfully deleted")}
    return Reply(200, api.shapes.thing(said if api.choices["optional"] != "absent" else {}))
