"""Probes of execution schedules that are paused, resumed, changed and deleted."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from typing import Any

from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes.context import Context, Made
from lmconform.probes.families import LOOKED_UP, expect_absent
from lmconform.probes.lifecycle import expect_named, expect_uncounted
from lmconform.probes.registry import probe
from lmconform.probes.schedules import SCHEDULE, change, configuration, quiet_cron, window

_CHANGING = "probes.schedules.changing"
_OTHER = f"{_CHANGING}.configuration"
_DEPARTED = "probes.schedules.departed"
# What pausing has nothing to do with.
_KEPT = ("id", "name", "cron", "configurationId", "start", "end")


@probe("LM-SCHEDULE-PAUSE", effect="destructive")
def pausing_makes_inactive(ctx: Context) -> None:
    _prepare(ctx, status="ACTIVE")
    _expect_changed(ctx, status="INACTIVE")


@probe("LM-SCHEDULE-RESUME", effect="destructive")
def resuming_makes_active(ctx: Context) -> None:
    _prepare(ctx, status="INACTIVE")
    _expect_changed(ctx, status="ACTIVE")


@probe("LM-SCHEDULE-MODIFY-CRON", effect="destructive")
def cron_changes(ctx: Context) -> None:
    _prepare(ctx, status="ACTIVE")
    _expect_changed(ctx, cron=_other_cron(ctx))


@probe("LM-SCHEDULE-MODIFY-WINDOW", effect="destructive")
def window_changes(ctx: Context) -> None:
    _prepare(ctx, status="ACTIVE")
    _expect_changed(ctx, **window(2, 800))


@probe("LM-SCHEDULE-MODIFY-CONFIGURATION", effect="destructive")
def configuration_changes(ctx: Context) -> None:
    _prepare(ctx, status="ACTIVE", configurationId=configuration(ctx).id)
    _expect_changed(ctx, configurationId=configuration(ctx, _OTHER).id)


@probe("LM-SCHEDULE-MODIFY-KEEPS", effect="destructive")
def the_rest_stays(ctx: Context) -> None:
    _prepare(ctx, status="ACTIVE")
    made = _changing(ctx)
    before = SCHEDULE.fetch(ctx, made)
    _expect_changed(ctx, cron=_other_cron(ctx))
    kept = {n: v for n, v in before.items() if n in ("id", "name", "configurationId", "status", "start", "end")}
    ctx.expect_same(kept, SCHEDULE.fetch(ctx, made), what="what the change does not name")


@probe("LM-SCHEDULE-MODIFY-LISTED", effect="destructive")
def list_shows_the_change(ctx: Context) -> None:
    _prepare(ctx, status="ACTIVE")
    made, cron = _changing(ctx), _other_cron(ctx)
    answer = change(ctx, made, cron=cron)
    if not answer.ok:
        raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")

    def judge() -> None:
        now = SCHEDULE.fetch(ctx, made)
        if now.get("cron") != cron:
            raise NotTestable("GET does not show the change")
        query = {"configurationId": now.get("configurationId")}
        listed = [item for item in ctx.items("listExecutionSchedules", query) if item.get("id") == made.id]
        if not listed:
            raise NotTestable("listExecutionSchedules does not hold the schedule")
        ctx.expect_same({"cron": cron}, listed[0], what="the list as GET has it")

    ctx.retry_in_grace(time.monotonic(), judge)


@probe("LM-SCHEDULE-PAUSE-KEEPS", effect="destructive")
def pausing_keeps_the_rest(ctx: Context) -> None:
    made = SCHEDULE.make(ctx, **window(1, 730))
    before = SCHEDULE.fetch(ctx, made)
    answer = change(ctx, made, status="INACTIVE")
    if not answer.ok:
        raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")
    kept = {name: before[name] for name in _KEPT if before.get(name) is not None}

    def judge() -> None:
        now = SCHEDULE.fetch(ctx, made)
        if now.get("status") == "ACTIVE":
            raise NotTestable("GET does not show that it is paused")
        ctx.expect_same(kept, now, what="all but the status as before")

    ctx.retry_in_grace(time.monotonic(), judge)


@probe("LM-SCHEDULE-ANSWER-ID", effect="destructive")
def answers_name_what_changes(ctx: Context) -> None:
    made = _changing(ctx)
    expect_named(ctx, made.id, change(ctx, made, cron=_other_cron(ctx)))
    expect_named(ctx, *_departed(ctx))


@probe("LM-SCHEDULE-NAME-STAYS", effect="destructive")
def name_does_not_change(ctx: Context) -> None:
    made = _changing(ctx)
    change(ctx, made, name=ctx.unique("renamed"), cron=_other_cron(ctx))
    ctx.expect_same({"name": made.sent["name"]}, SCHEDULE.fetch(ctx, made), what="whatever a change asks for")


@probe("LM-SCHEDULE-MODIFY-BODY", effect="destructive")
def wrong_changes_are_refused(ctx: Context) -> None:
    made = _changing(ctx)
    for wrong in ({"status": "LMCONFORM"}, {"status": 7}, {"cron": 7}, {"configurationId": "a b c d"}):
        ctx.expect_refused(change(ctx, made, **wrong), LOOKED_UP)


@probe("LM-SCHEDULE-MODIFY-404", effect="destructive")
def nothing_is_not_changed(ctx: Context) -> None:
    path = {SCHEDULE.parameter: ctx.absent_id()}
    answer = ctx.send("modifyExecutionSchedule", path, json={"status": "INACTIVE"})
    expect_absent(ctx, answer, SCHEDULE.get, path)


@probe("LM-SCHEDULE-DELETE", effect="destructive")
def active_schedule_goes_away(ctx: Context) -> None:
    _expect_deleted(ctx, SCHEDULE.make(ctx))


@probe("LM-SCHEDULE-DELETE-INACTIVE", effect="destructive")
def paused_schedule_goes_away(ctx: Context) -> None:
    made = SCHEDULE.make(ctx)
    answer = change(ctx, made, status="INACTIVE")
    if not answer.ok:
        raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")
    _expect_deleted(ctx, made)


@probe("LM-SCHEDULE-DELETE-UNCOUNTED", effect="destructive")
def deleted_schedule_is_not_counted(ctx: Context) -> None:
    gone, answer = _departed(ctx)
    if not answer.ok:
        raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")
    if not _is_gone(ctx, gone):
        raise NotTestable("the schedule is still there")
    query = {"configurationId": configuration(ctx).id}
    expect_uncounted(ctx, "listExecutionSchedules", "countExecutionSchedules", query, gone)


@probe("LM-SCHEDULE-DELETE-404", effect="destructive")
def nothing_is_not_deleted(ctx: Context) -> None:
    path = {SCHEDULE.parameter: ctx.absent_id()}
    expect_absent(ctx, ctx.send("deleteExecutionSchedule", path), SCHEDULE.get, path)


def _changing(ctx: Context) -> Made:
    """The one schedule that probes change, one after the other."""
    shared = ctx.session.shared
    if _CHANGING not in shared or ctx.doubts(shared[_CHANGING].id):
        shared[_CHANGING] = SCHEDULE.make(ctx)
    found: Made = shared[_CHANGING]
    return found


def _prepare(ctx: Context, **fields: Any) -> None:
    """Bring the one that changes into this state, if it is in another."""
    made = _changing(ctx)
    now = ctx.get_or_skip("getExecutionSchedule", executionScheduleId=made.id)
    wanted = {name: value for name, value in fields.items() if now.get(name) != value}
    answer = change(ctx, made, **wanted) if wanted else None
    if answer is not None and not answer.ok:
        raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")


def _other_cron(ctx: Context) -> str:
    now = SCHEDULE.fetch(ctx, _changing(ctx)).get("cron")
    return quiet_cron(8 if now == quiet_cron(7) else 7)


def _expect_changed(ctx: Context, **fields: Any) -> None:
    made = _changing(ctx)
    ctx.expect_status(change(ctx, made, **fields), {202})
    since = time.monotonic()
    ctx.retry_in_grace(since, lambda: ctx.expect_same(fields, SCHEDULE.fetch(ctx, made), what="as changed"))


def _departed(ctx: Context) -> tuple[str, Exchange]:
    """Id of a schedule that was asked to go, and the answer to that; probes share it."""
    shared = ctx.session.shared
    if _DEPARTED not in shared:
        made = SCHEDULE.make(ctx)
        shared[_DEPARTED] = (made.id, _delete(ctx, made))
    found: tuple[str, Exchange] = shared[_DEPARTED]
    return found


def _delete(ctx: Context, made: Made) -> Exchange:
    answer = ctx.send("deleteExecutionSchedule", {SCHEDULE.parameter: made.id})
    if answer.ok:
        ctx.session.journal.removed("schedule", made.id)
    return answer


def _is_gone(ctx: Context, schedule_id: str) -> bool:
    """Whether GET answers 404, at the latest when the polls end."""
    try:
        for _ in ctx.polls():
            exchange = ctx.get("getExecutionSchedule", executionScheduleId=schedule_id)
            if exchange.status == 404:
                return True
            ctx.expect_status(exchange, {200})
    except Inconclusive:
        pass
    return False


def _expect_deleted(ctx: Context, made: Made) -> None:
    ctx.expect_status(_delete(ctx, made), {202})
    if not _is_gone(ctx, made.id):
        ctx.fail(expected="404 after the deletion", actual="the schedule is still there")

    def judge() -> None:
        found = ctx.ids("listExecutionSchedules", {"configurationId": made.sent["configurationId"]})
        ctx.expect(made.id not in found, expected="not in the list either", actual=f"{made.id} is listed")

    ctx.retry_in_grace(time.monotonic(), judge)
