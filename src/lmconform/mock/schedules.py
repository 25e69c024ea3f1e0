"""Execution schedules: cron that starts executions on the mock's clock (facts C5 to C53)."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from lmconform.mock import bindings, configurations, cron, query
from lmconform.mock.call import Call, Reply, count, created, listing
from lmconform.mock.lifecycle import NEVER
from lmconform.mock.problems import Problem, bad_request, not_found
from lmconform.mock.store import Group, Schedule
from lmconform.mock.times import instant, seconds

_HOUR = 3600.0
_MOST_AT_ONCE = 100


def create(call: Call) -> Reply:
    """Make a schedule; it is ACTIVE at once."""
    body = call.body
    _check_cron(call, body["cron"])
    configuration, _ = configurations.usable(call, body["configurationId"], serves=False)
    start, end = _instant(body, "start"), _instant(body, "end")
    _check_window(call, start, end)
    now = call.group.now()
    call.group.room(call.group.schedules)
    data = {"name": body["name"], "cron": body["cron"]}
    made = Schedule(str(uuid.uuid4()), data, configuration, start, end, "ACTIVE", now, now, now)
    call.group.schedules[made.id] = made
    call.group.touch("schedules", made.id)
    _plan(call.group, made)
    answer = {"id": made.id, "message": "Execution Schedule created"}
    return created(call, 202, "executionSchedules", answer)


def get(call: Call) -> Reply:
    """One schedule."""
    return Reply(200, _show(call, _one(call)))


def list_(call: Call) -> Reply:
    """The schedules that match."""
    found = _found(call)
    return listing(call, query.page(call, found), len(found))


def count_(call: Call) -> Reply:
    """How many match, whatever the page."""
    return count(call, len(_found(call)))


def modify(call: Call) -> Reply:
    """Change what the body names; the name stays."""
    schedule, body, now = _one(call), call.body, call.group.now()
    if not set(body) & {"cron", "start", "end", "configurationId", "status"} and (
        call.switches["empty-modification"] == "400"
    ):
        raise bad_request("nothing to modify")
    if "cron" in body:
        _check_cron(call, body["cron"])
    configuration = schedule.configuration
    if "configurationId" in body:
        configuration, _ = configurations.usable(call, body["configurationId"], serves=False)
    start = _instant(body, "start") if "start" in body else schedule.start
    end = _instant(body, "end") if "end" in body else schedule.end
    if "start" in body or "end" in body:
        _check_window(call, start, end)
    if body.get("status", schedule.status) != schedule.status and _is_over(call.group, schedule, end, now):
        # Stopped and resumed only before the end time.
        raise Problem(400, "01010079", "Invalid Request, the end time has passed")
    schedule.start, schedule.end, schedule.configuration = start, end, configuration
    schedule.data = {"name": schedule.data["name"], "cron": body.get("cron", schedule.data["cron"])}
    schedule.status = body.get("status", schedule.status)
    schedule.modified = schedule.anchor = now
    _plan(call.group, schedule)
    call.group.touch("schedules", schedule.id)
    return Reply(202, {"id": schedule.id, "message": "Execution Schedule modified"})


def delete(call: Call) -> Reply:
    """Delete a schedule; its executions stay (F52)."""
    schedule = _one(call)
    call.group.unschedule(schedule.id)
    return Reply(202, {"id": schedule.id, "message": "Execution Schedule deleted"})


def fire(group: Group, schedule_id: str, when: float) -> None:
    """Start an execution, or end the schedule; called when it is due."""
    schedule = group.schedules.get(schedule_id)
    if schedule is None or schedule.due != when or schedule.status != "ACTIVE":
        return
    group.touch("schedules", schedule_id)
    now = group.now()
    # A mock that nobody asked for long catches up, but not for ever.
    for _ in range(_MOST_AT_ONCE):
        if schedule.end is not None and schedule.tick >= schedule.end:
            schedule.status, schedule.modified = "INACTIVE", schedule.due
            return
        _start(group, schedule)
        _advance(group, schedule, schedule.tick)
        if schedule.due > now:
            break
    else:
        _advance(group, schedule, _virtual(group, schedule, now))
    group.later(schedule.due, "fire", schedule_id)


def _start(group: Group, schedule: Schedule) -> None:
    executable = group.catalog.of(schedule.configuration)
    failure = bindings.failure(group, schedule.configuration, executable)
    # When the quota is exhausted this run is left out.
    with suppress(Problem):
        group.add_execution(
            schedule.configuration, failure, executable.products(), schedule=schedule.id, when=schedule.due
        )


def _plan(group: Group, schedule: Schedule) -> None:
    """Set when it fires next, or when it ends if that comes first."""
    if schedule.status == "ACTIVE":
        _advance(group, schedule, schedule.anchor)
        group.later(schedule.due, "fire", schedule.id)


def _advance(group: Group, schedule: Schedule, after: float) -> None:
    """To the next firing after ``after``, which is schedule time; to its end if that comes first."""
    try:
        tick = cron.following(schedule.data["cron"], max(after, (schedule.start or 0.0) - 1.0))
    except (StopIteration, cron.BadCron):
        # Beyond the calendar, which a start in the year 9999 reaches.
        tick = NEVER
    if schedule.end is not None:
        tick = min(tick, max(schedule.end, schedule.anchor))
    schedule.tick = tick
    schedule.due = schedule.anchor + (tick - schedule.anchor) * group.timing.hour / _HOUR


def _virtual(group: Group, schedule: Schedule, wall: float) -> float:
    """Schedule time: it starts with the wall's when the schedule is made or changed, and runs at the mock's pace."""
    return schedule.anchor + (wall - schedule.anchor) * _HOUR / group.timing.hour


def _is_over(group: Group, schedule: Schedule, end: float | None, now: float) -> bool:
    return end is not None and _virtual(group, schedule, now) >= end


def _check_cron(call: Call, text: str) -> None:
    try:
        cron.check(text, six=call.switches["cron-six-fields"] == "accept")
        if call.switches["cron-too-often"] == "400" and cron.shortest_gap(text, call.group.now()) < _HOUR:
            raise bad_request("a schedule runs at most once an hour")
    except cron.BadCron as error:
        raise bad_request(str(error)[:200]) from error


def _check_window(call: Call, start: float | None, end: float | None) -> None:
    if call.switches["schedule-window"] != "400":
        return
    if start is not None and end is not None and end <= start:
        raise bad_request("end is not after start")
    if end is not None and end <= call.group.now():
        raise bad_request("end lies in the past")


def _instant(body: dict[str, Any], name: str) -> float | None:
    return instant(body[name], name) if name in body else None


def _one(call: Call) -> Schedule:
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
        "start": None if schedule.start is None else seconds(schedule.start),
        "end": None if schedule.end is None else seconds(schedule.end),
        "createdAt": seconds(schedule.created),
        "modifiedAt": seconds(schedule.modified),
    }
    return query.shown(shown, call, ("start", "end"))


def _found(call: Call) -> list[dict[str, Any]]:
    query.known_ids(call)
    shown = [_show(call, schedule) for schedule in call.group.schedules.values()]
    return [resource for resource in shown if query.matches(resource, call, ("configurationId", "status"))]
