"""Operations on execution schedules."""

import re

from .catalog import listed
from .checking import Body, bad, moment
from .enactments import _allowed as executions_allowed
from .records import counted, created, page_of, sorted_records
from .shapes import Refused, Reply, refuse

FIELD = r"(\*|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(/[0-9]+)?"
CRON = re.compile(rf"{FIELD}(,{FIELD})*( {FIELD}(,{FIELD})*){{4,5}}")


def _supported(api):
    if api.choices["schedules"] == "off":
        raise refuse(api.choices["off_answer"], "Execution schedules are not supported")
    executions_allowed(api, False)


def _cron(api, body):
    cron = body.text("cron")
    if cron is None:
        return None
    if not CRON.fullmatch(cron):
        raise bad("cron is not understood")
    if cron.split()[0].startswith("*") and api.choices["often"] == "400":
        raise bad("cron runs more often than once an hour")
    return cron


def _moment(api, body, name):
    value = body.text(name)
    if value is None:
        return None
    when = moment(value, name)
    if "." in value and api.choices["schedule_fractions"] == "400":
        raise bad(f"{name} has fractions")
    return when.timestamp()


def _check_span(api, schedule):
    start, end = schedule["start"], schedule["end"]
    over = end is not None and (end <= (start or 0) or end <= api.world.now())
    if over and api.choices["schedule_end"] == "400":
        raise bad("end is over before start")


def _configuration(api, call, body):
    identifier = body.reference("configurationId")
    if identifier is not None and identifier not in call.group.configurations:
        raise refuse(api.choices["unknown_configuration"], f"Configuration {identifier} not found")
    if identifier is not None and api.choices["wrong_kind"] == "400":
        executable = api.world.executable_of(call.group.configurations[identifier])
        if executable["deployable"]:
            raise bad("the executable cannot be executed")
    return identifier


def _status(api, schedule):
    ended = schedule["end"] is not None and schedule["end"] <= api.world.now()
    return "INACTIVE" if ended else schedule["status"]


def _body(api, schedule):
    def time(moment):
        return None if moment is None else api.shapes.now_text(moment)

    members = {
        "id": schedule["id"],
        "name": schedule["name"],
        "configurationId": schedule["configurationId"],
        "cron": schedule["cron"],
        "start": time(schedule["start"]),
        "end": time(schedule["end"]),
        "status": _status(api, schedule),
        "createdAt": time(schedule["created"]),
        "modifiedAt": time(schedule["modified"]),
    }
    return api.shapes.thing(members, optional=("start", "end"))


def create(api, call):
    """POST /lm/executionSchedules."""
    _supported(api)
    body = Body.read(api, call, merge=False)
    body.need("name", "cron", "configurationId")
    now = api.world.now()
    schedule = {
        "id": api.shapes.identifier("schedule", call.group),
        "name": body.text("name", longest=256),
        "cron": _cron(api, body),
        "start": _moment(api, body, "start"),
        "end": _moment(api, body, "end"),
        "configurationId": _configuration(api, call, body),
        "status": "ACTIVE",
        "created": now,
        "modified": now,
        "gone": None,
    }
    if schedule["start"] is None and api.choices["schedule_start"] == "filled":
        schedule["start"] = now
    _check_span(api, schedule)
    call.group.schedules[schedule["id"]] = schedule
    said = {"id": schedule["id"], "message": api.shapes.said("Execution Schedule created")}
    return created(api, call, schedule["id"], 202, said)


def _live(api, call):
    now = api.world.now()
    for schedule in call.group.schedules.values():
        waiting = schedule.get("waiting", [])
        while waiting and waiting[0][0] <= now:
            schedule.update(waiting.pop(0)[1])
    return [s for s in call.group.schedules.values() if s["gone"] is None or s["gone"] > now]


def _in_lists(api, call):
    return [s for s in _live(api, call) if api.world.is_listed(s)]


def _as_listed(api, schedule):
    """The schedule before its last change, while lists do not know that yet."""
    until, before = schedule.get("listed", (0, schedule))
    return before if api.world.now() < until else schedule


def _found(api, call):
    if api.choices["off_lists"]:
        _supported(api)
    found = [_as_listed(api, schedule) for schedule in _in_lists(api, call)]
    configuration = call.query.one_id("configurationId")
    status = call.query.one_of("status", ("ACTIVE", "INACTIVE"))
    if configuration is not None:
        found = [s for s in found if s["configurationId"] == configuration]
    if status is not None:
        found = [s for s in found if _status(api, s) == status]
    return sorted_records(api, found)


def query(api, call):
    """GET /lm/executionSchedules."""
    page, total = page_of(api, call, _found(api, call))
    return listed(api, [_body(api, s) for s in page], total=total)


def count(api, call):
    """GET /lm/executionSchedules/$count."""
    return counted(api, _found(api, call))


def _one(api, call):
    identifier = call.id("executionScheduleId")
    for schedule in _live(api, call):
        if schedule["id"] == identifier:
            return schedule
    raise Refused(404, "Execution Schedule not found")


def get(api, call):
    """GET /lm/executionSchedules/{executionScheduleId}."""
    return Reply(200, _body(api, _one(api, call)))


def modify(api, call):
    """PATCH /lm/executionSchedules/{executionScheduleId}."""
    body = Body.read(api, call, merge=False)
    changes = {
        "cron": _cron(api, body),
        "start": _moment(api, body, "start"),
        "end": _moment(api, body, "end"),
        "status": body.one_of("status", ("ACTIVE", "INACTIVE")),
    }
    schedule = _one(api, call)
    changes["configurationId"] = _configuration(api, call, body)
    if "name" in body.members and api.choices["schedule_name"] == "400":
        raise bad("the name cannot be changed")
    changes = {name: value for name, value in changes.items() if value is not None}
    if not changes and api.choices["empty_patch"] == "400":
        raise bad("nothing to change")
    changed = schedule | changes
    if "start" in changes or "end" in changes:
        _check_span(api, changed)
    over = schedule["end"] is not None and schedule["end"] <= api.world.now()
    if "status" in changes and over and api.choices["resume_after_end"] == "400":
        raise bad("the schedule is over")
    changes["modified"] = api.world.now()
    schedule["listed"] = (changes["modified"] + api.choices["schedule_list_lag"], {**schedule})
    if api.choices["schedule_lag"]:
        schedule.setdefault("waiting", []).append((changes["modified"] + api.choices["schedule_lag"], changes))
    else:
        schedule.update(changes)
    said = {"id": schedule["id"], "message": api.shapes.said("Execution Schedule modified")}
    return Reply(202, api.shapes.thing(said))


def delete(api, call):
    """DELETE /lm/executionSchedules/{executionScheduleId}."""
    schedule = _one(api, call)
    if schedule["gone"] is not None and api.choices["second_delete"] != "202":
        raise refuse("404" if api.choices["second_delete"] == "412" else api.choices["second_delete"], "being deleted")
    takes = api.choices["schedule_delete_time"] * api.rng.uniform(0.5, 1.0)
    schedule["gone"] = schedule["gone"] or api.world.now() + takes
    said = {"id": schedule["id"], "message": api.shapes.said("Execution Schedule deleted")}
    return Reply(202, api.shapes.thing(said))
