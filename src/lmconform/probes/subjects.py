"""What a probe used that other requests share: a finding is not about it when it was no longer what it had been."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from lmconform.errors import Failure, NotTestable, Skip
from lmconform.probes import enactment_pool
from lmconform.probes.context import Context
from lmconform.probes.enactment import DEPLOYMENT, EXECUTION
from lmconform.probes.pooled_enactment import PooledEnactment


def excused(ctx: Context, raised: Failure | Skip | None) -> Failure | Skip | None:
    """What a probe says, with NotTestable for a Failure that comes of a shared enactment that went or changed.

    The requirement that says so is judged by a probe at the end of the run.
    """
    if not isinstance(raised, Failure):
        return raised
    for pooled in _used(ctx):
        with suppress(NotTestable):
            pooled.look_again(ctx)
        lost = pooled.displaced
        if lost is not None and lost.requirement != ctx.requirement:
            return NotTestable(f"{lost.requirement} is broken: {lost.text}")
    return raised


def _used(ctx: Context) -> Iterator[PooledEnactment]:
    """Those that the requests of the probe name, by their ids or by their configurations, and do not change."""
    sent = [(entry.exchange.method, entry.sent) for entry in ctx.client.story.since(0)]
    for kind in (EXECUTION, DEPLOYMENT):
        for pooled in enactment_pool.everyone(ctx, kind):
            own = {method for method, text in sent if pooled.id in text}
            is_listed = any(pooled.configuration.id in text for _, text in sent)
            is_there = pooled.displaced is not None or not ctx.session.journal.is_removed(kind.word, pooled.id)
            if is_there and (own or is_listed) and own <= {"GET", "POST"}:
                yield pooled
