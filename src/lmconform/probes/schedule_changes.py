"""Probes of execution schedules that are paused, resumed, changed and deleted."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from typing import Any

from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes.families import LOOKED_UP, expect_absent
from lmconform.probes.lab import Lab, Made
from lmconform.probes.lifecycle import expect_named, expect_uncounted
from lmconform.probes.registry import probe
from lmconform.probes.schedules import SCHEDULE, change, configuration, quiet_cron, window

_CHANGING = "probes.schedules.changing"
_OTHER = f"{_CHANGING}.configuration"
_DEPARTED = "probes.schedules.departed"
# What pausing has nothing to do with.
_KEPT = ("id", "name", "cron", "configurationId", "start", "end")


@probe("LM-SCHEDULE-PAUSE", effect="destructive")
def pausing_makes_inactive(lab: Lab) -> None:
    _prepare(lab, status="ACTIVE")
    _expect_changed(lab, status="INACTIVE")


@probe("LM-SCHEDULE-RESUME", effect="destructive")
def resuming_makes_active(lab: Lab) -> None:
    _prepare(lab, status="INACTIVE")
    _expect_changed(lab, status="ACTIVE")


@probe("LM-SCHEDULE-MODIFY-CRON", effect="destructive")
def cron_changes(lab: Lab) -> None:
    _prepare(lab, status="ACTIVE")
    _expect_changed(lab, cron=_other_cron(lab))


@probe("LM-SCHEDULE-MODIFY-WINDOW", effect="destructive")
def window_changes(lab: Lab) -> None:
    _prepare(lab, status="ACTIVE")
    _expect_changed(lab, **window(2, 800))


@probe("LM-SCHEDULE-MODIFY-CONFIGURATION", effect="destructive")
def configuration_changes(lab: Lab) -> None:
    _prepare(lab, status="ACTIVE", configurationId=configuration(lab).id)
    _expect_changed(lab, configurationId=configuration(lab, _OTHER).id)


@probe("LM-SCHEDULE-MODIFY-KEEPS", effect="destructive")
def the_rest_stays(lab: Lab) -> None:
    _prepare(lab, status="ACTIVE")
    made = _changing(lab)
    before = SCHEDULE.fetch(lab, made)
    _expect_changed(lab, cron=_other_cron(lab))
    kept = {n: v for n, v in before.items() if n in ("id", "name", "configurationId", "status", "start", "end")}
    lab.expect_same(kept, SCHEDULE.fetch(lab, made), what="what the change does not name")


@probe("LM-SCHEDULE-MODIFY-LISTED", effect="destructive")
def list_shows_the_change(lab: Lab) -> None:
    _prepare(lab, status="ACTIVE")
    made, cron = _changing(lab), _other_cron(lab)
    answer = change(lab, made, cron=cron)
    if not answer.ok:
        raise NotTestable(f"{lab.label(answer)} answered {answer.brief}")

    def judge() -> None:
        now = SCHEDULE.fetch(lab, made)
        if now.get("cron") != cron:
            raise NotTestable("GET does not show the change")
        query = {"configurationId": now.get("configurationId")}
        listed = [item for item in lab.items("listExecutionSchedules", query) if item.get("id") == made.id]
        if not listed:
            raise NotTestable("listExecutionSchedules does not hold the schedule")
        lab.expect_same({"cron": cron}, listed[0], what="the list as GET has it")

    lab.again(time.monotonic(), judge)


@probe("LM-SCHEDULE-PAUSE-KEEPS", effect="destructive")
def pausing_keeps_the_rest(lab: Lab) -> None:
    made = SCHEDULE.make(lab, **window(1, 730))
    before = SCHEDULE.fetch(lab, made)
    answer = change(lab, made, status="INACTIVE")
    if not answer.ok:
        raise NotTestable(f"{lab.label(answer)} answered {answer.brief}")
    kept = {name: before[name] for name in _KEPT if before.get(name) is not None}

    def judge() -> None:
        now = SCHEDULE.fetch(lab, made)
        if now.get("status") == "ACTIVE":
            raise NotTestable("GET does not show that it is paused")
        lab.expect_same(kept, now, what="all but the status as before")

    lab.again(time.monotonic(), judge)


@probe("LM-SCHEDULE-ANSWER-ID", effect="destructive")
def answers_name_what_changes(lab: Lab) -> None:
    made = _changing(lab)
    expect_named(lab, made.id, change(lab, made, cron=_other_cron(lab)))
    expect_named(lab, *_departed(lab))


@probe("LM-SCHEDULE-NAME-STAYS", effect="destructive")
def name_does_not_change(lab: Lab) -> None:
    made = _changing(lab)
    change(lab, made, name=lab.unique("renamed"), cron=_other_cron(lab))
    lab.expect_same({"name": made.sent["name"]}, SCHEDULE.fetch(lab, made), what="whatever a change asks for")


@probe("LM-SCHEDULE-MODIFY-BODY", effect="destructive")
def wrong_changes_are_refused(lab: Lab) -> None:
    made = _changing(lab)
    for wrong in ({"status": "LMCONFORM"}, {"status": 7}, {"cron": 7}, {"configurationId": "a b c d"}):
        lab.expect_refused(change(lab, made, **wrong), LOOKED_UP)


@probe("LM-SCHEDULE-MODIFY-404", effect="destructive")
def nothing_is_not_changed(lab: Lab) -> None:
    path = {SCHEDULE.parameter: lab.absent_id()}
    answer = lab.send("modifyExecutionSchedule", path, json={"status": "INACTIVE"})
    expect_absent(lab, answer, SCHEDULE.get, path)


@probe("LM-SCHEDULE-DELETE", effect="destructive")
def active_schedule_goes_away(lab: Lab) -> None:
    _expect_deleted(lab, SCHEDULE.make(lab))


@probe("LM-SCHEDULE-DELETE-INACTIVE", effect="destructive")
def paused_schedule_goes_away(lab: Lab) -> None:
    made = SCHEDULE.make(lab)
    answer = change(lab, made, status="INACTIVE")
    if not answer.ok:
        raise NotTestable(f"{lab.label(answer)} answered {answer.brief}")
    _expect_deleted(lab, made)


@probe("LM-SCHEDULE-DELETE-UNCOUNTED", effect="destructive")
def deleted_schedule_is_not_counted(lab: Lab) -> None:
    gone, answer = _departed(lab)
    if not answer.ok:
        raise NotTestable(f"{lab.label(answer)} answered {answer.brief}")
    if not _is_gone(lab, gone):
        raise NotTestable("the schedule is still there")
    query = {"configurationId": configuration(lab).id}
    expect_uncounted(lab, "listExecutionSchedules", "countExecutionSchedules", query, gone)


@probe("LM-SCHEDULE-DELETE-404", effect="destructive")
def nothing_is_not_deleted(lab: Lab) -> None:
    path = {SCHEDULE.parameter: lab.absent_id()}
    expect_absent(lab, lab.send("deleteExecutionSchedule", path), SCHEDULE.get, path)


def _changing(lab: Lab) -> Made:
    """The one schedule that probes change, one after the other."""
    shared = lab.session.shared
    if _CHANGING not in shared or lab.doubts(shared[_CHANGING].id):
        shared[_CHANGING] = SCHEDULE.make(lab)
    found: Made = shared[_CHANGING]
    return found


def _prepare(lab: Lab, **fields: Any) -> None:
    """Bring the one that changes into this state, if it is in another."""
    made = _changing(lab)
    now = lab.need("getExecutionSchedule", executionScheduleId=made.id)
    wanted = {name: value for name, value in fields.items() if now.get(name) != value}
    answer = change(lab, made, **wanted) if wanted else None
    if answer is not None and not answer.ok:
        raise NotTestable(f"{lab.label(answer)} answered {answer.brief}")


def _other_cron(lab: Lab) -> str:
    now = SCHEDULE.fetch(lab, _changing(lab)).get("cron")
    return quiet_cron(8 if now == quiet_cron(7) else 7)


def _expect_changed(lab: Lab, **fields: Any) -> None:
    made = _changing(lab)
    lab.expect_status(change(lab, made, **fields), {202})
    since = time.monotonic()
    lab.again(since, lambda: lab.expect_same(fields, SCHEDULE.fetch(lab, made), what="as changed"))


def _departed(lab: Lab) -> tuple[str, Exchange]:
    """Id of a schedule that was asked to go, and the answer to that; probes share it."""
    shared = lab.session.shared
    if _DEPARTED not in shared:
        made = SCHEDULE.make(lab)
        shared[_DEPARTED] = (made.id, _delete(lab, made))
    found: tuple[str, Exchange] = shared[_DEPARTED]
    return found


def _delete(lab: Lab, made: Made) -> Exchange:
    answer = lab.send("deleteExecutionSchedule", {SCHEDULE.parameter: made.id})
    if answer.ok:
        lab.session.journal.removed("schedule", made.id)
    return answer


def _is_gone(lab: Lab, schedule_id: str) -> bool:
    """Whether GET answers 404, at the latest when the polls end."""
    try:
        for _ in lab.ticks():
            exchange = lab.get("getExecutionSchedule", executionScheduleId=schedule_id)
            if exchange.status == 404:
                return True
            lab.expect_status(exchange, {200})
    except Inconclusive:
        pass
    return False


def _expect_deleted(lab: Lab, made: Made) -> None:
    lab.expect_status(_delete(lab, made), {202})
    if not _is_gone(lab, made.id):
        lab.fail(expected="404 after the deletion", actual="the schedule is still there")

    def judge() -> None:
        found = lab.ids("listExecutionSchedules", {"configurationId": made.sent["configurationId"]})
        lab.expect(made.id not in found, expected="not in the list either", actual=f"{made.id} is listed")

    lab.again(time.monotonic(), judge)
