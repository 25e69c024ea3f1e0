"""Probes of the time to live of deployments."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import math
import time
from datetime import timedelta
from typing import Any, Final

from lmconform.contract.limits import duration
from lmconform.errors import Inconclusive, NotApplicable, NotTestable
from lmconform.probes import enactment_pool
from lmconform.probes.builders import executables
from lmconform.probes.builders.configurations import create_configuration, deployable_configuration
from lmconform.probes.context import ACTIVE, Context
from lmconform.probes.deployments.updates import body_with_configuration, send_update
from lmconform.probes.enactment import DEPLOYMENT
from lmconform.probes.fixtures import fixture
from lmconform.probes.pooled_enactment import PooledEnactment
from lmconform.probes.registry import probe
from lmconform.probes.shared.creation import refuses

TTL: Final = "10h"
# A server that computes would show it as 24h, 1d or 1440m.
_DAY: Final = "1D"
_MALFORMED: Final = ("10", "h", "10s", "-1h", "1.5h", "10 h", 10)


@probe("LM-DEPLOYMENT-TTL-ECHO")
def ttl_is_returned(ctx: Context) -> None:
    pooled = _start_with_ttl(ctx, TTL)
    _with_ttl.put(ctx, pooled)
    ctx.expect_status(pooled.first, {200})
    ctx.expect_same({"ttl": TTL}, pooled.first.json_object(), what="the first GET")


@probe("LM-DEPLOYMENT-TTL-UNITS")
def unit_of_ttl_may_be_upper_case(ctx: Context) -> None:
    _in_days(ctx)


@probe("LM-DEPLOYMENT-TTL-VERBATIM")
def ttl_is_not_rewritten(ctx: Context) -> None:
    pooled, wanted = _in_days(ctx), {"ttl": _DAY}
    if pooled.created.exchange.json_object().get("ttl") is not None:
        ctx.expect_same(wanted, pooled.created.exchange.json_object(), what="the answer to POST")
    ctx.expect_same(wanted, pooled.first.json_object(), what="the first GET")

    def judge() -> None:
        query = {"configurationId": pooled.configuration.id}
        for item in ctx.items("listDeployments", query):
            # Lists leave optional members out, or null (I7).
            if item.get("id") == pooled.id and item.get("ttl") is not None:
                ctx.expect_same(wanted, item, what="the list")

    ctx.retry_in_grace(pooled.changed_at, judge)


@probe("LM-DEPLOYMENT-UPDATE-KEEPS-TTL")
def update_keeps_the_time_to_live(ctx: Context) -> None:
    pooled = _active_with_ttl(ctx)
    before, new = ctx.get_or_skip("getDeployment", **pooled.path), deployable_configuration(ctx)
    if new.id == before.get("configurationId"):
        # A target may refuse the configuration that the deployment has.
        new = create_configuration(ctx, deployable=True)
    if before.get("ttl") is None:
        raise NotApplicable("GET of a deployment does not show its ttl")
    answer = send_update(ctx, pooled, new.id)
    if not answer.ok:
        if pooled.current_status(ctx) in ACTIVE:
            raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")
        raise Inconclusive("the deployment ended before it was updated")
    pooled.configuration, pooled.last = new, {}
    since = time.monotonic()

    def judge() -> None:
        body = body_with_configuration(ctx, pooled, new)
        ctx.expect_same({"ttl": before["ttl"]}, body, what="GET after the update")

    ctx.retry_in_grace(since, judge)


refuses(
    "LM-DEPLOYMENT-TTL-PATTERN",
    "createDeployment",
    lambda ctx: [{"configurationId": deployable_configuration(ctx).id, "ttl": ttl} for ttl in _MALFORMED],
)


@fixture(builds_on=lambda pooled: [pooled.id])
def _with_ttl(ctx: Context) -> PooledEnactment:
    """A spare deployment with a time to live, in any status."""
    return _start_with_ttl(ctx, TTL)


@fixture(builds_on=lambda pooled: [pooled.id])
def _in_days(ctx: Context) -> PooledEnactment:
    """A spare deployment whose time to live has an upper-case unit, in any status."""
    return _start_with_ttl(ctx, _DAY)


def _active_with_ttl(ctx: Context) -> PooledEnactment:
    """A spare deployment with a time to live that is pending or running; raises Inconclusive."""
    pooled = _with_ttl(ctx)
    left = ctx.session.journal.left(DEPLOYMENT.word, ctx.session.target.resource_group)
    if pooled.stop_accepted or pooled.id not in left:
        # Another probe has stopped or deleted it.
        pooled = _start_with_ttl(ctx, TTL)
        _with_ttl.put(ctx, pooled)
    status = enactment_pool.wait_for(ctx, pooled, ACTIVE).get("status")
    if status not in ACTIVE:
        raise Inconclusive(f"the deployment with a time to live is {status}")
    return pooled


def _start_with_ttl(ctx: Context, ttl: str) -> PooledEnactment:
    """A new spare deployment with a time to live, where one without is accepted.

    Raises Inconclusive beyond the limits of meta, and when one without is refused by now; Failure when only it is.
    """
    least, most = _limits(ctx)
    if not least <= _hours(ttl) <= most:
        meta = ctx.session.contract.operation("getMeta").label
        raise Inconclusive(f"{meta} has other limits for a time to live than {ttl}")
    enactment_pool.spare(ctx, DEPLOYMENT)
    # What it recalls comes before the request that is judged, which is the last one then.
    executables.find(ctx, deployable=True)
    try:
        return enactment_pool.fresh(ctx, DEPLOYMENT, ttl=ttl)
    except NotTestable:
        answer = ctx.client.last
        if answer is not None and answer.operation == "createDeployment":
            if 400 <= answer.status < 500:
                # A quota (C7) refuses one without it as well: no words of a refusal are published.
                enactment_pool.fresh(ctx, DEPLOYMENT)
            ctx.expect_status(answer, {202})
        raise


def _limits(ctx: Context) -> tuple[float, float]:
    """The shortest and the longest time to live that meta allows, in hours; -1 means no limit (I8)."""
    node: Any = ctx.session.capabilities.meta
    for name in ("aiApi", "limits", "timeToLiveDeployments"):
        node = node.get(name) if isinstance(node, dict) else None
    limits = node if isinstance(node, dict) else {}
    return _hours(limits.get("minimum"), 0.0), _hours(limits.get("maximum"), math.inf)


def _hours(text: Any, otherwise: float = 0.0) -> float:
    span = duration(text)
    return otherwise if span is None else span / timedelta(hours=1)
