"""Observations of deployments: refusals, combinations and limits that nobody published."""
# ruff: noqa: D103 - the decorator holds the sentence of each observation

from __future__ import annotations

from typing import Any

from lmconform.errors import Inconclusive
from lmconform.evidence.exchange import Exchange
from lmconform.probes import deployment_updates, deployments, trials
from lmconform.probes.bulk import entry
from lmconform.probes.enactment import DEPLOYMENT, EXECUTION
from lmconform.probes.lab import ACTIVE, BULK_DEPLOYMENTS, DEPLOYMENTS, EXECUTIONS, TIME_TO_LIVE, Json, Lab
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
def filter_unknown_configuration(lab: Lab) -> str:
    return listed(lab.get("listDeployments", {"configurationId": lab.absent_id()}))


@observation(
    "LM-OBS-DEPLOYMENT-UNKNOWN-CONFIGURATION",
    operation="createDeployment",
    source="F23",
    capability=DEPLOYMENTS,
    text="A deployment of an unknown configuration.",
)
def unknown_configuration(lab: Lab) -> str:
    return answer(lab.send("createDeployment", json={"configurationId": lab.absent_id()}))


@observation(
    "LM-OBS-DEPLOYMENT-UNBOUND",
    operation="createDeployment",
    source="F22",
    effect="destructive",
    capability=DEPLOYMENTS,
    text="A deployment whose configuration binds nothing.",
)
def unbound(lab: Lab) -> str:
    return _start(lab, "createDeployment", deployment_updates.unbound(lab).id)


@observation(
    "LM-OBS-DEPLOYMENT-OF-TRAINING",
    operation="createDeployment",
    source="F24",
    effect="destructive",
    capability=DEPLOYMENTS,
    text="A deployment of what is to be trained.",
)
def deployment_of_training(lab: Lab) -> str:
    return _start(lab, "createDeployment", lab.configuration().id)


@observation(
    "LM-OBS-EXECUTION-OF-SERVING",
    operation="createExecution",
    source="F24",
    effect="destructive",
    capability=EXECUTIONS,
    text="An execution of what is to be deployed.",
)
def execution_of_serving(lab: Lab) -> str:
    return _start(lab, "createExecution", deployment_updates.another(lab).id)


@observation(
    "LM-OBS-DEPLOYMENT-STOP-UNKNOWN",
    operation="modifyDeployment",
    source="C3",
    effect="destructive",
    capability=DEPLOYMENTS,
    text="Stopping a deployment whose status is UNKNOWN.",
)
def stop_unknown(lab: Lab) -> str:
    for _ in range(trials.TRIES):
        exchange = trials.stop(lab, trials.fresh(lab, DEPLOYMENT))
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
def stop_ended(lab: Lab) -> str:
    return answer(trials.stop(lab, trials.ended(lab, {"STOPPED"}, DEPLOYMENT)))


@observation(
    "LM-OBS-DEPLOYMENT-DELETE-ACTIVE",
    operation="deleteDeployment",
    source="C3",
    effect="destructive",
    capability=DEPLOYMENTS,
    text="Deleting a deployment that runs.",
)
def delete_active(lab: Lab) -> str:
    done = trials.while_in(lab, ACTIVE, lambda trial: trials.delete(lab, trial), DEPLOYMENT)
    if done is None or done[1].ok:
        if done is not None:
            trials.remove(lab, done[0])
        raise Inconclusive("it was deleted: it had ended, or LM-DEPLOYMENT-DELETE-ACTIVE is broken")
    return answer(done[1])


@observation(
    "LM-OBS-DEPLOYMENT-LATEST-RUNNING",
    operation="getDeployment",
    source="C2",
    capability=DEPLOYMENTS,
    text="latestRunningConfigurationId of a deployment that runs and was never changed.",
)
def latest_running(lab: Lab) -> str:
    body = trials.completed(lab, DEPLOYMENT)
    found = body.get("latestRunningConfigurationId")
    return "absent" if found is None else "its own" if found == body.get("configurationId") else "another"


def _modification(name: str, text: str, source: str, body: Any) -> None:
    @observation(
        name, operation="modifyDeployment", source=source, effect="destructive", capability=DEPLOYMENTS, text=text
    )
    def modify(lab: Lab) -> str:
        trial = trials.active(lab, DEPLOYMENT, {"RUNNING"})
        wanted: Json = body(lab, trial)
        exchange = lab.send("modifyDeployment", trial.path, json=wanted)
        if exchange.ok:
            trial.last = {}
            if wanted.get("configurationId") == deployment_updates.another(lab).id:
                trial.configuration = deployment_updates.another(lab)
        return answer(exchange)


_modification(
    "LM-OBS-DEPLOYMENT-UPDATE-NOTHING",
    "A change of a deployment with neither targetStatus nor configurationId.",
    "C2",
    lambda lab, trial: {},
)
_modification(
    "LM-OBS-DEPLOYMENT-UPDATE-SAME",
    "An update of a deployment to the configuration that it has.",
    "C2",
    lambda lab, trial: {"configurationId": trial.configuration.id},
)
_modification(
    "LM-OBS-DEPLOYMENT-UPDATE-AND-STOP",
    "A change of a deployment with both targetStatus and configurationId.",
    "C2",
    lambda lab, trial: {"targetStatus": "STOPPED", "configurationId": deployment_updates.another(lab).id},
)


@observation(
    "LM-OBS-DEPLOYMENT-TTL-TOO-SHORT",
    operation="createDeployment",
    source="F59",
    effect="destructive",
    capability=TIME_TO_LIVE,
    text="A time to live of one minute.",
)
def ttl_too_short(lab: Lab) -> str:
    return _start(lab, "createDeployment", deployment_updates.another(lab).id, ttl="1m")


@observation(
    "LM-OBS-DEPLOYMENT-TTL-CREATION",
    operation="createDeployment",
    source="F59",
    capability=TIME_TO_LIVE,
    text="Whether the answer to a creation repeats the ttl.",
)
def ttl_of_creation(lab: Lab) -> str:
    trial = trials.fresh(lab, DEPLOYMENT, ttl=deployments.TTL)
    found = trial.created.exchange.json_object().get("ttl")
    return "absent" if found is None else "as sent" if found == deployments.TTL else "otherwise"


def _bulk(name: str, text: str, number: int, distinct: bool) -> None:
    @observation(name, operation="modifyDeployments", source="J", capability=BULK_DEPLOYMENTS, text=text)
    def bulk(lab: Lab) -> str:
        same = lab.absent_id()
        targets = ("STOPPED", "DELETED")
        entries = [entry(lab.absent_id() if distinct else same, targets[n % 2]) for n in range(number)]
        return answer(lab.send("modifyDeployments", json={"deployments": entries}))


_bulk("LM-OBS-DEPLOYMENT-BULK-TOO-MANY", "A bulk request with 101 deployments.", 101, True)
_bulk("LM-OBS-DEPLOYMENT-BULK-SAME-ID", "A bulk request that names one deployment twice.", 2, False)


def _start(lab: Lab, operation: str, configuration_id: str, **more: str) -> str:
    """The answer to a start that may be refused; what is started nevertheless is deleted while it is UNKNOWN."""
    kind = DEPLOYMENT if operation == DEPLOYMENT.create else EXECUTION
    exchange: Exchange = lab.send(operation, json={"configurationId": configuration_id, **more})
    made = exchange.json_object().get("id")
    if exchange.ok and isinstance(made, str):
        gone = lab.send(kind.delete, {kind.parameter: made})
        if gone.ok:
            lab.session.journal.removed(kind.word, made)
    return answer(exchange)
