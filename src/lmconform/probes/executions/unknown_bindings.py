"""Probes of an execution whose bindings its executable does not declare."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Final

from lmconform.client.polling import Overdue
from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool, liveness
from lmconform.probes.builders.configurations import configuration_body
from lmconform.probes.context import EXECUTIONS, TERMINAL, Context, Json
from lmconform.probes.enactment import EXECUTION
from lmconform.probes.fixtures import fixture
from lmconform.probes.reading import kept
from lmconform.probes.registry import probe

# Seconds. Other probes run between its start and the probes that wait for its end.
_SOON: Final = 5.0


@fixture()
def started(ctx: Context) -> Exchange:
    """The answer to the start of an execution whose bindings its executable does not declare.

    Raises Inconclusive when the configuration is refused: a target may check the bindings there (F22).
    """
    ctx.require(EXECUTIONS)
    bindings = [{"key": "lmconform-unknown", "value": "1"}]
    body = configuration_body(ctx, parameterBindings=bindings, inputArtifactBindings=[])
    answer = ctx.send("createConfiguration", json=body)
    configuration_id = answer.json_object().get("id")
    if not answer.ok or not isinstance(configuration_id, str):
        raise Inconclusive(f"bindings that the executable does not declare: {answer.brief}")
    return ctx.send("createExecution", json={"configurationId": configuration_id})


def outcome(ctx: Context) -> tuple[str, str]:
    """The id of that execution and its terminal status, or a text for one that does not end soon."""
    execution, body = _ended(ctx)
    return execution, str(body["status"]) if body else "has not ended soon"


@fixture()
def _ended(ctx: Context) -> tuple[str, Json]:
    """The id of that execution and its body in a terminal status, or an empty one when it does not end soon.

    It may stay PENDING for ever (F22), so that waiting longer is no use.
    """
    execution = started(ctx).json_object().get("id")
    if not isinstance(execution, str):
        raise NotTestable("an execution with unknown bindings was not started")
    return execution, _end_of(ctx, execution)


def _end_of(ctx: Context, execution: str) -> Json:
    limit = replace(ctx.limits.poll, seconds=min(_SOON, ctx.limits.poll.seconds))
    status = ""

    def until(exchange: Exchange) -> bool:
        nonlocal status
        ctx.require_success(exchange)
        status = str(exchange.json_object().get("status"))
        return status in TERMINAL

    try:
        ended = ctx.poll_exchange(
            (EXECUTION.word, execution, "end with unknown bindings"),
            lambda: ctx.get("getExecution", executionId=execution),
            until,
            limit,
            what="the end of the execution",
            state=lambda exchange: status,
        )
    except Overdue:
        return {}
    return kept(ctx, ended)


@probe("LM-EXECUTION-WRONG-KEYS")
def execution_with_unknown_bindings_starts(ctx: Context) -> None:
    answer = started(ctx)
    if 400 <= answer.status < 500:
        # A quota (C7) would refuse a valid one too.
        try:
            enactment_pool.fresh(ctx)
        except NotTestable as refusal:
            raise Inconclusive(str(refusal)) from refusal
    ctx.expect_status(answer, {202})


def died(ctx: Context) -> list[str]:
    """The id of an execution that has died, where unknown bindings are its end, and no probe has deleted it."""
    try:
        execution, status = outcome(ctx)
    except (Inconclusive, NotTestable):
        return []
    is_left = status == "DEAD" and not ctx.session.journal.is_removed("execution", execution)
    return [execution] if is_left else []


def dead(ctx: Context) -> list[Json]:
    """The body of the one in ``died``, as its last GET showed it."""
    return [{"id": execution, **_ended(ctx)[1]} for execution in died(ctx) if "configurationId" in _ended(ctx)[1]]


@probe("LM-EXECUTION-DELETE-DEAD")
def dead_execution_is_deleted(ctx: Context) -> None:
    execution, status = outcome(ctx)
    if status != "DEAD":
        raise Inconclusive(f"an execution with unknown bindings: {status}")
    ctx.expect_status(ctx.send("deleteExecution", {"executionId": execution}), {202})
    ctx.session.journal.removed("execution", execution)
    liveness.expect(ctx, functools.partial(_wait_until_gone, ctx, execution), "LM-EXECUTION-DELETE")


def _wait_until_gone(ctx: Context, execution: str) -> None:
    """Poll until GET answers 404; raises Overdue."""
    ctx.poll_exchange(
        (EXECUTION.word, execution, "delete"),
        lambda: ctx.get("getExecution", executionId=execution),
        lambda exchange: exchange.status == 404,
        ctx.limits.delete,
        what=f"404 for the execution {execution}, which died and whose deletion was accepted,",
        state=lambda exchange: str(exchange.json_object().get("status")),
    )
