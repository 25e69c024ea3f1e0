"""Execution schedules: cron expressions that start executions in the time of the mock (facts C5 to C53)."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from lmconform.mock import bindings, configurations, cron, query
from lmconform.mock.call import Call, Reply, count, created, listing
from lmconform.mock.lifecycle import NEVER
from lmconform.mock.limits import MINIMUM_FREQUENCY_HOURS
from lmconform.mock.problems import Problem, bad_request, not_found
from lmconform.mock.records import Schedule
from lmconform.mock.store import Group
from lmconform.mock.times import format_seconds, parse_instant

_HOUR = 3600.0
# Runs that one event may start, so that a mock that was idle for long does not block.
_MAX_AT_ONCE = 100


def create(call: Call) -> Reply:
    """Create a schedule; it is ACTIVE at once."""
    body = call.body
    _check_cron(call, body["cron"])
    configuration, _ = configurations.usable(call, body["configurationId"], serves=False)
    start, end = _parse_time(body, "start"), _parse_time(body, "end")
    _check_window(call, start, end)
    now = call.group.now()
    call.group.reserve(call.group.schedules)
    data = {"name": body["name"], "cron": body["cron"]}
    schedule = Schedule(str(uuid.uuid4()), data, configuration, start, end, "ACTIVE", now, now, now)
    call.group.schedules[schedule.id] = schedule
    call.group.touch("schedules", schedule.id)
    _plan(call.group, schedule)
    answer = {"id": schedule.id, "message": "Execution Schedule created"}
    return created(call, 202, "executionSchedules", answer)


def get(call: Call) -> Reply:
    """The schedule that the path names."""
    return Reply(200, _show(call, _find(call)))


def list_(call: Call) -> Reply:
    """The schedules that match the query."""
    resources = _matching(call)
    return listing(call, query.page(call, resources), len(resources))


def count_(call: Call) -> Reply:
    """The number of schedules that match, without paging."""
    return count(call, len(_matching(call)))


def modify(call: Call) -> Reply:
    """Change the members that the body has; the name cannot be changed."""
    schedule, body, now = _find(call), call.body, call.group.now()
    if not set(body) & {"cron", "start", "end", "configurationId", "status"} and (
        call.switches["empty-modification"] == "400"
    ):
        raise bad_request("nothing to modify")
    if "cron" in body:
        _check_cron(call, body["cron"])
    configuration = schedule.configuration
    if "configurationId" in body:
        configuration, _ = configurations.usable(call, body["configurationId"], serves=False)
    start = _parse_time(body, "start") if "start" in body else schedule.start
    end = _parse_time(body, "end") if "end" in body else schedule.end
    if "start" in body or "end" in body:
        _check_window(call, start, end)
    if body.get("status", schedule.status) != schedule.status and _is_over(call.group, schedule, end, now):
        # A schedule can be stopped and resumed only before its end.
        raise Problem(400, "01010079", "Invalid Request, the end time has passed")
    schedule.start, schedule.end, schedule.configuration = start, end, configuration
    schedule.data = {"name": schedule.data["name"], "cron": body.get("cron", schedule.data["cron"])}
    schedule.status = body.get("status", schedule.status)
    schedule.modified = schedule.anchor = now
    _plan(call.group, schedule)
    call.group.touch("schedules", schedule.id)
    return Reply(202, {"id": schedule.id, "message": "Execution Schedule modified"})


def delete(call: Call) -> Reply:
    """Delete a schedule; its executions remain (F52)."""
    schedule = _find(call)
    call.group.unschedule(schedule.id)
    return Reply(202, {"id": schedule.id, "message": "Execution Schedule deleted"})


def fire(group: Group, schedule_id: str, when: float) -> None:
    """Start the executions that are due, or end the schedule."""
    schedule = group.schedules.get(schedule_id)
    if schedule is None or schedule.due != when or schedule.status != "ACTIVE":
        return
    group.touch("schedules", schedule_id)
    now = group.now()
    for _ in range(_MAX_AT_ONCE):
        if schedule.end is not None and schedule.tick >= schedule.end:
            schedule.status, schedule.modified = "INACTIVE", schedule.due
            return
        _start(group, schedule)
        _advance(group, schedule, schedule.tick)
        if schedule.due > now:
            break
    else:
        # The remaining runs are skipped.
        _advance(group, schedule, _schedule_time(group, schedule, now))
    group.plan(schedule.due, "fire", schedule_id)


def _start(group: Group, schedule: Schedule) -> None:
    executable = group.catalog.of(schedule.configuration)
    failure = bindings.failure(group, schedule.configuration, executable)
    # When the quota is exhausted, this run is skipped.
    with suppress(Problem):
        group.add_execution(
            schedule.configuration, failure, executable.products(), schedule=schedule.id, when=schedule.due
        )


def _plan(group: Group, schedule: Schedule) -> None:
    """Schedule the next run, or the end of the schedule if that comes first."""
    if schedule.status == "ACTIVE":
        _advance(group, schedule, schedule.anchor)
        group.plan(schedule.due, "fire", schedule.id)


def _advance(group: Group, schedule: Schedule, after: float) -> None:
    """Move to the next run after ``after`` (schedule time), or to the end if that comes first."""
    try:
        tick = cron.following(schedule.data["cron"], max(after, (schedule.start or 0.0) - 1.0))
    except (StopIteration, cron.BadCron):
        # A start in the year 9999 can have no next run before the calendar of datetime ends.
        tick = NEVER
    if schedule.end is not None:
        tick = min(tick, max(schedule.end, schedule.anchor))
    schedule.tick = tick
    schedule.due = schedule.anchor + (tick - schedule.anchor) * group.timing.hour / _HOUR


def _schedule_time(group: Group, schedule: Schedule, now: float) -> float:
    """Real time as schedule time: equal at ``anchor``, then scaled by the duration of an hour."""
    return schedule.anchor + (now - schedule.anchor) * _HOUR / group.timing.hour


def _is_over(group: Group, schedule: Schedule, end: float | None, now: float) -> bool:
    return end is not None and _schedule_time(group, schedule, now) >= end


def _check_cron(call: Call, text: str) -> None:
    try:
        cron.check(text, six=call.switches["cron-six-fields"] == "accept")
        if call.switches["cron-too-often"] == "400" and _is_too_frequent(call, text):
            raise bad_request("a schedule runs at most once an hour")
    except cron.BadCron as error:
        raise bad_request(str(error)[:200]) from error


def _is_too_frequent(call: Call, text: str) -> bool:
    return cron.shortest_interval(text, call.group.now()) < MINIMUM_FREQUENCY_HOURS * _HOUR


def _check_window(call: Call, start: float | None, end: float | None) -> None:
    if call.switches["schedule-window"] != "400":
        return
    if start is not None and end is not None and end <= start:
        raise bad_request("end is not after start")
    if end is not None and end <= call.group.now():
        raise bad_request("end lies in the past")


def _parse_time(body: dict[str, Any], name: str) -> float | None:
    return parse_instant(body[name], name) if name in body else None


def _find(call: Call) -> Schedule:
    schedule = call.group.schedules.get(call.path["executionScheduleId"])
    if schedule is None:
        raise not_found("Execution schedule", call.path["executionScheduleId"])
    return schedule


def _show(call: Call, schedule: Schedule) -> dict[str, Any]:
    shown = {
        "id": schedule.id,
        **schedule.data,
        "configurationId": schedule.configuration["id"],
        "status": schedule.status,
        "start": None if schedule.start is None else format_seconds(schedule.start),
        "end": None if schedule.end is None else format_seconds(schedule.end),
        "createdAt": format_seconds(schedule.created),
        "modifiedAt": format_seconds(schedule.modified),
    }
    return query.with_optionals(shown, call, ("start", "end"))


def _matching(call: Call) -> list[dict[str, Any]]:
    query.check_filter_ids(call)
    shown = [_show(call, schedule) for schedule in call.group.schedules.values()]
    return [resource for resource in shown if query.matches(resource, call, ("configurationId", "status"))]
