"""Probes of deployments alone: their url, their check at once, their time to live, their ends."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import math
import time
from typing import Any

from lmconform.errors import Inconclusive, NotApplicable, NotTestable
from lmconform.probes import bulk, enactment_pool, enactments, lifecycle
from lmconform.probes.context import ACTIVE, Context, Json
from lmconform.probes.deployment_updates import CHECKED, another, expect_operation, still, unbound, update
from lmconform.probes.enactment import DEPLOYMENT
from lmconform.probes.enactment_pool import PooledEnactment
from lmconform.probes.families import refuses
from lmconform.probes.lifecycle import REFUSED
from lmconform.probes.registry import probe

_LIVING = "probes.deployments.living"
TTL = "10h"
_HOURS = {"m": 1 / 60, "h": 1.0, "d": 24.0}

enactments.install(DEPLOYMENT)


@probe("LM-DEPLOYMENT-CREATE-HAS-URL")
def creation_has_a_url(ctx: Context) -> None:
    found = enactment_pool.base(ctx, DEPLOYMENT).created.exchange.json_object().get("deploymentUrl")
    ctx.expect(isinstance(found, str), expected="deploymentUrl, empty or not", actual=f"deploymentUrl: {found}")


@probe("LM-DEPLOYMENT-CREATE-OPERATION")
def creation_is_the_last_operation(ctx: Context) -> None:
    expect_operation(ctx, enactments.first(ctx, DEPLOYMENT), "CREATE")


@probe("LM-DEPLOYMENT-CREATE-UNKNOWN-CONFIGURATION")
def unknown_configuration_is_refused(ctx: Context) -> None:
    answer = ctx.send("createDeployment", json={"configurationId": ctx.absent_id()})
    ctx.expect_refused(answer, {400, 404})


@probe("LM-DEPLOYMENT-CREATE-CHECKED")
def wrong_bindings_are_refused_at_once(ctx: Context) -> None:
    answer = ctx.send("createDeployment", json={"configurationId": unbound(ctx).id})
    ctx.expect_refused(answer, CHECKED)


@probe("LM-DEPLOYMENT-URL", late=True)
def running_deployment_has_a_url(ctx: Context) -> None:
    url = enactment_pool.at_goal(ctx, DEPLOYMENT).get("deploymentUrl")
    good = isinstance(url, str) and url.startswith(("https://", "http://"))
    ctx.expect(good, expected="deploymentUrl: a URL", actual=f"deploymentUrl: {url}")


@probe("LM-DEPLOYMENT-URL-HOLDS-ID", late=True)
def url_holds_the_id(ctx: Context) -> None:
    body = enactment_pool.at_goal(ctx, DEPLOYMENT)
    url = str(body.get("deploymentUrl"))
    ctx.expect(body["id"] in url, expected=f"…/inference/deployments/{body['id']}", actual=url)


@probe("LM-DEPLOYMENT-URL-LISTED", late=True)
def list_has_the_url(ctx: Context) -> None:
    def judge(body: Json) -> None:
        enactment_pool.at_goal(ctx, DEPLOYMENT)
        listed = [e for e in enactments.of_base(ctx, DEPLOYMENT, {}) if e.get("id") == body["id"]]
        if not listed:
            raise NotTestable("listDeployments does not hold the deployment")
        ctx.expect_same({"deploymentUrl": body.get("deploymentUrl")}, listed[0], what="the list as GET has it")

    enactment_pool.steadily(ctx, DEPLOYMENT, judge)


# --- time to live ----------------------------------------------------------------------------


@probe("LM-DEPLOYMENT-TTL-ECHO")
def ttl_comes_back(ctx: Context) -> None:
    pooled = _living_for(ctx, TTL)
    ctx.expect_status(pooled.first, {200})
    ctx.expect_same({"ttl": TTL}, pooled.first.json_object(), what="the first GET")


@probe("LM-DEPLOYMENT-TTL-UNITS")
def ttl_takes_days_in_capitals(ctx: Context) -> None:
    _living_for(ctx, "1D")


@probe("LM-DEPLOYMENT-UPDATE-KEEPS-TTL", effect="destructive")
def update_leaves_the_time_to_live(ctx: Context) -> None:
    pooled = _living_still(ctx)
    before, new = ctx.get_or_skip("getDeployment", **pooled.path), another(ctx)
    if new.id == before.get("configurationId"):
        # It need not take the one that it has.
        new = ctx.configuration(deployable=True)
    if before.get("ttl") is None:
        raise NotApplicable("GET of a deployment does not tell its ttl")
    answer = update(ctx, pooled, new.id)
    if not answer.ok:
        if enactment_pool.look(ctx, pooled) in ACTIVE:
            raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")
        raise Inconclusive("the deployment did not run on until it was updated")
    pooled.configuration, pooled.last = new, {}
    since = time.monotonic()

    def judge() -> None:
        ctx.expect_same({"ttl": before["ttl"]}, still(ctx, pooled, new), what="GET after the update")

    ctx.retry_in_grace(since, judge)


refuses(
    "LM-DEPLOYMENT-TTL-PATTERN",
    "createDeployment",
    lambda ctx: [
        {"configurationId": another(ctx).id, "ttl": ttl} for ttl in ("10", "h", "10s", "-1h", "1.5h", "10 h", 10)
    ],
)

lifecycle.install(DEPLOYMENT)


@probe("LM-DEPLOYMENT-UPDATE-STOPPED", effect="destructive")
def stopped_deployment_is_not_updated(ctx: Context) -> None:
    pooled = enactment_pool.any_terminal(ctx, {"STOPPED"}, DEPLOYMENT)
    answer = update(ctx, pooled, another(ctx).id)
    ctx.expect_refused(answer, REFUSED)
    now = ctx.get_or_fail("getDeployment", **pooled.path)
    ctx.expect_same({"configurationId": pooled.configuration.id, "status": "STOPPED"}, now, what="as before")


@probe("LM-DEPLOYMENT-DELETE-TARGET", effect="destructive")
def deleted_deployment_aims_at_deleted(ctx: Context) -> None:
    deletion = enactment_pool.deleted(ctx, DEPLOYMENT)
    if not deletion.answer.ok:
        raise NotTestable(f"{ctx.label(deletion.answer)} answered {deletion.answer.brief}")
    if deletion.after.status != 404:
        ctx.expect_status(deletion.after, {200})
        ctx.expect_same({"targetStatus": "DELETED"}, deletion.after.json_object(), what="GET after the deletion")


@probe("LM-DEPLOYMENT-DELETE-UNCOUNTED", effect="destructive")
def deleted_deployment_is_not_counted(ctx: Context) -> None:
    deletion = enactment_pool.deleted(ctx, DEPLOYMENT)
    if not deletion.answer.ok:
        raise NotTestable(f"{ctx.label(deletion.answer)} answered {deletion.answer.brief}")
    pooled = deletion.pooled
    enactment_pool.wait_until_gone(ctx, pooled)
    query = {"configurationId": pooled.configuration.id}
    lifecycle.expect_uncounted(ctx, "listDeployments", "countDeployments", query, pooled.id)


bulk.install(DEPLOYMENT)


def _limits_of_ttl(ctx: Context) -> tuple[float, float]:
    """The shortest and the longest time to live that meta allows, in hours; -1 is no limit there (I8)."""
    node: Any = ctx.session.capabilities.meta
    for name in ("aiApi", "limits", "timeToLiveDeployments"):
        node = node.get(name) if isinstance(node, dict) else None
    found = node if isinstance(node, dict) else {}
    return _hours(found.get("minimum"), 0.0), _hours(found.get("maximum"), math.inf)


def _hours(text: Any, otherwise: float = 0.0) -> float:
    known = isinstance(text, str) and text[:-1].isdecimal() and text[-1].lower() in _HOURS
    return int(text[:-1]) * _HOURS[text[-1].lower()] if known else otherwise


def _living_still(ctx: Context) -> PooledEnactment:
    """A spare deployment with a time to live that is pending or running; raises Inconclusive."""
    shared = ctx.session.shared
    if _LIVING not in shared or ctx.doubts(shared[_LIVING].id):
        _living_for(ctx, TTL)
    pooled: PooledEnactment = shared[_LIVING]
    for _ in ctx.polls():
        status = enactment_pool.look(ctx, pooled)
        if status in ACTIVE and not pooled.ending:
            return pooled
        if status != "UNKNOWN":
            raise Inconclusive(f"the deployment with a time to live is {status or 'gone'}")
    raise AssertionError("ticks() does not end by itself")


def _living_for(ctx: Context, ttl: str) -> PooledEnactment:
    """A spare deployment with a time to live, where one without is taken; raises Inconclusive beyond meta's limits."""
    limits = _limits_of_ttl(ctx)
    if not limits[0] <= _hours(ttl) <= limits[1]:
        raise Inconclusive(f"GET /v2/lm/meta has other limits for a time to live than {ttl}")
    enactment_pool.spare(ctx, DEPLOYMENT)
    try:
        pooled = enactment_pool.fresh(ctx, DEPLOYMENT, ttl=ttl)
    except NotTestable:
        answer = ctx.client.last
        if answer is not None and answer.operation == "createDeployment":
            ctx.expect_status(answer, {202})
        raise
    if ttl == TTL:
        ctx.session.shared[_LIVING] = pooled
    return pooled
