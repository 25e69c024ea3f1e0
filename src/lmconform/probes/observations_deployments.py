"""Observations of deployments: refusals, combinations and limits that nobody published."""
# ruff: noqa: D103 - the decorator holds the sentence of each observation

from __future__ import annotations

from typing import Any

from lmconform.errors import Inconclusive
from lmconform.evidence.exchange import Exchange
from lmconform.probes import deployment_updates, deployments, enactment_pool
from lmconform.probes.bulk import entry
from lmconform.probes.context import ACTIVE, BULK_DEPLOYMENTS, DEPLOYMENTS, EXECUTIONS, TIME_TO_LIVE, Context, Json
from lmconform.probes.enactment import DEPLOYMENT, EXECUTION
from lmconform.probes.observations import answer, listed
from lmconform.probes.registry import observation


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
    return _start(ctx, "createDeployment", deployment_updates.unbound(ctx).id)


@observation(
    "LM-OBS-DEPLOYMENT-OF-TRAINING",
    operation="createDeployment",
    source="F24",
    effect="destructive",
    capability=DEPLOYMENTS,
    text="A deployment of what is to be trained.",
)
def deployment_of_training(ctx: Context) -> str:
    return _start(ctx, "createDeployment", ctx.configuration().id)


@observation(
    "LM-OBS-EXECUTION-OF-SERVING",
    operation="createExecution",
    source="F24",
    effect="destructive",
    capability=EXECUTIONS,
    text="An execution of what is to be deployed.",
)
def execution_of_serving(ctx: Context) -> str:
    return _start(ctx, "createExecution", deployment_updates.another(ctx).id)


@observation(
    "LM-OBS-DEPLOYMENT-STOP-UNKNOWN",
    operation="modifyDeployment",
    source="C3",
    effect="destructive",
    capability=DEPLOYMENTS,
    text="Stopping a deployment whose status is UNKNOWN.",
)
def stop_unknown(ctx: Context) -> str:
    for _ in range(enactment_pool.TRIES):
        exchange = enactment_pool.stop(ctx, enactment_pool.fresh(ctx, DEPLOYMENT))
        if not exchange.ok:
            return answer(exchange)
    raise Inconclusive("deployments leave UNKNOWN before anybody can ask to stop them")


@observation(
    "LM-OBS-DEPLOYMENT-STOP-ENDED",
    operation="modifyDeployment",
    source="C3",
    effect="destructive",
    capability=DEPLOYMENTS,
    text="Stopping a deployment that is stopped.",
)
def stop_ended(ctx: Context) -> str:
    return answer(enactment_pool.stop(ctx, enactment_pool.any_terminal(ctx, {"STOPPED"}, DEPLOYMENT)))


@observation(
    "LM-OBS-DEPLOYMENT-DELETE-ACTIVE",
    operation="deleteDeployment",
    source="C3",
    effect="destructive",
    capability=DEPLOYMENTS,
    text="Deleting a deployment that runs.",
)
def delete_active(ctx: Context) -> str:
    done = enactment_pool.while_in(ctx, ACTIVE, lambda pooled: enactment_pool.delete(ctx, pooled), DEPLOYMENT)
    if done is None or done[1].ok:
        if done is not None:
            enactment_pool.remove(ctx, done[0])
        raise Inconclusive("it was deleted: it had ended, or LM-DEPLOYMENT-DELETE-ACTIVE is broken")
    return answer(done[1])


@observation(
    "LM-OBS-DEPLOYMENT-LATEST-RUNNING",
    operation="getDeployment",
    source="C2",
    capability=DEPLOYMENTS,
    text="latestRunningConfigurationId of a deployment that runs and was never changed.",
)
def latest_running(ctx: Context) -> str:
    body = enactment_pool.at_goal(ctx, DEPLOYMENT)
    found = body.get("latestRunningConfigurationId")
    return "absent" if found is None else "its own" if found == body.get("configurationId") else "another"


def _modification(name: str, text: str, source: str, body: Any) -> None:
    @observation(
        name, operation="modifyDeployment", source=source, effect="destructive", capability=DEPLOYMENTS, text=text
    )
    def modify(ctx: Context) -> str:
        pooled = enactment_pool.active(ctx, DEPLOYMENT, {"RUNNING"})
        wanted: Json = body(ctx, pooled)
        exchange = ctx.send("modifyDeployment", pooled.path, json=wanted)
        if exchange.ok:
            pooled.last = {}
            if wanted.get("configurationId") == deployment_updates.another(ctx).id:
                pooled.configuration = deployment_updates.another(ctx)
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
    lambda ctx, pooled: {"targetStatus": "STOPPED", "configurationId": deployment_updates.another(ctx).id},
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
    return _start(ctx, "createDeployment", deployment_updates.another(ctx).id, ttl="1m")


@observation(
    "LM-OBS-DEPLOYMENT-TTL-CREATION",
    operation="createDeployment",
    source="F59",
    capability=TIME_TO_LIVE,
    text="Whether the answer to a creation repeats the ttl.",
)
def ttl_of_creation(ctx: Context) -> str:
    pooled = enactment_pool.fresh(ctx, DEPLOYMENT, ttl=deployments.TTL)
    found = pooled.created.exchange.json_object().get("ttl")
    return "absent" if found is None else "as sent" if found == deployments.TTL else "otherwise"


def _bulk(name: str, text: str, number: int, distinct: bool) -> None:
    @observation(name, operation="modifyDeployments", source="J", capability=BULK_DEPLOYMENTS, text=text)
    def bulk(ctx: Context) -> str:
        same = ctx.absent_id()
        targets = ("STOPPED", "DELETED")
        entries = [entry(ctx.absent_id() if distinct else same, targets[n % 2]) for n in range(number)]
        return answer(ctx.send("modifyDeployments", json={"deployments": entries}))


_bulk("LM-OBS-DEPLOYMENT-BULK-TOO-MANY", "A bulk request with 101 deployments.", 101, True)
_bulk("LM-OBS-DEPLOYMENT-BULK-SAME-ID", "A bulk request that names one deployment twice.", 2, False)


def _start(ctx: Context, operation: str, configuration_id: str, **more: str) -> str:
    """The answer to a start that may be refused; what is started nevertheless is deleted while it is UNKNOWN."""
    kind = DEPLOYMENT if operation == DEPLOYMENT.create else EXECUTION
    exchange: Exchange = ctx.send(operation, json={"configurationId": configuration_id, **more})
    made = exchange.json_object().get("id")
    if exchange.ok and isinstance(made, str):
        gone = ctx.send(kind.delete, {kind.parameter: made})
        if gone.ok:
            ctx.session.journal.removed(kind.word, made)
    return answer(exchange)
