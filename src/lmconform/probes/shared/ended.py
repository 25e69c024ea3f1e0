"""Probes of the filter status for executions and deployments that have ended otherwise than at their goal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from lmconform.errors import NotTestable
from lmconform.probes import enactment_pool
from lmconform.probes.context import Context, Json
from lmconform.probes.enactment import Enactment
from lmconform.probes.registry import probe


def install(kind: Enactment, others: Callable[[Context], Iterable[Json]] = lambda ctx: ()) -> None:
    """Register the probe; ``others`` gives bodies of GET of further ones that have ended."""

    @probe(f"LM-{kind.noun}-FILTER-ENDED")
    def ended_one_is_found_by_its_status(ctx: Context) -> None:
        stopped = enactment_pool.stopped(ctx, kind)
        _expect_found(ctx, kind, {**stopped.last, "id": stopped.id, "configurationId": stopped.configuration.id})
        for body in others(ctx):
            _expect_found(ctx, kind, body)


def _expect_found(ctx: Context, kind: Enactment, ended: Json) -> None:
    """Raise Failure unless the list and the count of its status hold the one with this body.

    Others of the configuration may come and go: a count is judged when the list is the same before and after.
    """
    own, status = str(ended["id"]), str(ended["status"])

    def judge() -> None:
        query = {"configurationId": ended["configurationId"], "status": status}
        listed = ctx.ids(kind.list, query)
        ctx.expect(own in listed, expected=f"{own} in the list for status={status}", actual=f"{listed}")
        number, text = ctx.count(kind.count, query), f"$count = {len(listed)} for status={status}, as the list has"
        counted = ctx.client.last
        if number != len(listed) and sorted(listed) != sorted(ctx.ids(kind.list, query)):
            raise NotTestable(f"the list for status={status} changes while it is counted")
        ctx.expect(number == len(listed), expected=text, actual=f"{number}", exchange=counted)

    ctx.retry_in_grace(time.monotonic(), judge)
