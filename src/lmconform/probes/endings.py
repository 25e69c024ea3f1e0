"""Probes of how executions end: stopped twice, deleted in each status, and what is left of them."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool
from lmconform.probes.bulk import entry, expect_done, results
from lmconform.probes.context import EXECUTIONS, TERMINAL, Context, Json, Made
from lmconform.probes.enactment import EXECUTION
from lmconform.probes.enactment_pool import TRIES, PooledEnactment
from lmconform.probes.lifecycle import REFUSED, expect_uncounted
from lmconform.probes.registry import probe

_DEPARTURE: Final = "probes.departure"
_DOOMED: Final = "probes.doomed"
_FATE: Final = "probes.fate"
# Seconds; by the time somebody asks what became of the doomed execution it is old.
_SOON: Final = 5.0


@dataclass(frozen=True, slots=True)
class Departure:
    """A deletion: of what, the answer, what GET said until it was gone, and how long that took, in seconds."""

    pooled: PooledEnactment
    answer: Exchange
    seen: tuple[Json, ...]
    seconds: float


def departure(ctx: Context) -> Departure:
    """An execution of this session that ended, was deleted, and is gone; probes share it.

    It was stopped, where executions last long enough for that. Raises NotTestable when the
    deletion is refused.
    """
    found = _departure(ctx)
    if not found.answer.ok:
        raise NotTestable(f"{ctx.label(found.answer)} answered {found.answer.brief}")
    return found


def _departure(ctx: Context) -> Departure:
    shared = ctx.session.shared
    if _DEPARTURE not in shared:
        pooled = _ended(ctx)
        started, seen = time.monotonic(), []
        answer = enactment_pool.delete(ctx, pooled)
        if answer.ok:
            enactment_pool.remove(ctx, pooled)
            for _ in ctx.polls():
                exchange = ctx.get("getExecution", executionId=pooled.id)
                if exchange.status == 404:
                    break
                ctx.expect_status(exchange, {200})
                seen.append(dict(exchange.json_object()))
        shared[_DEPARTURE] = Departure(pooled, answer, tuple(seen), time.monotonic() - started)
    found: Departure = shared[_DEPARTURE]
    return found


def _ended(ctx: Context) -> PooledEnactment:
    try:
        return enactment_pool.stopped(ctx)
    except Inconclusive:
        return enactment_pool.any_terminal(ctx)


def _completed(ctx: Context) -> PooledEnactment:
    """A spare execution that has completed; raises Inconclusive."""
    for _ in range(TRIES - 1):
        with suppress(Inconclusive):
            return enactment_pool.any_terminal(ctx, {"COMPLETED"})
        # One that was on its way to another end is out of the way now.
    return enactment_pool.any_terminal(ctx, {"COMPLETED"})


def doomed(ctx: Context) -> tuple[Made, Exchange]:
    """A configuration whose bindings its executable does not know, and the answer to its start.

    Raises Inconclusive when the configuration is refused: the bindings may be looked at then (F22).
    """
    shared = ctx.session.shared
    if _DOOMED not in shared:
        ctx.require(EXECUTIONS)
        bindings = [{"key": "lmconform-unknown", "value": "1"}]
        body = ctx.configuration_body(parameterBindings=bindings, inputArtifactBindings=[])
        answer = ctx.send("createConfiguration", json=body)
        made = answer.json_object().get("id")
        if not answer.ok or not isinstance(made, str):
            raise Inconclusive(f"bindings that the executable does not know: {answer.brief}")
        started = ctx.send("createExecution", json={"configurationId": made})
        shared[_DOOMED] = (Made(made, body, answer), started)
    found: tuple[Made, Exchange] = shared[_DOOMED]
    return found


def fate(ctx: Context) -> tuple[str, str]:
    """Id of the doomed execution and the status in which it ended, or words for one that does not end soon.

    It may stay PENDING for ever (F22), and that is nothing to wait for.
    """
    shared = ctx.session.shared
    if _FATE not in shared:
        execution = doomed(ctx)[1].json_object().get("id")
        if not isinstance(execution, str):
            raise NotTestable("an execution with unknown bindings was not started")
        shared[_FATE] = (execution, _end_of(ctx, execution))
    found: tuple[str, str] = shared[_FATE]
    return found


def _end_of(ctx: Context, execution: str) -> str:
    deadline = time.monotonic() + _SOON
    for _ in ctx.polls():
        status = str(ctx.get_or_skip("getExecution", executionId=execution).get("status"))
        if status in TERMINAL:
            return status
        if time.monotonic() > deadline:
            break
    return "has not ended soon"


@probe("LM-EXECUTION-WRONG-KEYS")
def unknown_bindings_do_not_keep_it_from_starting(ctx: Context) -> None:
    answer = doomed(ctx)[1]
    if 400 <= answer.status < 500:
        # For lack of room (C7) nothing is started: then neither is one that nothing is wrong with.
        try:
            enactment_pool.fresh(ctx)
        except NotTestable as refusal:
            raise Inconclusive(str(refusal)) from refusal
    ctx.expect_status(answer, {202})


@probe("LM-BULK-DELETE-COMPLETED", effect="destructive")
def bulk_deletes_what_has_completed(ctx: Context) -> None:
    pooled = _completed(ctx)
    found = results(ctx, EXECUTION, [entry(pooled.id, "DELETED")])
    expect_done(ctx, pooled, found[0] if found else {})
    enactment_pool.remove(ctx, pooled)
    enactment_pool.wait_until_gone(ctx, pooled)


@probe("LM-EXECUTION-STOP-TWICE", effect="destructive", late=True)
def stopped_execution_is_not_stopped_again(ctx: Context) -> None:
    pooled = enactment_pool.stopped(ctx)
    ctx.expect_refused(enactment_pool.stop(ctx, pooled), REFUSED)
    ctx.expect_same({"status": "STOPPED"}, ctx.get_or_fail("getExecution", **pooled.path), what="the status as before")


@probe("LM-EXECUTION-DELETE-STOPPED", effect="destructive")
def stopped_execution_is_deleted(ctx: Context) -> None:
    found = _departure(ctx)
    if found.pooled.last.get("status") != "STOPPED":
        raise Inconclusive("executions end before anybody can stop them")
    ctx.expect_status(found.answer, {202})


@probe("LM-EXECUTION-DELETE-DEAD", effect="destructive")
def dead_execution_is_deleted(ctx: Context) -> None:
    execution, status = fate(ctx)
    if status != "DEAD":
        raise Inconclusive(f"an execution with unknown bindings: {status}")
    ctx.expect_status(ctx.send("deleteExecution", {"executionId": execution}), {202})
    ctx.session.journal.removed("execution", execution)


@probe("LM-EXECUTION-DELETE-TARGET", effect="destructive")
def execution_on_its_way_out_says_so(ctx: Context) -> None:
    for body in departure(ctx).seen:
        ctx.expect_if_present({"targetStatus": "DELETED"}, body, what="an execution that is being deleted")


@probe("LM-EXECUTION-DELETE-UNCOUNTED", effect="destructive")
def deleted_execution_is_not_counted(ctx: Context) -> None:
    pooled = departure(ctx).pooled
    expect_uncounted(ctx, "listExecutions", "countExecutions", {"configurationId": pooled.configuration.id}, pooled.id)


@probe("LM-EXECUTION-DELETE-KEEPS-CONFIGURATION", effect="destructive")
def configuration_outlives_its_execution(ctx: Context) -> None:
    configuration = departure(ctx).pooled.configuration
    found = ctx.get_or_fail("getConfiguration", configurationId=configuration.id)
    ctx.expect_same({**configuration.sent, "id": configuration.id}, found, what="the configuration as sent")
