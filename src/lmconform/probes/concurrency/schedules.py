"""Probe of changes of one schedule at the same time: what was acknowledged is done."""
# ruff: noqa: D103 - the register holds the sentence of the probe

from __future__ import annotations

import time
from functools import partial

from lmconform.errors import Inconclusive
from lmconform.probes.builders.schedules import SCHEDULE, change_schedule, quiet_cron, window
from lmconform.probes.concurrency.burst import burst
from lmconform.probes.context import Context
from lmconform.probes.registry import probe


@probe("LM-CONCURRENT-SCHEDULE-CHANGE", costly=True)
def acknowledged_changes_are_all_made(ctx: Context) -> None:
    created = SCHEDULE.make(ctx, **window(ctx, 1, 730))
    changes = ({"cron": quiet_cron(ctx, 7)}, {"end": window(ctx, 2, 760)["end"]})
    answers = burst([partial(change_schedule, ctx, created, **fields) for fields in changes])
    since = time.monotonic()
    for answer in answers:
        if answer.status < 500 and not answer.ok:
            # No publication says that a change may not have to wait for another one.
            raise Inconclusive(f"one of two changes at the same time was refused: {answer.brief}")
        ctx.require_success(answer)

    def judge() -> None:
        text = "two changes of one schedule at the same time, both acknowledged"
        ctx.expect_same({**changes[0], **changes[1]}, SCHEDULE.fetch(ctx, created), what=text)

    ctx.retry_in_grace(since, judge)
