"""Probes of the times of an execution schedule, before and after a change."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from typing import Final

from lmconform.client.polling import rest
from lmconform.errors import NotTestable
from lmconform.probes.builders.schedules import SCHEDULE, change_schedule, quiet_cron
from lmconform.probes.context import Context, Created, Json
from lmconform.probes.fixtures import fixture
from lmconform.probes.registry import probe
from lmconform.probes.shared.times import expect_order

# Times are in whole seconds: a creation time that moves with a change shows after a second.
OLD_ENOUGH: Final = 1.1


@fixture(builds_on=lambda seen: [seen[0].id])
def _created(ctx: Context) -> tuple[Created, Json, float]:
    """A schedule, the body of its first GET, and when that was, by time.monotonic()."""
    created = SCHEDULE.make(ctx)
    return created, SCHEDULE.fetch(ctx, created), time.monotonic()


@probe("LM-SCHEDULE-TIMES-ORDERED")
def change_is_not_before_the_creation(ctx: Context) -> None:
    expect_order(ctx, _created(ctx)[1], "createdAt", "modifiedAt")


@probe("LM-SCHEDULE-CREATED-AT-STAYS")
def creation_time_stays(ctx: Context) -> None:
    created, first, since = _created(ctx)
    rest(max(0.0, since + OLD_ENOUGH - time.monotonic()))
    cron = quiet_cron(ctx, 9)
    ctx.require_success(change_schedule(ctx, created, cron=cron))
    changed = time.monotonic()

    def judge() -> None:
        now = SCHEDULE.fetch(ctx, created)
        if now.get("cron") != cron:
            raise NotTestable("GET does not show the change")
        ctx.expect_same({"createdAt": first.get("createdAt")}, now, what="GET after the change")
        expect_order(ctx, now, "createdAt", "modifiedAt")

    ctx.retry_in_grace(changed, judge)
