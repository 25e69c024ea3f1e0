"""Probes of schedules that are paused, resumed, changed and deleted."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from lmconform.client.polling import rest
from lmconform.errors import Failure, NotTestable, Skip
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
from lmconform.probes.schedules.times import OLD_ENOUGH
from lmconform.probes.shared import stays_deleted
from lmconform.probes.shared.creation import BAD_REFERENCE
from lmconform.probes.shared.lifecycle import expect_named, expect_uncounted
from lmconform.probes.shared.unknown_ids import expect_absent

# Members that pausing must not change.
_KEPT: Final = ("id", "name", "cron", "configurationId", "start", "end")


@dataclass(slots=True)
class _Changing:
    """The schedule that probes change; ``last`` is what GET has shown of it since its last change, if anything.

    ``since`` is when it was created, by time.monotonic().
    """

    created: Created
    since: float
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
    _pause(ctx)
    with suppress(Failure, Skip):
        _resume(ctx)
    if (_changed(ctx).last or {}).get("status") == "ACTIVE":
        _expect_changed(ctx, "paused once more", status="INACTIVE")


@probe("LM-SCHEDULE-RESUME")
def resuming_makes_active(ctx: Context) -> None:
    _resume(ctx)


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
    own, other, begun = _changed(ctx).created.id, _once_paused(ctx).id, time.monotonic()
    old, new = schedule_configuration(ctx).id, schedule_configuration(ctx, "change").id

    def judge() -> None:
        ids = {one: ctx.ids(SCHEDULE.list, {"configurationId": one}) for one in (old, new)}
        listed = [one for one in (old, new) if own in ids[one]]
        text = f"{SCHEDULE.list} holds {own} only for its configurationId {new}"
        ctx.expect(listed == [new], expected=text, actual=f"it is listed for {listed}")
        text = f"{SCHEDULE.list} does not hold {other} for {new}: {own} alone was changed"
        ctx.expect(other not in ids[new], expected=text, actual=f"it holds {ids[new]}")

    ctx.retry_in_grace(begun, judge)


@probe("LM-SCHEDULE-MODIFY-KEEPS")
def other_members_stay(ctx: Context) -> None:
    before, after = _cron_change(ctx)
    kept = {n: v for n, v in before.items() if n in ("id", "name", "configurationId", "status", "start", "end")}
    ctx.expect_same(kept, after, what="what the change does not name")
    changes: dict[str, Callable[[Context], tuple[Json, Json]]] = {
        "configurationId": _configuration_change,
        "end": _end_change,
        "status": _resume,
    }
    for changed, change in changes.items():
        before, after = change(ctx)
        kept = {n: before[n] for n in (*_KEPT, "status") if n != changed and before.get(n) is not None}
        ctx.expect_same(kept, after, what=f"what a change of only {changed} does not name")
    paused, cron = _paused(ctx), quiet_cron(ctx, 7)
    # Whether a change that names nothing is refused is open (LM-OBS-SCHEDULE-MODIFY-NOTHING).
    change_schedule(ctx, paused)
    ctx.require_success(change_schedule(ctx, paused, cron=cron))

    def judge() -> None:
        text = "a paused schedule after a change without members and a new cron"
        ctx.expect_same({"status": "INACTIVE", "cron": cron}, SCHEDULE.fetch(ctx, paused), what=text)

    ctx.retry_in_grace(time.monotonic(), judge)


@probe("LM-SCHEDULE-MODIFY-LISTED", last=True)
def list_shows_a_change(ctx: Context) -> None:
    changing, cron = _changed(ctx), _other_cron(ctx, _prepare(ctx, status="ACTIVE"))
    # Old enough that a time of creation which moves with a change shows.
    rest(max(0.0, changing.since + OLD_ENOUGH - time.monotonic()))
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
        # When a list shows another modifiedAt is open (M12).
        ctx.expect_list_agrees(SCHEDULE.get, {n: v for n, v in now.items() if n != "modifiedAt"}, listed[0])

    ctx.retry_in_grace(time.monotonic(), judge)


@probe("LM-SCHEDULE-PAUSE-KEEPS")
def pausing_keeps_other_members(ctx: Context) -> None:
    try:
        before, now = _pause(ctx)
    except Failure as failure:
        raise NotTestable("LM-SCHEDULE-PAUSE is broken") from failure
    kept = {name: before[name] for name in _KEPT if before.get(name) is not None}
    ctx.expect_same(kept, now, what="all but the status as before")


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
    path = _path_of_none(ctx)
    answer = ctx.send("modifyExecutionSchedule", path, json={"status": "INACTIVE"})
    expect_absent(ctx, answer, SCHEDULE.get, path)


@probe("LM-SCHEDULE-DELETE")
def active_schedule_is_deleted(ctx: Context) -> None:
    _expect_active_deleted(ctx)


@probe("LM-SCHEDULE-DELETE-INACTIVE")
def paused_schedule_is_deleted(ctx: Context) -> None:
    _expect_deleted(ctx, _paused(ctx), "INACTIVE")


@probe("LM-SCHEDULE-DELETE-UNCOUNTED")
def deleted_schedule_is_not_counted(ctx: Context) -> None:
    deleted_id, query = _gone(ctx), {"configurationId": schedule_configuration(ctx).id}
    expect_uncounted(ctx, "listExecutionSchedules", "countExecutionSchedules", query, deleted_id)


@probe("LM-SCHEDULE-DELETE-KEEPS-CONFIGURATION")
def configuration_outlives_its_schedule(ctx: Context) -> None:
    configuration = schedule_configuration(ctx)
    _gone(ctx)
    body = ctx.get_or_fail("getConfiguration", configurationId=configuration.id)
    ctx.expect_same({**configuration.sent, "id": configuration.id}, body, what="the configuration as sent")


@probe("LM-SCHEDULE-DELETE-404")
def deletion_of_an_unknown_id_is_404(ctx: Context) -> None:
    path = _path_of_none(ctx)
    expect_absent(ctx, ctx.send("deleteExecutionSchedule", path), SCHEDULE.get, path)


stays_deleted.install("LM-SCHEDULE-STAYS-DELETED", "schedule", lambda ctx: _expect_active_deleted(ctx), SCHEDULE.make)


@fixture(builds_on=lambda changing: [changing.created.id])
def _changed(ctx: Context) -> _Changing:
    """The schedule that probes change, one after the other; its window is what a change may lose."""
    return _Changing(SCHEDULE.make(ctx, **window(ctx, 1, 730)), time.monotonic())


@fixture(builds_on=lambda bodies: [str(bodies[1].get("id"))])
def _pause(ctx: Context) -> tuple[Json, Json]:
    """The bodies of GET before and after the schedule that probes change was paused; raises Failure."""
    before = _prepare(ctx, status="ACTIVE")
    return before, _expect_changed(ctx, status="INACTIVE")


@fixture(builds_on=lambda bodies: [str(bodies[1].get("id"))])
def _resume(ctx: Context) -> tuple[Json, Json]:
    """The same for a pause that ends."""
    before = _prepare(ctx, status="INACTIVE")
    return before, _expect_changed(ctx, status="ACTIVE")


@fixture()
def _cron_change(ctx: Context) -> tuple[Json, Json]:
    """The bodies of GET before and after the schedule that probes change got another cron; raises Failure."""
    before = _prepare(ctx, status="ACTIVE")
    return before, _expect_changed(ctx, cron=_other_cron(ctx, before))


@fixture(builds_on=lambda bodies: [str(bodies[1].get("id"))])
def _configuration_change(ctx: Context) -> tuple[Json, Json]:
    """The same for another configuration."""
    # Another schedule of the first configuration, which stays where it is.
    _paused(ctx)
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

    def look() -> None:
        ctx.expect_same(wanted, changing.fetch(ctx), what="as prepared")

    # GET may show it a moment later; whether it ever does is judged elsewhere.
    with suppress(Failure):
        ctx.retry_in_grace(time.monotonic(), look)
    return changing.last or changing.fetch(ctx)


def _other_cron(ctx: Context, now: Json) -> str:
    """A cron that the schedule with this body does not have."""
    return quiet_cron(ctx, 8 if now.get("cron") == quiet_cron(ctx, 7) else 7)


def _expect_changed(ctx: Context, what: str = "as changed", /, **fields: Any) -> Json:
    """Change the schedule, and raise Failure unless GET shows it; returns the body of that GET."""
    changing = _changed(ctx)
    ctx.expect_status(changing.change(ctx, **fields), {202})
    seen: list[Json] = []

    def judge() -> None:
        seen.append(changing.fetch(ctx))
        ctx.expect_same(fields, seen[-1], what=what)

    ctx.retry_in_grace(time.monotonic(), judge)
    return seen[-1]


@fixture()
def _deleted(ctx: Context) -> tuple[str, Exchange]:
    """The id of a schedule that was deleted, and the answer to that; probes share it."""
    created = SCHEDULE.make(ctx)
    return created.id, _delete(ctx, created)


@fixture(builds_on=lambda deleted: [deleted])
def _gone(ctx: Context) -> str:
    """The id of that schedule once it is not found any more; raises NotTestable."""
    deleted_id, answer = _deleted(ctx)
    ctx.require_success(answer)
    liveness.need(lambda: wait_until_gone(ctx, deleted_id), "LM-SCHEDULE-DELETE")
    return deleted_id


def _path_of_none(ctx: Context) -> dict[str, str]:
    """The path of a schedule that was deleted, or of an id that never was where none can be deleted."""
    with suppress(Failure, Skip):
        return {SCHEDULE.parameter: _gone(ctx)}
    return {SCHEDULE.parameter: ctx.absent_id()}


def _delete(ctx: Context, created: Created) -> Exchange:
    answer = ctx.send("deleteExecutionSchedule", {SCHEDULE.parameter: created.id})
    if answer.ok:
        ctx.session.journal.removed("schedule", created.id)
    return answer


def _expect_active_deleted(ctx: Context) -> None:
    _expect_deleted(ctx, SCHEDULE.make(ctx), "ACTIVE")


def _expect_deleted(ctx: Context, created: Created, status: str) -> None:
    ctx.expect_status(_delete(ctx, created), {202})
    liveness.expect(ctx, lambda: wait_until_gone(ctx, created.id), "LM-SCHEDULE-DELETE")

    def judge() -> None:
        # Without the status, lists are asked by LM-SCHEDULE-DELETE-UNCOUNTED and -STAYS-DELETED.
        query = {"configurationId": created.sent["configurationId"], "status": status}
        listed = ctx.ids("listExecutionSchedules", query)
        text = f"{created.id}, which was {status}, is not in the list either"
        ctx.expect(created.id not in listed, expected=text, actual=f"it is listed for {query}")

    ctx.retry_in_grace(time.monotonic(), judge)
