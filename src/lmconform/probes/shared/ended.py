"""Probes of lists of executions and deployments that have ended otherwise than at their goal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from lmconform.errors import NotTestable
from lmconform.probes import enactment_pool
from lmconform.probes.context import Context, Json
from lmconform.probes.enactment import Enactment
from lmconform.probes.registry import probe
from lmconform.probes.shared.agreement import expect_agreement


def install(kind: Enactment, others: Callable[[Context], Iterable[Json]] = lambda ctx: ()) -> None:
    """Register the probe; ``others`` gives bodies of GET of further ones that have ended."""

    @probe(f"LM-{kind.noun}-FILTER-ENDED")
    def ended_one_is_found_by_its_status(ctx: Context) -> None:
        stopped = enactment_pool.stopped(ctx, kind)
        body = {**stopped.last, "id": stopped.id, "configurationId": stopped.configuration.id}
        _expect_found(ctx, kind, body)
        _expect_selected(ctx, kind, body)
        for body in others(ctx):
            _expect_found(ctx, kind, body)


def _expect_found(ctx: Context, kind: Enactment, ended: Json) -> None:
    """Raise Failure unless the list and the count of its status hold the one with this body, the list as GET has it.

    Others of the configuration may come and go: a count is judged when the list is the same before and after.
    """
    own, status = str(ended["id"]), str(ended["status"])

    def judge(single: Json) -> None:
        query = {"configurationId": ended["configurationId"], "status": status}
        rows = ctx.items(kind.list, query)
        listed = [str(row.get("id")) for row in rows]
        ctx.expect(own in listed, expected=f"{own} in the list for status={status}", actual=f"{listed}")
        expect_agreement(ctx, kind, single, rows[listed.index(own)], f"{own} in the list for status={status}")
        number, text = ctx.count(kind.count, query), f"$count = {len(listed)} for status={status}, as the list has"
        counted = ctx.client.last
        if number != len(listed) and sorted(listed) != sorted(ctx.ids(kind.list, query)):
            raise NotTestable(f"the list for status={status} changes while it is counted")
        ctx.expect(number == len(listed), expected=text, actual=f"{number}", exchange=counted)

    _judge_with_get(ctx, kind, ended, judge)


def _expect_selected(ctx: Context, kind: Enactment, ended: Json) -> None:
    """Raise Failure unless a page with $select=status shows one of its status, as GET does, and nothing more."""

    def judge(single: Json) -> None:
        # $top is about what the filter status leaves: others may be newer.
        query = {"configurationId": ended["configurationId"], "status": ended["status"], "$select": "status", "$top": 1}
        rows = ctx.items(kind.list, query)
        text = f"1 with status={ended['status']}, $select=status and $top=1, {ended['id']} or another"
        ctx.expect(len(rows) == 1, expected=text, actual=f"{[row.get('id') for row in rows]}")
        for row in rows:
            extra = sorted(set(row) - kind.selected)
            text = f"nothing but {', '.join(sorted(kind.selected))} of {row.get('id')} with $select=status"
            ctx.expect(not extra, expected=text, actual=f"{extra} too")
            shown = f"{row.get('id')} in the list for status={ended['status']} with $select=status"
            ctx.expect_same({"status": ended["status"]}, row, what=shown)
            if row.get("id") == ended["id"]:
                expect_agreement(ctx, kind, single, row, shown)

    _judge_with_get(ctx, kind, ended, judge)


def _judge_with_get(ctx: Context, kind: Enactment, ended: Json, judge: Callable[[Json], None]) -> None:
    """Judge by the body that is known, and within the grace by those of new GETs: times may be filled in later."""
    known = [ended]

    def look() -> None:
        judge(known.pop() if known else ctx.get_or_skip(kind.get, **{kind.parameter: str(ended["id"])}))

    ctx.retry_in_grace(time.monotonic(), look)
