"""Probes of schedules that are paused, resumed, changed and deleted."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Final

from lmconform.errors import NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import liveness
from lmconform.probes.builders.schedules import (
    SCHEDULE,
    change_schedule,
    quiet_cron,
    schedule_configuration,
    wait_until_gone,
    window,
)
from lmconform.probes.context import Context, Created, Json
from lmconform.probes.fixtures import fixture
from lmconform.probes.registry import probe
from lmconform.probes.shared import stays_deleted
from lmconform.probes.shared.creation import BAD_REFERENCE
from lmconform.probes.shared.lifecycle import expect_named, expect_uncounted
from lmconform.probes.shared.unknown_ids import expect_absent

# Members that pausing must not change.
_KEPT: Final = ("id", "name", "cron", "configurationId", "start", "end")


@dataclass(slots=True)
class _Changing:
    """The schedule that probes change; ``last`` is what GET has shown of it since its last change, if anything."""

    created: Created
    last: Json | None = None

    def change(self, ctx: Context, **fields: Any) -> Exchange:
        """Send a PATCH with ``fields``."""
        self.last = None
        return change_schedule(ctx, self.created, **fields)

    def fetch(self, ctx: Context) -> Json:
        """The body of a GET."""
        self.last = SCHEDULE.fetch(ctx, self.created)
        return self.last


@probe("LM-SCHEDULE-PAUSE")
def pausing_makes_inactive(ctx: Context) -> None:
    _prepare(ctx, status="ACTIVE")
    _expect_changed(ctx, status="INACTIVE")


@probe("LM-SCHEDULE-RESUME")
def resuming_makes_active(ctx: Context) -> None:
    _prepare(ctx, status="INACTIVE")
    _expect_changed(ctx, status="ACTIVE")


@probe("LM-SCHEDULE-MODIFY-CRON")
def cron_changes(ctx: Context) -> None:
    _cron_change(ctx)


@probe("LM-SCHEDULE-MODIFY-WINDOW")
def window_changes(ctx: Context) -> None:
    _prepare(ctx, status="ACTIVE")
    _expect_changed(ctx, **window(ctx, 2, 800))


@probe("LM-SCHEDULE-MODIFY-CONFIGURATION")
def configuration_changes(ctx: Context) -> None:
    _configuration_change(ctx)
    own, begun = _changed(ctx).created.id, time.monotonic()
    old, new = schedule_configuration(ctx).id, schedule_configuration(ctx, "change").id

    def judge() -> None:
        listed = [one for one in (old, new) if own in ctx.ids(SCHEDULE.list, {"configurationId": one})]
        text = f"{SCHEDULE.list} holds {own} only for its configurationId {new}"
        ctx.expect(listed == [new], expected=text, actual=f"it is listed for {listed}")

    ctx.retry_in_grace(begun, judge)


@probe("LM-SCHEDULE-MODIFY-KEEPS")
def other_members_stay(ctx: Context) -> None:
    before, after = _cron_change(ctx)
    kept = {n: v for n, v in before.items() if n in ("id", "name", "configurationId", "status", "start", "end")}
    ctx.expect_same(kept, after, what="what the change does not name")
    for (before, after), changed in ((_configuration_change(ctx), "configurationId"), (_end_change(ctx), "end")):
        kept = {n: before[n] for n in (*_KEPT, "status") if n != changed and before.get(n) is not None}
        ctx.expect_same(kept, after, what=f"what a change of only {changed} does not name")
    paused = _paused(ctx)
    ctx.require_success(change_schedule(ctx, paused, cron=quiet_cron(ctx, 7)))

    def judge() -> None:
        ctx.expect_same({"status": "INACTIVE"}, SCHEDULE.fetch(ctx, paused), what="a paused schedule with a new cron")

    ctx.retry_in_grace(time.monotonic(), judge)


@probe("LM-SCHEDULE-MODIFY-LISTED")
def list_shows_a_change(ctx: Context) -> None:
    changing, cron = _changed(ctx), _other_cron(ctx, _prepare(ctx, status="ACTIVE"))
    ctx.require_success(changing.change(ctx, cron=cron))
    created = changing.created

    def judge() -> None:
        now = changing.fetch(ctx)
        if now.get("cron") != cron:
            raise NotTestable("GET does not show the change")
        query = {"configurationId": now.get("configurationId")}
        listed = [item for item in ctx.items("listExecutionSchedules", query) if item.get("id") == created.id]
        if not listed:
            raise NotTestable("listExecutionSchedules does not hold the schedule")
        ctx.expect_same({"cron": cron}, listed[0], what="the list as GET has it")

    ctx.retry_in_grace(time.monotonic(), judge)


@probe("LM-SCHEDULE-PAUSE-KEEPS")
def pausing_keeps_other_members(ctx: Context) -> None:
    created = SCHEDULE.make(ctx, **window(ctx, 1, 730))
    before = SCHEDULE.fetch(ctx, created)
    answer = change_schedule(ctx, created, status="INACTIVE")
    ctx.require_success(answer)
    kept = {name: before[name] for name in _KEPT if before.get(name) is not None}

    def judge() -> None:
        now = SCHEDULE.fetch(ctx, created)
        if now.get("status") == "ACTIVE":
            raise NotTestable("GET does not show the pause")
        ctx.expect_same(kept, now, what="all but the status as before")

    ctx.retry_in_grace(time.monotonic(), judge)


@probe("LM-SCHEDULE-ANSWER-ID")
def answers_name_what_changes(ctx: Context) -> None:
    changing = _changed(ctx)
    now = changing.last or changing.fetch(ctx)
    expect_named(ctx, changing.created.id, changing.change(ctx, cron=_other_cron(ctx, now)))
    expect_named(ctx, *_deleted(ctx))


@probe("LM-SCHEDULE-NAME-STAYS")
def name_does_not_change(ctx: Context) -> None:
    changing = _changed(ctx)
    cron = _other_cron(ctx, changing.last or changing.fetch(ctx))
    changing.change(ctx, name=ctx.unique("renamed"), cron=cron)
    ctx.expect_same({"name": changing.created.sent["name"]}, changing.fetch(ctx), what="the name as before")


@probe("LM-SCHEDULE-MODIFY-BODY")
def invalid_changes_are_refused(ctx: Context) -> None:
    changing = _changed(ctx)
    for fields in ({"status": "LMCONFORM"}, {"status": 7}, {"cron": 7}, {"configurationId": "a b c d"}):
        ctx.expect_refused(changing.change(ctx, **fields), BAD_REFERENCE)


@probe("LM-SCHEDULE-MODIFY-404")
def change_of_an_unknown_id_is_404(ctx: Context) -> None:
    path = {SCHEDULE.parameter: ctx.absent_id()}
    answer = ctx.send("modifyExecutionSchedule", path, json={"status": "INACTIVE"})
    expect_absent(ctx, answer, SCHEDULE.get, path)


@probe("LM-SCHEDULE-DELETE")
def active_schedule_is_deleted(ctx: Context) -> None:
    _expect_deleted(ctx, SCHEDULE.make(ctx))


@probe("LM-SCHEDULE-DELETE-INACTIVE")
def paused_schedule_is_deleted(ctx: Context) -> None:
    _expect_deleted(ctx, _paused(ctx))


@probe("LM-SCHEDULE-DELETE-UNCOUNTED")
def deleted_schedule_is_not_counted(ctx: Context) -> None:
    deleted_id, answer = _deleted(ctx)
    ctx.require_success(answer)
    liveness.need(lambda: wait_until_gone(ctx, deleted_id), "LM-SCHEDULE-DELETE")
    query = {"configurationId": schedule_configuration(ctx).id}
    expect_uncounted(ctx, "listExecutionSchedules", "countExecutionSchedules", query, deleted_id)


@probe("LM-SCHEDULE-DELETE-404")
def deletion_of_an_unknown_id_is_404(ctx: Context) -> None:
    path = {SCHEDULE.parameter: ctx.absent_id()}
    expect_absent(ctx, ctx.send("deleteExecutionSchedule", path), SCHEDULE.get, path)


stays_deleted.install(
    "LM-SCHEDULE-STAYS-DELETED", "schedule", lambda ctx: _expect_deleted(ctx, SCHEDULE.make(ctx)), SCHEDULE.make
)


@fixture(builds_on=lambda changing: [changing.created.id])
def _changed(ctx: Context) -> _Changing:
    """The schedule that probes change, one after the other; its window is what a change may lose."""
    return _Changing(SCHEDULE.make(ctx, **window(ctx, 1, 730)))


@fixture()
def _cron_change(ctx: Context) -> tuple[Json, Json]:
    """The bodies of GET before and after the schedule that probes change got another cron; raises Failure."""
    before = _prepare(ctx, status="ACTIVE")
    return before, _expect_changed(ctx, cron=_other_cron(ctx, before))


@fixture(builds_on=lambda bodies: [str(bodies[1].get("id"))])
def _configuration_change(ctx: Context) -> tuple[Json, Json]:
    """The same for another configuration."""
    before = _prepare(ctx, status="ACTIVE", configurationId=schedule_configuration(ctx).id)
    return before, _expect_changed(ctx, configurationId=schedule_configuration(ctx, "change").id)


def _end_change(ctx: Context) -> tuple[Json, Json]:
    """The same for another end."""
    before = _prepare(ctx, status="ACTIVE")
    return before, _expect_changed(ctx, end=window(ctx, 2, 760)["end"])


def _paused(ctx: Context) -> Created:
    """A schedule that was paused; another one where a probe has deleted it."""
    if ctx.session.journal.is_removed("schedule", _once_paused(ctx).id):
        _once_paused.put(ctx, _new_paused(ctx))
    return _once_paused(ctx)


@fixture(builds_on=lambda created: [created.id])
def _once_paused(ctx: Context) -> Created:
    return _new_paused(ctx)


def _new_paused(ctx: Context) -> Created:
    created = SCHEDULE.make(ctx)
    ctx.require_success(change_schedule(ctx, created, status="INACTIVE"))
    return created


def _prepare(ctx: Context, **fields: Any) -> Json:
    """Give the schedule that probes change these values, where it has others; returns the body of its last GET."""
    changing = _changed(ctx)
    now = changing.last or ctx.get_or_skip("getExecutionSchedule", executionScheduleId=changing.created.id)
    wanted = {name: value for name, value in fields.items() if now.get(name) != value}
    if not wanted:
        return now
    answer = changing.change(ctx, **wanted)
    if not answer.ok:
        raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")
    return changing.fetch(ctx)


def _other_cron(ctx: Context, now: Json) -> str:
    """A cron that the schedule with this body does not have."""
    return quiet_cron(ctx, 8 if now.get("cron") == quiet_cron(ctx, 7) else 7)


def _expect_changed(ctx: Context, **fields: Any) -> Json:
    """Change the schedule, and raise Failure unless GET shows it; returns the body of that GET."""
    changing = _changed(ctx)
    ctx.expect_status(changing.change(ctx, **fields), {202})
    seen: list[Json] = []

    def judge() -> None:
        seen.append(changing.fetch(ctx))
        ctx.expect_same(fields, seen[-1], what="as changed")

    ctx.retry_in_grace(time.monotonic(), judge)
    return seen[-1]


@fixture()
def _deleted(ctx: Context) -> tuple[str, Exchange]:
    """The id of a schedule that was deleted, and the answer to that; probes share it."""
    created = SCHEDULE.make(ctx)
    return created.id, _delete(ctx, created)


def _delete(ctx: Context, created: Created) -> Exchange:
    answer = ctx.send("deleteExecutionSchedule", {SCHEDULE.parameter: created.id})
    if answer.ok:
        ctx.session.journal.removed("schedule", created.id)
    return answer


def _expect_deleted(ctx: Context, created: Created) -> None:
    ctx.expect_status(_delete(ctx, created), {202})
    liveness.expect(ctx, lambda: wait_until_gone(ctx, created.id), "LM-SCHEDULE-DELETE")

    def judge() -> None:
        listed = ctx.ids("listExecutionSchedules", {"configurationId": created.sent["configurationId"]})
        ctx.expect(created.id not in listed, expected="not in the list either", actual=f"{created.id} is listed")

    ctx.retry_in_grace(time.monotonic(), judge)
