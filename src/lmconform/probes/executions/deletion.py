"""Probes of stopped and deleted executions: what GET shows until they are gone, and what remains."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass

from lmconform.errors import Inconclusive, NotTestable, Skip
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool, liveness
from lmconform.probes.context import TERMINAL, Context, Json
from lmconform.probes.enactment import EXECUTION
from lmconform.probes.fixtures import fixture
from lmconform.probes.pooled_enactment import PooledEnactment
from lmconform.probes.registry import probe
from lmconform.probes.shared.lifecycle import FORBIDDEN_TRANSITION, expect_kept, expect_not_stopped, expect_uncounted


@dataclass(frozen=True, slots=True)
class ObservedDeletion:
    """The deletion of an execution: the answer, the bodies of GET until it was gone, how long that took in seconds."""

    pooled: PooledEnactment
    answer: Exchange
    views: tuple[Json, ...]
    seconds: float


def observed_deletion(ctx: Context) -> ObservedDeletion:
    """An execution of this session that ended, was deleted, and is gone; probes share it.

    It was stopped, where executions last long enough for that. Raises NotTestable when the
    deletion is refused.
    """
    deletion = _deletion(ctx)
    ctx.require_success(deletion.answer)
    return deletion


@fixture()
def _deletion(ctx: Context) -> ObservedDeletion:
    pooled = _terminal(ctx)
    started, views = time.monotonic(), list[Json]()
    answer = pooled.delete(ctx)
    if answer.ok:
        enactment_pool.remove(ctx, pooled)
        views = liveness.need(lambda: pooled.wait_until_gone(ctx), "LM-EXECUTION-DELETE")
    return ObservedDeletion(pooled, answer, tuple(views), time.monotonic() - started)


def _terminal(ctx: Context) -> PooledEnactment:
    try:
        return enactment_pool.stopped(ctx)
    except (Inconclusive, NotTestable):
        return enactment_pool.any_terminal(ctx)


@probe("LM-EXECUTION-STOP-TWICE", late=True)
def stopped_execution_is_not_stopped_again(ctx: Context) -> None:
    pooled = enactment_pool.stopped(ctx)
    ctx.expect_refused(pooled.stop(ctx), FORBIDDEN_TRANSITION)
    expect_not_stopped(ctx, pooled)


@probe("LM-EXECUTION-DELETE-STOPPED")
def stopped_execution_is_deleted(ctx: Context) -> None:
    deletion = _deletion(ctx)
    if deletion.pooled.last.get("status") != "STOPPED":
        raise Inconclusive("executions end before they can be stopped")
    ctx.expect_status(deletion.answer, {202})


@probe("LM-EXECUTION-DELETE-TARGET", late=True)
def deleted_execution_has_deleted_as_target(ctx: Context) -> None:
    deletion = observed_deletion(ctx)
    is_known = any(pooled.leaving and pooled.last.get("status") == "COMPLETED" for pooled in _everyone(ctx))
    if ctx.session.target.disposable and not is_known:
        with suppress(Skip):
            _delete_completed(ctx)
    # Of all that the run deleted: each may have ended otherwise.
    for pooled in _everyone(ctx):
        status = pooled.last.get("status")
        for body in pooled.leaving if status in TERMINAL else ():
            ctx.expect_same({"status": status}, body, what=f"the execution {pooled.id}, which is being deleted")
    for body in deletion.views:
        ctx.expect_if_present({"targetStatus": "DELETED"}, body, what="an execution that is being deleted")


def _everyone(ctx: Context) -> list[PooledEnactment]:
    return enactment_pool.everyone(ctx, EXECUTION)


def _delete_completed(ctx: Context) -> None:
    """Delete an execution that has COMPLETED, and wait until it is gone."""
    pooled = enactment_pool.any_terminal(ctx, {"COMPLETED"})
    ctx.require_success(pooled.delete(ctx))
    enactment_pool.remove(ctx, pooled)
    liveness.need(lambda: pooled.wait_until_gone(ctx), "LM-EXECUTION-DELETE")


@probe("LM-EXECUTION-DELETE-UNCOUNTED")
def deleted_execution_is_not_counted(ctx: Context) -> None:
    pooled = observed_deletion(ctx).pooled
    expect_uncounted(ctx, "listExecutions", "countExecutions", {"configurationId": pooled.configuration.id}, pooled.id)


@probe("LM-EXECUTION-DELETE-KEEPS-CONFIGURATION")
def configuration_outlives_its_execution(ctx: Context) -> None:
    expect_kept(ctx, observed_deletion(ctx).pooled.configuration)
