"""Builds execution schedules: valid bodies whose cron starts nothing for months."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from lmconform.evidence.exchange import Exchange
from lmconform.probes.builders.configurations import create_configuration
from lmconform.probes.builders.resource_type import ResourceType, without_none
from lmconform.probes.context import Context, Created, Json
from lmconform.probes.fixtures import fixture
from lmconform.safety.cron import quiet_month


def quiet_cron(ctx: Context, minute: int = 1) -> str:
    """A cron that starts nothing for months, however long this run takes."""
    return f"{minute} 1 1 {quiet_month(ctx.session.target.now())} *"


def schedule_body(ctx: Context, **overrides: Any) -> Json:
    """A valid body for POST of a schedule; an override None leaves the member out."""
    body = {"name": ctx.unique("schedule"), "cron": quiet_cron(ctx), **overrides}
    if "configurationId" not in body:
        body["configurationId"] = schedule_configuration(ctx).id
    return without_none(body)


@fixture()
def schedule_configuration(ctx: Context, purpose: str = "creation") -> Created:
    """A configuration that schedules share, one for each ``purpose``; raises NotTestable."""
    return create_configuration(ctx)


def window(ctx: Context, first: int, last: int) -> Json:
    """A start and an end, that many days from now by the clock of the target, in whole seconds (C53)."""
    now = ctx.session.target.now()
    days = {"start": now + timedelta(days=first), "end": now + timedelta(days=last)}
    return {name: moment.strftime("%Y-%m-%dT%H:%M:%SZ") for name, moment in days.items()}


def change_schedule(ctx: Context, created: Created, **fields: Any) -> Exchange:
    """Send a PATCH with ``fields``."""
    return ctx.send(SCHEDULE.modify, {SCHEDULE.parameter: created.id}, json=fields)


def wait_until_gone(ctx: Context, schedule_id: str) -> None:
    """Poll until GET answers 404; raises Overdue, and Failure for other answers."""

    def until(exchange: Exchange) -> bool:
        ctx.expect_status(exchange, {200, 404})
        return exchange.status == 404

    ctx.poll_exchange(
        ("schedule", schedule_id, "delete"),
        lambda: ctx.get(SCHEDULE.get, **{SCHEDULE.parameter: schedule_id}),
        until,
        ctx.limits.delete,
        what=f"404 for the schedule {schedule_id}, whose deletion was accepted,",
        state=lambda exchange: f"still {exchange.json_object().get('status')}",
    )


SCHEDULE: Final = ResourceType(
    noun="SCHEDULE",
    body=schedule_body,
    vary=lambda ctx, index: {},
    select=lambda ctx, token: {"configurationId": create_configuration(ctx).id},
)
