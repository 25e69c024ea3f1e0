"""Probes of execution schedules: made, read, filtered and counted; none of them ever starts anything."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from lmconform.errors import NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool
from lmconform.probes.context import EXECUTIONS, Context, Json, Made
from lmconform.probes.families import LOOKED_UP, MALFORMED, accepts, refuses, without_each
from lmconform.probes.registry import probe
from lmconform.probes.resources import Kind, batch, install
from lmconform.safety.cron import quiet_month

_CONFIGURATION, _PAIR = "probes.schedules.configuration", "probes.schedules.pair"


def quiet_cron(minute: int = 1) -> str:
    """A cron that starts nothing for months, however long this run takes."""
    return f"{minute} 1 1 {quiet_month(datetime.now(UTC))} *"


def body(ctx: Context, **overrides: Any) -> Json:
    """A valid body for POST /lm/executionSchedules; an override None leaves the field out."""
    whole = {"name": ctx.unique("schedule"), "cron": quiet_cron(), **overrides}
    if "configurationId" not in whole:
        whole["configurationId"] = configuration(ctx).id
    return {key: value for key, value in whole.items() if value is not None}


def configuration(ctx: Context, key: str = _CONFIGURATION) -> Made:
    """A configuration for schedules, made once for each ``key``."""
    shared = ctx.session.shared
    if key not in shared:
        shared[key] = ctx.configuration()
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
    vary=lambda ctx, index: {},
    select=lambda ctx, token: {"configurationId": ctx.configuration().id},
)
install(SCHEDULE)


@probe("LM-SCHEDULE-CREATE-MINIMAL")
def name_cron_and_configuration_are_enough(ctx: Context) -> None:
    ctx.expect_status(ctx.send("createExecutionSchedule", json=body(ctx)), {202})


@probe("LM-SCHEDULE-GET-ECHO")
def get_returns_what_was_sent(ctx: Context) -> None:
    made = batch(ctx, SCHEDULE).members[0]
    ctx.expect_same({**made.sent, "id": made.id}, SCHEDULE.fetch(ctx, made), what="as sent")


@probe("LM-SCHEDULE-WINDOW-ECHO")
def window_comes_back(ctx: Context) -> None:
    made = SCHEDULE.make(ctx, **window(1, 730))
    wanted = {name: made.sent[name] for name in ("start", "end")}
    ctx.expect_same(wanted, SCHEDULE.fetch(ctx, made), what="as sent")


@probe("LM-SCHEDULE-CREATE-ACTIVE")
def new_schedule_is_active(ctx: Context) -> None:
    made = batch(ctx, SCHEDULE).members[0]
    ctx.expect_same({"status": "ACTIVE"}, SCHEDULE.fetch(ctx, made), what="a new schedule")


# --- filters ---------------------------------------------------------------------------------


@probe("LM-SCHEDULE-FILTER-CONFIGURATION")
def configuration_filters(ctx: Context) -> None:
    group, pair = batch(ctx, SCHEDULE), _pair(ctx)
    found = set(ctx.ids("listExecutionSchedules", {"configurationId": pair[0].sent["configurationId"]}))
    ours = {made.id for made in pair}
    ctx.expect(found == ours, expected=f"the two of the configuration, {sorted(ours)}", actual=f"{sorted(found)}")
    ctx.expect(not found & set(group.ids), expected="none of another configuration", actual=f"{sorted(found)}")


@probe("LM-SCHEDULE-FILTER-STATUS")
def status_filters(ctx: Context) -> None:
    active, paused = _pair(ctx)
    own = {active.id, paused.id}
    for status, made in (("ACTIVE", active), ("INACTIVE", paused)):
        found = set(ctx.ids("listExecutionSchedules", {"status": status})) & own
        ctx.expect(found == {made.id}, expected=f"of our two the {status} one", actual=f"{sorted(found)}")


@probe("LM-SCHEDULE-FILTER-COMBINED")
def filters_combine_with_and(ctx: Context) -> None:
    # There are others to be left out, whichever probe comes first.
    batch(ctx, SCHEDULE)
    active, paused = _pair(ctx)
    for status, made in (("ACTIVE", active), ("INACTIVE", paused)):
        query = {"configurationId": made.sent["configurationId"], "status": status}
        found = ctx.ids("listExecutionSchedules", query)
        ctx.expect(found == [made.id], expected=f"the {status} one of the configuration", actual=f"{found}")


@probe("LM-SCHEDULE-COUNT-FILTERED")
def count_knows_the_filters(ctx: Context) -> None:
    batch(ctx, SCHEDULE)
    query = {"configurationId": _pair(ctx)[0].sent["configurationId"]}
    for more, wanted in (({}, 2), ({"status": "ACTIVE"}, 1), ({"status": "INACTIVE"}, 1)):
        number = ctx.count("countExecutionSchedules", {**query, **more})
        text = f"$count = {wanted} of our two for {more or 'all'}"
        ctx.expect(number == wanted, expected=text, actual=f"{number}")


@probe("LM-SCHEDULE-EXECUTIONS")
def executions_are_filtered_by_their_schedule(ctx: Context) -> None:
    own, query = enactment_pool.base(ctx).id, {"executionScheduleId": batch(ctx, SCHEDULE).ids[0]}
    found = ctx.ids("listExecutions", query)
    ctx.expect(own not in found, expected="only what the schedule started", actual=f"{own}, which we started")
    number = ctx.count("countExecutions", query)
    ctx.expect(number == len(found), expected=f"$count = {len(found)}, as the list has", actual=f"{number}")


@probe("LM-SCHEDULE-STARTS-NOTHING-EARLY", late=True)
def quiet_schedule_has_started_nothing(ctx: Context) -> None:
    ctx.require(EXECUTIONS)
    query = batch(ctx, SCHEDULE).query
    # Only its schedules have the configuration: they started whatever ran it.
    found = [e.get("id") for e in ctx.items("listExecutions", query) if query.items() <= e.items()]
    ctx.expect(not found, expected="nothing started for months", actual=f"{len(found)} executions: {found}")


# --- bodies ----------------------------------------------------------------------------------

refuses(
    "LM-SCHEDULE-BODY-REQUIRED",
    "createExecutionSchedule",
    lambda ctx: without_each(body(ctx), ("name", "cron", "configurationId")),
)
refuses(
    "LM-SCHEDULE-BODY-TYPE",
    "createExecutionSchedule",
    lambda ctx: [body(ctx, name=7), body(ctx, cron=[quiet_cron()]), body(ctx, configurationId={})],
)
refuses("LM-SCHEDULE-BODY-MALFORMED", "createExecutionSchedule", lambda ctx: [MALFORMED])
refuses(
    "LM-SCHEDULE-BODY-CONFIGURATION-ID",
    "createExecutionSchedule",
    lambda ctx: [{**body(ctx), "configurationId": "a b c d"}],
    allowed=LOOKED_UP,
)
refuses(
    "LM-SCHEDULE-BODY-TIME",
    "createExecutionSchedule",
    lambda ctx: [body(ctx, start="tomorrow"), body(ctx, end="tomorrow")],
)
refuses(
    "LM-SCHEDULE-BODY-TOO-LONG",
    "createExecutionSchedule",
    lambda ctx: [body(ctx, name=ctx.unique("long").ljust(257, "x"))],
)
accepts(
    "LM-SCHEDULE-BODY-AT-LIMIT",
    "createExecutionSchedule",
    lambda ctx: [body(ctx, name=ctx.unique("long").ljust(256, "x"))],
    success=202,
)


def _pair(ctx: Context) -> tuple[Made, Made]:
    """Two schedules with a configuration of their own: one is active, one is paused."""
    shared = ctx.session.shared
    if _PAIR not in shared or ctx.doubts(*(made.id for made in shared[_PAIR])):
        # What an attempt left that came to nothing has another one.
        own = ctx.configuration().id
        active, paused = (SCHEDULE.make(ctx, configurationId=own) for _ in range(2))
        answer = change(ctx, paused, status="INACTIVE")
        if not answer.ok:
            raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")
        ctx.retry_in_grace(time.monotonic(), lambda: _expect_paused(ctx, paused))
        shared[_PAIR] = (active, paused)
    found: tuple[Made, Made] = shared[_PAIR]
    return found


def _expect_paused(ctx: Context, made: Made) -> None:
    if ctx.get_or_skip("getExecutionSchedule", executionScheduleId=made.id).get("status") != "INACTIVE":
        raise NotTestable("a schedule that was paused stays active")


def change(ctx: Context, made: Made, **fields: Any) -> Exchange:
    """Ask for other values of the fields."""
    return ctx.send("modifyExecutionSchedule", {SCHEDULE.parameter: made.id}, json=fields)
