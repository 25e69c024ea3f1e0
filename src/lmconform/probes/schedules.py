"""Probes of execution schedules: made, read, filtered and counted; none of them ever starts anything."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from lmconform.errors import NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import trials
from lmconform.probes.families import LOOKED_UP, MALFORMED, accepts, refuses, without_each
from lmconform.probes.lab import EXECUTIONS, Json, Lab, Made
from lmconform.probes.registry import probe
from lmconform.probes.resources import Kind, batch, install
from lmconform.target.safety import quiet_month

_CONFIGURATION, _PAIR = "probes.schedules.configuration", "probes.schedules.pair"


def quiet_cron(minute: int = 1) -> str:
    """A cron that starts nothing for months, however long this run takes."""
    return f"{minute} 1 1 {quiet_month(datetime.now(UTC))} *"


def body(lab: Lab, **overrides: Any) -> Json:
    """A valid body for POST /lm/executionSchedules; an override None leaves the field out."""
    whole = {"name": lab.unique("schedule"), "cron": quiet_cron(), **overrides}
    if "configurationId" not in whole:
        whole["configurationId"] = configuration(lab).id
    return {key: value for key, value in whole.items() if value is not None}


def configuration(lab: Lab, key: str = _CONFIGURATION) -> Made:
    """A configuration for schedules, made once for each ``key``."""
    shared = lab.session.shared
    if key not in shared:
        shared[key] = lab.configuration()
    found: Made = shared[key]
    return found


def window(first: int, last: int) -> Json:
    """A start and an end so many days away, in whole seconds (C53)."""
    now = datetime.now(UTC)
    days = {"start": now + timedelta(days=first), "end": now + timedelta(days=last)}
    return {name: moment.strftime("%Y-%m-%dT%H:%M:%SZ") for name, moment in days.items()}


SCHEDULE = Kind(
    noun="SCHEDULE",
    list="listExecutionSchedules",
    get="getExecutionSchedule",
    count="countExecutionSchedules",
    create="createExecutionSchedule",
    parameter="executionScheduleId",
    body=body,
    vary=lambda lab, index: {},
    select=lambda lab, token: {"configurationId": lab.configuration().id},
)
install(SCHEDULE)


@probe("LM-SCHEDULE-CREATE-MINIMAL")
def name_cron_and_configuration_are_enough(lab: Lab) -> None:
    lab.expect_status(lab.send("createExecutionSchedule", json=body(lab)), {202})


@probe("LM-SCHEDULE-GET-ECHO")
def get_returns_what_was_sent(lab: Lab) -> None:
    made = batch(lab, SCHEDULE).members[0]
    lab.expect_same({**made.sent, "id": made.id}, SCHEDULE.fetch(lab, made), what="as sent")


@probe("LM-SCHEDULE-WINDOW-ECHO")
def window_comes_back(lab: Lab) -> None:
    made = SCHEDULE.make(lab, **window(1, 730))
    wanted = {name: made.sent[name] for name in ("start", "end")}
    lab.expect_same(wanted, SCHEDULE.fetch(lab, made), what="as sent")


@probe("LM-SCHEDULE-CREATE-ACTIVE")
def new_schedule_is_active(lab: Lab) -> None:
    made = batch(lab, SCHEDULE).members[0]
    lab.expect_same({"status": "ACTIVE"}, SCHEDULE.fetch(lab, made), what="a new schedule")


# --- filters ---------------------------------------------------------------------------------


@probe("LM-SCHEDULE-FILTER-CONFIGURATION")
def configuration_filters(lab: Lab) -> None:
    group, pair = batch(lab, SCHEDULE), _pair(lab)
    found = set(lab.ids("listExecutionSchedules", {"configurationId": pair[0].sent["configurationId"]}))
    ours = {made.id for made in pair}
    lab.expect(found == ours, expected=f"the two of the configuration, {sorted(ours)}", actual=f"{sorted(found)}")
    lab.expect(not found & set(group.ids), expected="none of another configuration", actual=f"{sorted(found)}")


@probe("LM-SCHEDULE-FILTER-STATUS")
def status_filters(lab: Lab) -> None:
    active, paused = _pair(lab)
    own = {active.id, paused.id}
    for status, made in (("ACTIVE", active), ("INACTIVE", paused)):
        found = set(lab.ids("listExecutionSchedules", {"status": status})) & own
        lab.expect(found == {made.id}, expected=f"of our two the {status} one", actual=f"{sorted(found)}")


@probe("LM-SCHEDULE-FILTER-COMBINED")
def filters_combine_with_and(lab: Lab) -> None:
    # There are others to be left out, whichever probe comes first.
    batch(lab, SCHEDULE)
    active, paused = _pair(lab)
    for status, made in (("ACTIVE", active), ("INACTIVE", paused)):
        query = {"configurationId": made.sent["configurationId"], "status": status}
        found = lab.ids("listExecutionSchedules", query)
        lab.expect(found == [made.id], expected=f"the {status} one of the configuration", actual=f"{found}")


@probe("LM-SCHEDULE-COUNT-FILTERED")
def count_knows_the_filters(lab: Lab) -> None:
    batch(lab, SCHEDULE)
    query = {"configurationId": _pair(lab)[0].sent["configurationId"]}
    for more, wanted in (({}, 2), ({"status": "ACTIVE"}, 1), ({"status": "INACTIVE"}, 1)):
        number = lab.count("countExecutionSchedules", {**query, **more})
        text = f"$count = {wanted} of our two for {more or 'all'}"
        lab.expect(number == wanted, expected=text, actual=f"{number}")


@probe("LM-SCHEDULE-EXECUTIONS")
def executions_are_filtered_by_their_schedule(lab: Lab) -> None:
    own, query = trials.base(lab).id, {"executionScheduleId": batch(lab, SCHEDULE).ids[0]}
    found = lab.ids("listExecutions", query)
    lab.expect(own not in found, expected="only what the schedule started", actual=f"{own}, which we started")
    number = lab.count("countExecutions", query)
    lab.expect(number == len(found), expected=f"$count = {len(found)}, as the list has", actual=f"{number}")


@probe("LM-SCHEDULE-STARTS-NOTHING-EARLY", late=True)
def quiet_schedule_has_started_nothing(lab: Lab) -> None:
    lab.require(EXECUTIONS)
    query = batch(lab, SCHEDULE).query
    # Only its schedules have the configuration: they started whatever ran it.
    found = [e.get("id") for e in lab.items("listExecutions", query) if query.items() <= e.items()]
    lab.expect(not found, expected="nothing started for months", actual=f"{len(found)} executions: {found}")


# --- bodies ----------------------------------------------------------------------------------

refuses(
    "LM-SCHEDULE-BODY-REQUIRED",
    "createExecutionSchedule",
    lambda lab: without_each(body(lab), ("name", "cron", "configurationId")),
)
refuses(
    "LM-SCHEDULE-BODY-TYPE",
    "createExecutionSchedule",
    lambda lab: [body(lab, name=7), body(lab, cron=[quiet_cron()]), body(lab, configurationId={})],
)
refuses("LM-SCHEDULE-BODY-MALFORMED", "createExecutionSchedule", lambda lab: [MALFORMED])
refuses(
    "LM-SCHEDULE-BODY-CONFIGURATION-ID",
    "createExecutionSchedule",
    lambda lab: [{**body(lab), "configurationId": "a b c d"}],
    allowed=LOOKED_UP,
)
refuses(
    "LM-SCHEDULE-BODY-TIME",
    "createExecutionSchedule",
    lambda lab: [body(lab, start="tomorrow"), body(lab, end="tomorrow")],
)
refuses(
    "LM-SCHEDULE-BODY-TOO-LONG",
    "createExecutionSchedule",
    lambda lab: [body(lab, name=lab.unique("long").ljust(257, "x"))],
)
accepts(
    "LM-SCHEDULE-BODY-AT-LIMIT",
    "createExecutionSchedule",
    lambda lab: [body(lab, name=lab.unique("long").ljust(256, "x"))],
    success=202,
)


def _pair(lab: Lab) -> tuple[Made, Made]:
    """Two schedules with a configuration of their own: one is active, one is paused."""
    shared = lab.session.shared
    if _PAIR not in shared or lab.doubts(*(made.id for made in shared[_PAIR])):
        # What an attempt left that came to nothing has another one.
        own = lab.configuration().id
        active, paused = (SCHEDULE.make(lab, configurationId=own) for _ in range(2))
        answer = change(lab, paused, status="INACTIVE")
        if not answer.ok:
            raise NotTestable(f"{lab.label(answer)} answered {answer.brief}")
        lab.again(time.monotonic(), lambda: _expect_paused(lab, paused))
        shared[_PAIR] = (active, paused)
    found: tuple[Made, Made] = shared[_PAIR]
    return found


def _expect_paused(lab: Lab, made: Made) -> None:
    if lab.need("getExecutionSchedule", executionScheduleId=made.id).get("status") != "INACTIVE":
        raise NotTestable("a schedule that was paused stays active")


def change(lab: Lab, made: Made, **fields: Any) -> Exchange:
    """Ask for other values of the fields."""
    return lab.send("modifyExecutionSchedule", {SCHEDULE.parameter: made.id}, json=fields)
