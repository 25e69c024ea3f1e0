"""Observations of execution schedules: references, cron and windows that are not published."""
# ruff: noqa: D103 - the decorator holds the sentence of each observation

from __future__ import annotations

from collections.abc import Callable

from lmconform.probes.builders.resource_type import batch
from lmconform.probes.builders.schedules import SCHEDULE, change_schedule, schedule_body, window
from lmconform.probes.context import SCHEDULES, Context, Created, Json
from lmconform.probes.fixtures import fixture
from lmconform.probes.observing import answer, listed
from lmconform.probes.registry import observation
from lmconform.safety.cron import quiet_month


@observation(
    "LM-OBS-SCHEDULE-FILTER-UNKNOWN-CONFIGURATION",
    operation="listExecutionSchedules",
    effect="read",
    source="F12",
    capability=SCHEDULES,
    text="Schedules filtered by a configuration that does not exist.",
)
def filter_unknown_configuration(ctx: Context) -> str:
    return listed(ctx.get("listExecutionSchedules", {"configurationId": ctx.absent_id()}))


def _creation(name: str, text: str, source: str, fields: Callable[[Context], Json], *, costly: bool = False) -> None:
    @observation(
        name,
        operation="createExecutionSchedule",
        source=source,
        effect="destructive",
        capability=SCHEDULES,
        text=text,
        costly=costly,
    )
    def creation_answer(ctx: Context) -> str:
        exchange = ctx.send("createExecutionSchedule", json=schedule_body(ctx, **fields(ctx)))
        schedule_id = exchange.json_object().get("id")
        if not exchange.ok or not isinstance(schedule_id, str):
            return answer(exchange)
        status = ctx.get("getExecutionSchedule", executionScheduleId=schedule_id).json_object().get("status")
        _delete(ctx, schedule_id)
        return f"{answer(exchange)}, then {status}"


def _six_fields(ctx: Context) -> Json:
    month = quiet_month(ctx.session.target.now())
    # Whether the first field is read as seconds or as minutes, nothing starts for months.
    return {"cron": f"0 1 1 {month} {month} *"}


_creation(
    "LM-OBS-SCHEDULE-UNKNOWN-CONFIGURATION",
    "A schedule of an unknown configuration.",
    "F23",
    lambda ctx: {"configurationId": ctx.absent_id()},
)
_creation(
    "LM-OBS-SCHEDULE-NAME-TAKEN",
    "A schedule with the name of another one.",
    "J",
    lambda ctx: {"name": batch(ctx, SCHEDULE).members[0].sent["name"]},
    costly=True,
)
_creation("LM-OBS-SCHEDULE-CRON-INVALID", "A schedule whose cron is no cron.", "C52", lambda ctx: {"cron": "never"})
_creation("LM-OBS-SCHEDULE-CRON-SIX-FIELDS", "A schedule whose cron has six fields.", "I18", _six_fields, costly=True)
_creation(
    "LM-OBS-SCHEDULE-WINDOW-REVERSED",
    "A schedule that ends before it starts.",
    "C51",
    lambda ctx: window(ctx, 730, 1),
)
_creation(
    "LM-OBS-SCHEDULE-WINDOW-OVER",
    "A schedule that ended in the past.",
    "C51",
    lambda ctx: window(ctx, -40, -10),
)


def _modification(
    name: str, text: str, source: str, fields: Callable[[Context], Json], *, costly: bool = False
) -> None:
    @observation(
        name,
        operation="modifyExecutionSchedule",
        source=source,
        effect="destructive",
        capability=SCHEDULES,
        text=text,
        costly=costly,
    )
    def modification_answer(ctx: Context) -> str:
        return answer(change_schedule(ctx, _changed(ctx), **fields(ctx)))


@fixture(builds_on=lambda created: [created.id])
def _changed(ctx: Context) -> Created:
    """The schedule whose changes are observed: what one change does to it decides about no other."""
    return SCHEDULE.make(ctx)


_modification(
    "LM-OBS-SCHEDULE-MODIFY-NOTHING", "A change of a schedule that names nothing.", "C5", lambda ctx: {}, costly=True
)
_modification(
    "LM-OBS-SCHEDULE-MODIFY-SAME", "Resuming a schedule that is active.", "C5", lambda ctx: {"status": "ACTIVE"}
)
_modification(
    "LM-OBS-SCHEDULE-RENAME",
    "A change of a schedule that names another name alone.",
    "C5",
    lambda ctx: {"name": ctx.unique("renamed")},
)
_modification(
    "LM-OBS-SCHEDULE-MODIFY-UNKNOWN-CONFIGURATION",
    "A change of a schedule to an unknown configuration.",
    "F23",
    lambda ctx: {"configurationId": ctx.absent_id()},
)


def _delete(ctx: Context, schedule_id: str) -> None:
    if ctx.send("deleteExecutionSchedule", {SCHEDULE.parameter: schedule_id}).ok:
        ctx.session.journal.removed("schedule", schedule_id)
