"""Observations of deployments: refusals, combinations and limits that are not published."""
# ruff: noqa: D103 - the decorator holds the sentence of each observation

from __future__ import annotations

from collections.abc import Callable

from lmconform.errors import Inconclusive
from lmconform.probes import enactment_pool, liveness
from lmconform.probes.builders.configurations import (
    create_configuration,
    deployable_configuration,
    unbound_configuration,
)
from lmconform.probes.context import ACTIVE, DEPLOYMENTS, TIME_TO_LIVE, Context, Json
from lmconform.probes.deployments import time_to_live
from lmconform.probes.deployments.updates import latest_after_update
from lmconform.probes.enactment import DEPLOYMENT
from lmconform.probes.observing import answer, answer_to_start, listed
from lmconform.probes.pooled_enactment import PooledEnactment
from lmconform.probes.registry import observation
from lmconform.probes.shared.bulk import send_unknown_ids


@observation(
    "LM-OBS-DEPLOYMENT-FILTER-UNKNOWN-CONFIGURATION",
    operation="listDeployments",
    effect="read",
    source="F12",
    capability=DEPLOYMENTS,
    text="Deployments filtered by a configuration that does not exist.",
)
def filter_unknown_configuration(ctx: Context) -> str:
    return listed(ctx.get("listDeployments", {"configurationId": ctx.absent_id()}))


@observation(
    "LM-OBS-DEPLOYMENT-UNKNOWN-CONFIGURATION",
    operation="createDeployment",
    source="F23",
    capability=DEPLOYMENTS,
    text="A deployment of an unknown configuration.",
)
def unknown_configuration(ctx: Context) -> str:
    return answer(ctx.send("createDeployment", json={"configurationId": ctx.absent_id()}))


@observation(
    "LM-OBS-DEPLOYMENT-UNBOUND",
    operation="createDeployment",
    source="F22",
    effect="destructive",
    capability=DEPLOYMENTS,
    text="A deployment whose configuration binds nothing.",
)
def unbound(ctx: Context) -> str:
    return answer_to_start(ctx, DEPLOYMENT, unbound_configuration(ctx).id)


@observation(
    "LM-OBS-DEPLOYMENT-OF-TRAINING",
    operation="createDeployment",
    source="F24",
    effect="destructive",
    capability=DEPLOYMENTS,
    text="A deployment of what is to be trained.",
)
def deployment_of_training(ctx: Context) -> str:
    return answer_to_start(ctx, DEPLOYMENT, create_configuration(ctx).id)


@observation(
    "LM-OBS-DEPLOYMENT-STOP-UNKNOWN",
    costly=True,
    operation="modifyDeployment",
    source="C3",
    effect="destructive",
    capability=DEPLOYMENTS,
    text="Stopping a deployment whose status is UNKNOWN.",
)
def stop_unknown(ctx: Context) -> str:
    for _ in range(enactment_pool.ATTEMPTS):
        exchange = enactment_pool.fresh(ctx, DEPLOYMENT).stop(ctx)
        if not exchange.ok:
            return answer(exchange)
    raise Inconclusive("deployments leave UNKNOWN before a stop can be sent")


@observation(
    "LM-OBS-DEPLOYMENT-STOP-ENDED",
    operation="modifyDeployment",
    source="C3",
    effect="destructive",
    capability=DEPLOYMENTS,
    text="Stopping a deployment that is stopped.",
)
def stop_ended(ctx: Context) -> str:
    return answer(enactment_pool.any_terminal(ctx, {"STOPPED"}, DEPLOYMENT).stop(ctx))


@observation(
    "LM-OBS-DEPLOYMENT-URL-STOPPED",
    operation="getDeployment",
    source="M13",
    effect="destructive",
    capability=DEPLOYMENTS,
    text="The deploymentUrl of a deployment that was stopped.",
)
def url_when_stopped(ctx: Context) -> str:
    pooled = _stopped_after_running(ctx)
    if not pooled.url:
        raise Inconclusive("no deployment of this run had a deploymentUrl before it was stopped")
    return {pooled.url: "kept", "": "empty", None: "absent"}.get(pooled.last.get("deploymentUrl"), "another")


def _stopped_after_running(ctx: Context) -> PooledEnactment:
    """One that was stopped, and RUNNING before; raises NotTestable and Inconclusive."""
    for member in enactment_pool.members(ctx, DEPLOYMENT):
        if member.last.get("status") == "STOPPED" and member.url:
            return member
    pooled = enactment_pool.active(ctx, DEPLOYMENT, {"RUNNING"})
    ctx.require_success(pooled.stop(ctx))
    liveness.need(lambda: enactment_pool.wait_for_stop(ctx, pooled), "LM-DEPLOYMENT-STOP")
    return pooled


@observation(
    "LM-OBS-DEPLOYMENT-DELETE-ACTIVE",
    operation="deleteDeployment",
    source="C3",
    effect="destructive",
    capability=DEPLOYMENTS,
    text="Deleting a deployment that runs.",
    costly=True,
)
def delete_active(ctx: Context) -> str:
    pooled, exchange = enactment_pool.act_while_in(ctx, ACTIVE, lambda p: p.delete(ctx), DEPLOYMENT, purpose="deleted")
    if exchange.ok:
        enactment_pool.remove(ctx, pooled)
        raise Inconclusive("it was deleted: it had ended, or LM-DEPLOYMENT-DELETE-ACTIVE is broken")
    return answer(exchange)


@observation(
    "LM-OBS-DEPLOYMENT-LATEST-RUNNING",
    operation="getDeployment",
    source="C2",
    capability=DEPLOYMENTS,
    text="latestRunningConfigurationId of a deployment that runs and was never changed.",
)
def latest_running(ctx: Context) -> str:
    body = enactment_pool.at_goal(ctx, DEPLOYMENT)
    latest = body.get("latestRunningConfigurationId")
    return "absent" if latest is None else "its own" if latest == body.get("configurationId") else "another"


@observation(
    "LM-OBS-DEPLOYMENT-UPDATE-LATEST",
    operation="getDeployment",
    source="M11",
    effect="destructive",
    capability=DEPLOYMENTS,
    text="latestRunningConfigurationId of a deployment whose update is not rolled out yet.",
)
def latest_running_of_an_update(ctx: Context) -> str:
    return latest_after_update(ctx)


def _modification(
    name: str, text: str, source: str, body: Callable[[Context, PooledEnactment], Json], *, costly: bool = False
) -> None:
    @observation(
        name,
        operation="modifyDeployment",
        source=source,
        effect="destructive",
        capability=DEPLOYMENTS,
        text=text,
        costly=costly,
    )
    def modification_answer(ctx: Context) -> str:
        pooled = enactment_pool.active(ctx, DEPLOYMENT, {"RUNNING"})
        sent = body(ctx, pooled)
        exchange = ctx.send("modifyDeployment", pooled.path, json=sent)
        if exchange.ok:
            pooled.last = {}
            if sent.get("configurationId") == deployable_configuration(ctx).id:
                pooled.configuration = deployable_configuration(ctx)
        return answer(exchange)


_modification(
    "LM-OBS-DEPLOYMENT-UPDATE-NOTHING",
    "A change of a deployment with neither targetStatus nor configurationId.",
    "C2",
    lambda ctx, pooled: {},
)
_modification(
    "LM-OBS-DEPLOYMENT-UPDATE-SAME",
    "An update of a deployment to the configuration that it has.",
    "C2",
    lambda ctx, pooled: {"configurationId": pooled.configuration.id},
)
_modification(
    "LM-OBS-DEPLOYMENT-UPDATE-AND-STOP",
    "A change of a deployment with both targetStatus and configurationId.",
    "C2",
    lambda ctx, pooled: {"targetStatus": "STOPPED", "configurationId": deployable_configuration(ctx).id},
    costly=True,
)


@observation(
    "LM-OBS-DEPLOYMENT-TTL-TOO-SHORT",
    operation="createDeployment",
    source="F59",
    effect="destructive",
    capability=TIME_TO_LIVE,
    text="A time to live of one minute.",
)
def ttl_too_short(ctx: Context) -> str:
    return answer_to_start(ctx, DEPLOYMENT, deployable_configuration(ctx).id, ttl="1m")


@observation(
    "LM-OBS-DEPLOYMENT-TTL-CREATION",
    operation="createDeployment",
    source="F59",
    capability=TIME_TO_LIVE,
    text="Whether the answer to a creation repeats the ttl.",
)
def ttl_of_creation(ctx: Context) -> str:
    pooled = enactment_pool.fresh(ctx, DEPLOYMENT, ttl=time_to_live.TTL)
    ttl = pooled.created.exchange.json_object().get("ttl")
    return "absent" if ttl is None else "as sent" if ttl == time_to_live.TTL else "otherwise"


def _bulk(name: str, text: str, number: int, distinct: bool) -> None:
    @observation(name, operation=DEPLOYMENT.modify_many, source="J", capability=DEPLOYMENT.bulk_capability, text=text)
    def bulk_answer(ctx: Context) -> str:
        return answer(send_unknown_ids(ctx, DEPLOYMENT, number, distinct=distinct))


_bulk("LM-OBS-DEPLOYMENT-BULK-TOO-MANY", "A bulk request with 101 deployments.", 101, True)
_bulk("LM-OBS-DEPLOYMENT-BULK-SAME-ID", "A bulk request that names one deployment twice.", 2, False)
