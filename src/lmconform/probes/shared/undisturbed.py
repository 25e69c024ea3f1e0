"""Probes at the end of a run: what has ended stays so, and a stop, an update or a deletion concerns one alone."""

from __future__ import annotations

import functools
from contextlib import suppress
from typing import Final

from lmconform.client import polling
from lmconform.errors import Inconclusive, NotTestable
from lmconform.probes import enactment_pool, liveness
from lmconform.probes.context import TERMINAL, Context
from lmconform.probes.enactment import Enactment
from lmconform.probes.fixtures import fixture
from lmconform.probes.pooled_enactment import PooledEnactment
from lmconform.probes.registry import probe

# So many of a kind are read once more.
_MOST: Final = 3
# A run that started so many has stopped, updated and deleted some beside others.
_MANY: Final = 4


def install(kind: Enactment) -> None:
    """Register both probes."""

    @probe(f"LM-{kind.noun}-TERMINAL-STAYS", last=True)
    def ended_one_keeps_its_status(ctx: Context) -> None:
        if not _ended(ctx, kind):
            if kind.settled == TERMINAL:
                enactment_pool.at_rest(ctx, kind)
            else:
                enactment_pool.stopped(ctx, kind)
            # In a whole run this moment has passed long ago.
            polling.rest(polling.grace(ctx.session.target.poll_interval))
        _look_again(ctx, kind)
        _judge(ctx, kind, "the status in which it has ended")

    @probe(f"LM-{kind.noun}-OTHERS-STAY", last=True)
    def change_concerns_one_alone(ctx: Context) -> None:
        if len(enactment_pool.everyone(ctx, kind)) < _MANY:
            _change_one_of_two(ctx, kind)
        _look_again(ctx, kind)
        _judge(ctx, kind, f"a stop, an update or a deletion of one {kind.word} changes no other")


def _judge(ctx: Context, kind: Enactment, wanted: str) -> None:
    for pooled in enactment_pool.everyone(ctx, kind):
        lost = pooled.displaced
        if lost is not None and lost.requirement == ctx.requirement:
            ctx.fail(expected=wanted, actual=lost.text, exchange=ctx.get(kind.get, **pooled.path))


def _ended(ctx: Context, kind: Enactment) -> list[PooledEnactment]:
    return [p for p in enactment_pool.members(ctx, kind) if p.last.get("status") in TERMINAL]


@fixture()
def _look_again(ctx: Context, kind: Enactment) -> None:
    """Read a few that have ended, or that nothing has changed."""
    asked = functools.partial(ctx.session.journal.roles_asked, kind.word)
    others = [p for p in enactment_pool.members(ctx, kind) if p.last.get("status") not in TERMINAL and not asked(p.id)]
    for pooled in [*_ended(ctx, kind)[: _MOST - 1], *others][:_MOST]:
        with suppress(NotTestable):
            pooled.look_again(ctx)


def _change_one_of_two(ctx: Context, kind: Enactment) -> None:
    """Stop one beside another of its configuration, and delete it beside the other when that has ended as well."""
    pair = (enactment_pool.fresh(ctx, kind), enactment_pool.fresh(ctx, kind))
    for pooled in pair:
        with suppress(NotTestable):
            _end(ctx, pooled)
    deleted, other = pair
    if {deleted.last.get("status"), other.last.get("status")} <= TERMINAL and deleted.displaced is None:
        ctx.require_success(deleted.delete(ctx))
        enactment_pool.remove(ctx, deleted)
        liveness.need(lambda: deleted.wait_until_gone(ctx), f"LM-{kind.noun}-DELETE")
    with suppress(NotTestable):
        other.look_again(ctx)


def _end(ctx: Context, pooled: PooledEnactment) -> None:
    """Stop it, or let it end; raises NotTestable when something else did."""
    kind = pooled.kind
    body = enactment_pool.wait_for(ctx, pooled, {"RUNNING"})
    if body.get("status") in TERMINAL:
        return
    pooled.look_again(ctx)
    if pooled.stop(ctx).ok:
        liveness.need(functools.partial(enactment_pool.wait_for_stop, ctx, pooled), f"LM-{kind.noun}-STOP")
    elif pooled.current_status(ctx) not in TERMINAL:
        raise Inconclusive(f"the {kind.word} cannot be stopped")
