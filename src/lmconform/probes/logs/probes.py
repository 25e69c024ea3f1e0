"""Probes of logs: members of lines, time windows, order, limits."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from datetime import UTC, timedelta
from typing import Final

from lmconform.errors import Inconclusive, NotTestable
from lmconform.probes import enactment_pool
from lmconform.probes.comparison import instant
from lmconform.probes.context import DEPLOYMENTS, EXECUTIONS, Context, Json
from lmconform.probes.enactment import DEPLOYMENT
from lmconform.probes.logs.lines import (
    MARGIN,
    all_lines,
    answer_with,
    created_at,
    expect_members,
    expect_order,
    line_times,
    lines_of,
    log_lines,
    stamp,
)
from lmconform.probes.registry import probe
from lmconform.probes.shared.unknown_ids import bad_id, unknown_id

# $top where a request has none.
_DEFAULT_TOP: Final = 1000
# Fewer lines than a deployment writes soon, and enough to show an order.
_SOME: Final = 3

unknown_id("LM-LOGS-UNKNOWN-404", "getExecutionLogs", "executionId", needs=EXECUTIONS)
bad_id("LM-LOGS-BAD-ID", "getExecutionLogs", "executionId", needs=EXECUTIONS)
unknown_id("LM-LOGS-DEPLOYMENT-UNKNOWN-404", "getDeploymentLogs", "deploymentId", needs=DEPLOYMENTS)
bad_id("LM-LOGS-DEPLOYMENT-BAD-ID", "getDeploymentLogs", "deploymentId", needs=DEPLOYMENTS)


@probe("LM-LOGS-SERVED", late=True)
def ended_execution_has_logs(ctx: Context) -> None:
    log_lines(ctx)


@probe("LM-LOGS-MEMBERS", late=True)
def lines_have_time_and_message(ctx: Context) -> None:
    expect_members(ctx, all_lines(ctx))


@probe("LM-LOGS-WINDOW", late=True)
def window_bounds_the_lines(ctx: Context) -> None:
    created, everything = created_at(ctx), all_lines(ctx)
    before = log_lines(ctx, start=stamp(created - timedelta(minutes=30)), end=stamp(created - MARGIN))
    ctx.expect(not before, expected="nothing from before the execution was created", actual=f"{len(before)} lines")
    # By the clock of the target, which may differ from this one.
    latest = max(line_times(everything))
    around = log_lines(ctx, start=stamp(created - MARGIN), end=stamp(latest + MARGIN))
    ctx.expect(len(around) >= len(everything), expected=f"all {len(everything)} lines", actual=f"{len(around)} lines")
    start = stamp(latest + MARGIN)
    for after in (answer_with(ctx, start=start, end=stamp(latest + 2 * MARGIN)), answer_with(ctx, start=start)):
        # That lies in the future when the execution has just ended: no publication says whether a server refuses it.
        if after.status != 400:
            ctx.expect_status(after, {200})
            early = [moment for moment in line_times(lines_of(after)) if moment <= latest]
            text = f"no line of {latest} or earlier for start = {start}"
            ctx.expect(not early, expected=text, actual=f"{len(early)} lines", exchange=after)


@probe("LM-LOGS-ZONE", late=True)
def times_may_have_an_offset(ctx: Context) -> None:
    created, everything = created_at(ctx), all_lines(ctx)
    zone = (created - MARGIN).astimezone(UTC) + timedelta(hours=8)
    around = log_lines(ctx, start=zone.strftime("%Y-%m-%dT%H:%M:%S+08:00"))
    ctx.expect(len(around) >= len(everything), expected=f"all {len(everything)} lines", actual=f"{len(around)} lines")


@probe("LM-LOGS-ORDER", late=True)
def lines_are_in_order(ctx: Context) -> None:
    everything = all_lines(ctx)
    for order in ("", "asc", "desc"):
        lines = log_lines(ctx, order=order) if order else everything
        least = min(len(everything), _DEFAULT_TOP)
        ctx.expect(len(lines) >= least, expected=f"{least} lines for $order={order}", actual=f"{len(lines)} lines")
        expect_order(ctx, lines, order)
    if len(set(line_times(everything))) < 2:
        raise Inconclusive("the training wrote all its lines at one time")


@probe("LM-LOGS-TOP", late=True)
def top_bounds_the_lines(ctx: Context) -> None:
    everything = all_lines(ctx)
    lines = log_lines(ctx, top=1)
    ctx.expect(len(lines) == 1, expected=f"1 line of {len(everything)}, with $top=1", actual=f"{len(lines)} lines")


@probe("LM-LOGS-TOP-OF-ORDER", late=True)
def top_keeps_the_first_of_the_order(ctx: Context) -> None:
    times = list(line_times(all_lines(ctx)))
    if len(set(times)) < 2:
        raise Inconclusive("the training wrote all its lines at one time")

    def judge() -> None:
        first = list(line_times(log_lines(ctx, order="desc", top=1)))
        if not first:
            raise NotTestable("no line for $order=desc and $top=1")
        text = f"a line of {max(times)} or later"
        ctx.expect(first[0] >= max(times), expected=text, actual=f"a line of {first[0]}")

    ctx.retry_in_grace(time.monotonic(), judge)


@probe("LM-LOGS-DEPLOYMENT-SERVED", late=True)
def running_deployment_has_logs(ctx: Context) -> None:
    ctx.require(DEPLOYMENTS)

    def judge(body: Json) -> None:
        enactment_pool.at_goal(ctx, DEPLOYMENT)
        _expect_as_of_executions(ctx, body)

    enactment_pool.judge_at_rest(ctx, DEPLOYMENT, judge)


def _expect_as_of_executions(ctx: Context, deployment: Json) -> None:
    """Raise Failure unless its logs have members and order, and $top, start and end bound them; none is lawful (M3)."""
    own, created = str(deployment["id"]), instant(deployment.get("createdAt"))
    served = ctx.get("getDeploymentLogs", {"$order": "desc", "$top": _SOME}, deploymentId=own)
    ctx.expect_status(served, {200})
    lines = lines_of(served)
    ctx.expect(len(lines) <= _SOME, expected=f"at most {_SOME} lines with $top={_SOME}", actual=f"{len(lines)} lines")
    expect_members(ctx, lines)
    expect_order(ctx, lines, "desc")
    if created is None or not lines:
        return
    early = {"start": stamp(created - timedelta(minutes=30)), "end": stamp(created - MARGIN)}
    before = ctx.get("getDeploymentLogs", early, deploymentId=own)
    ctx.expect_status(before, {200})
    found = lines_of(before)
    ctx.expect(not found, expected="nothing from before the deployment was created", actual=f"{len(found)} lines")


@probe("LM-LOGS-TOP-AT-LIMIT", late=True)
def greatest_top_is_accepted(ctx: Context) -> None:
    everything = all_lines(ctx)
    for top in (4999, 5000):
        lines = log_lines(ctx, top=top)
        ctx.expect(
            len(lines) >= len(everything),
            expected=f"all {len(everything)} lines with $top={top}",
            actual=f"{len(lines)} lines",
        )
        expect_order(ctx, lines, "")
    if len(lines) > len(everything):
        # A line may have come in the meantime.
        wanted, everything = min(len(lines), _DEFAULT_TOP), all_lines(ctx)
        text = f"{wanted} lines without $top, of {len(lines)}"
        ctx.expect(len(everything) >= wanted, expected=text, actual=f"{len(everything)} lines")
