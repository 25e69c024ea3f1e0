"""Probe of the answers to requests at the same time: none of them is an error of the server."""
# ruff: noqa: D103 - the register holds the sentence of the probe

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from lmconform.evidence.exchange import Exchange
from lmconform.probes.concurrency.creations import Creations, bursts
from lmconform.probes.concurrency.metrics import patches
from lmconform.probes.context import EXECUTIONS, METRICS, Context
from lmconform.probes.registry import probe


@probe("LM-CONCURRENT-NO-SERVER-ERROR", late=True)
def requests_at_the_same_time_break_nothing(ctx: Context) -> None:
    for operation, creations in bursts(ctx):
        ctx.judge_part(operation, partial(_expect_no_server_error, ctx, _answers_to(creations)))
    if ctx.offers(EXECUTIONS) and ctx.offers(METRICS):
        ctx.judge_part("patchMetrics", partial(_expect_no_server_error, ctx, lambda: patches(ctx).every))


def _answers_to(creations: Callable[[], Creations]) -> Callable[[], Sequence[Exchange]]:
    return lambda: creations().every


def _expect_no_server_error(ctx: Context, send: Callable[[], Sequence[Exchange]]) -> None:
    for answer in send():
        text = "no 5xx status for one of several requests at the same time"
        ctx.expect(answer.status < 500, expected=text, actual=answer.brief, exchange=answer)
