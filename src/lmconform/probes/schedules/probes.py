"""Probes of execution schedules: creation, filters, counts, bodies. None of them starts anything."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time

from lmconform.errors import NotTestable
from lmconform.probes import enactment_pool
from lmconform.probes.builders.configurations import create_configuration
from lmconform.probes.builders.resource_type import batch
from lmconform.probes.builders.schedules import SCHEDULE, change_schedule, quiet_cron, schedule_body, window
from lmconform.probes.context import EXECUTIONS, Context, Created, Json
from lmconform.probes.fixtures import fixture
from lmconform.probes.registry import probe
from lmconform.probes.shared import creation, paging, unknown_ids, views
from lmconform.probes.shared.creation import BAD_REFERENCE, MALFORMED, accepts, refuses, without_each

unknown_ids.install(SCHEDULE)
creation.install(SCHEDULE)
views.install(SCHEDULE)
paging.install(SCHEDULE)


@probe("LM-SCHEDULE-CREATE-MINIMAL")
def name_cron_and_configuration_suffice(ctx: Context) -> None:
    ctx.expect_status(ctx.send("createExecutionSchedule", json=schedule_body(ctx)), {202})


@probe("LM-SCHEDULE-GET-ECHO")
def get_returns_what_was_sent(ctx: Context) -> None:
    created = batch(ctx, SCHEDULE).members[0]
    ctx.expect_same({**created.sent, "id": created.id}, SCHEDULE.fetch(ctx, created), what="as sent")


@probe("LM-SCHEDULE-WINDOW-ECHO")
def window_is_returned(ctx: Context) -> None:
    created = SCHEDULE.make(ctx, **window(ctx, 1, 730))
    wanted = {name: created.sent[name] for name in ("start", "end")}
    ctx.expect_same(wanted, SCHEDULE.fetch(ctx, created), what="as sent")


@probe("LM-SCHEDULE-CREATE-ACTIVE")
def new_schedule_is_active(ctx: Context) -> None:
    created = batch(ctx, SCHEDULE).members[0]
    ctx.expect_same({"status": "ACTIVE"}, SCHEDULE.fetch(ctx, created), what="a new schedule")


@probe("LM-SCHEDULE-FILTER-CONFIGURATION")
def configuration_filters(ctx: Context) -> None:
    group, pair = batch(ctx, SCHEDULE), _active_and_paused(ctx)
    wanted = {created.id for created in pair}

    def judge() -> None:
        listed = set(ctx.ids("listExecutionSchedules", {"configurationId": pair[0].sent["configurationId"]}))
        text = f"the two of the configuration, {sorted(wanted)}"
        ctx.expect(listed == wanted, expected=text, actual=f"{sorted(listed)}")
        ctx.expect(not listed & set(group.ids), expected="none of another configuration", actual=f"{sorted(listed)}")

    ctx.retry_in_grace(time.monotonic(), judge)


@probe("LM-SCHEDULE-FILTER-STATUS")
def status_filters(ctx: Context) -> None:
    active, paused = _active_and_paused(ctx)
    own = {active.id, paused.id}

    def judge() -> None:
        for status, created in (("ACTIVE", active), ("INACTIVE", paused)):
            matches = set(ctx.ids("listExecutionSchedules", {"status": status})) & own
            text = f"[{created.id!r}], the one of the two of this run that is {status}"
            ctx.expect(matches == {created.id}, expected=text, actual=f"{sorted(matches)}")

    ctx.retry_in_grace(time.monotonic(), judge)


@probe("LM-SCHEDULE-FILTER-COMBINED")
def filters_combine_with_and(ctx: Context) -> None:
    # Schedules of another configuration, so that a server that ignores the filters fails.
    batch(ctx, SCHEDULE)
    active, paused = _active_and_paused(ctx)

    def judge() -> None:
        for status, created in (("ACTIVE", active), ("INACTIVE", paused)):
            query = {"configurationId": created.sent["configurationId"], "status": status}
            matches = ctx.ids("listExecutionSchedules", query)
            text = f"[{created.id!r}], the {status} one of the configuration"
            ctx.expect(matches == [created.id], expected=text, actual=f"{matches}")

    ctx.retry_in_grace(time.monotonic(), judge)


@probe("LM-SCHEDULE-COUNT-FILTERED")
def count_is_filtered(ctx: Context) -> None:
    batch(ctx, SCHEDULE)
    query = {"configurationId": _active_and_paused(ctx)[0].sent["configurationId"]}

    def judge() -> None:
        for more, wanted in (({}, 2), ({"status": "ACTIVE"}, 1), ({"status": "INACTIVE"}, 1)):
            number = ctx.count("countExecutionSchedules", {**query, **more})
            text = f"$count = {wanted} of the two of this run for {more or 'all'}"
            ctx.expect(number == wanted, expected=text, actual=f"$count = {number}")

    ctx.retry_in_grace(time.monotonic(), judge)


@probe("LM-SCHEDULE-EXECUTIONS")
def executions_are_filtered_by_their_schedule(ctx: Context) -> None:
    own, query = enactment_pool.base(ctx).id, {"executionScheduleId": batch(ctx, SCHEDULE).ids[0]}
    listed = ctx.ids("listExecutions", query)
    text = "only executions that the schedule started"
    ctx.expect(own not in listed, expected=text, actual=f"{own}, which a request started")
    number = ctx.count("countExecutions", query)
    ctx.expect(number == len(listed), expected=f"$count = {len(listed)}, as the list has", actual=f"{number}")


@probe("LM-SCHEDULE-STARTS-NOTHING-EARLY", late=True)
def quiet_schedule_has_started_nothing(ctx: Context) -> None:
    ctx.require(EXECUTIONS)
    query = batch(ctx, SCHEDULE).query
    # No request starts this configuration: an execution of it was started by a schedule.
    ids = [e.get("id") for e in ctx.items("listExecutions", query) if query.items() <= e.items()]
    ctx.expect(not ids, expected="no execution for months", actual=f"{len(ids)} executions: {ids}")


refuses(
    "LM-SCHEDULE-BODY-REQUIRED",
    "createExecutionSchedule",
    lambda ctx: without_each(schedule_body(ctx), ("name", "cron", "configurationId")),
)
refuses(
    "LM-SCHEDULE-BODY-TYPE",
    "createExecutionSchedule",
    lambda ctx: [
        schedule_body(ctx, name=7),
        schedule_body(ctx, cron=[quiet_cron(ctx)]),
        schedule_body(ctx, configurationId={}),
    ],
)
refuses("LM-SCHEDULE-BODY-MALFORMED", "createExecutionSchedule", lambda ctx: [MALFORMED])
refuses(
    "LM-SCHEDULE-BODY-CONFIGURATION-ID",
    "createExecutionSchedule",
    lambda ctx: [{**schedule_body(ctx), "configurationId": "a b c d"}],
    allowed=BAD_REFERENCE,
)
refuses(
    "LM-SCHEDULE-BODY-TIME",
    "createExecutionSchedule",
    lambda ctx: [schedule_body(ctx, start="tomorrow"), schedule_body(ctx, end="tomorrow")],
)
refuses(
    "LM-SCHEDULE-BODY-TOO-LONG",
    "createExecutionSchedule",
    lambda ctx: [schedule_body(ctx, name=ctx.unique("long").ljust(257, "x"))],
)
accepts(
    "LM-SCHEDULE-BODY-AT-LIMIT",
    "createExecutionSchedule",
    lambda ctx: [schedule_body(ctx, name=ctx.unique("long").ljust(256, "x"))],
    success=202,
)


@probe("LM-SCHEDULE-OTHERS-STAY")
def pause_concerns_one_alone(ctx: Context) -> None:
    text = "the schedule beside one that was paused"
    ctx.expect_same({"status": "ACTIVE"}, _view_of_active(ctx), what=text)


def _active_and_paused(ctx: Context) -> tuple[Created, Created]:
    """Two schedules that share a configuration with no others: one is active, one is paused. Raises NotTestable."""
    active, paused = _pair(ctx)
    if _view_of_active(ctx).get("status") != "ACTIVE":
        raise NotTestable(f"LM-SCHEDULE-OTHERS-STAY is broken: pausing {paused.id} has changed {active.id}")
    return active, paused


@fixture()
def _view_of_active(ctx: Context) -> Json:
    """The schedule that was not paused, after the other one was."""
    return ctx.get_or_skip("getExecutionSchedule", executionScheduleId=_pair(ctx)[0].id)


@fixture(builds_on=lambda pair: [created.id for created in pair])
def _pair(ctx: Context) -> tuple[Created, Created]:
    """Both schedules, after the second one was paused. Raises NotTestable."""
    # A new configuration: schedules of a failed attempt have another one.
    own = create_configuration(ctx).id
    active, paused = (SCHEDULE.make(ctx, configurationId=own) for _ in range(2))
    answer = change_schedule(ctx, paused, status="INACTIVE")
    ctx.require_success(answer)
    ctx.retry_in_grace(time.monotonic(), lambda: _expect_paused(ctx, paused))
    return active, paused


def _expect_paused(ctx: Context, created: Created) -> None:
    if ctx.get_or_skip("getExecutionSchedule", executionScheduleId=created.id).get("status") != "INACTIVE":
        raise NotTestable("a paused schedule is not shown as INACTIVE")
