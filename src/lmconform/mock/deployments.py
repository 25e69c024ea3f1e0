"""Deployments: what only they have, url, ttl and updates (facts C2 to C26); the rest is in enactments."""

from __future__ import annotations

from typing import Any

from lmconform.mock import bindings, configurations, enactments
from lmconform.mock.call import Call, Reply, created
from lmconform.mock.enactments import Kind
from lmconform.mock.lifecycle import Enactment, Moment
from lmconform.mock.problems import UNKNOWN_DEPLOYMENT, WRONG_STATE, Problem, bad_request
from lmconform.mock.store import Group

_HOURS = {"m": 1 / 60, "h": 1.0, "d": 24.0}
MINIMUM = "10m"
# After the stop: time enough to be STOPPED before the deletion.
_EXPIRED = 1.0


def create(call: Call) -> Reply:
    """Start a deployment; its configuration is checked before the answer (F22)."""
    ttl = call.body.get("ttl")
    if ttl is not None:
        _check_ttl(call, ttl)
    configuration, failure = _checked(call, call.body["configurationId"])
    made = call.group.add_deployment(configuration, failure, ttl)
    if ttl is not None:
        expire(call.group, made.id, made.created)
    answer: dict[str, Any] = {"id": made.id, "message": call.said("Deployment scheduled.", "Deployment scheduled")}
    answer |= {"deploymentUrl": "", "status": "UNKNOWN"}
    if ttl is not None:
        answer["ttl"] = ttl
    return created(call, 202, "deployments", answer)


def modify(call: Call) -> Reply:
    """Stop a deployment, or give it another configuration."""
    deployment = enactments.one(KIND, call)
    target, configuration_id = call.body.get("targetStatus"), call.body.get("configurationId")
    if target is None and configuration_id is None and call.switches["empty-modification"] == "400":
        raise bad_request("targetStatus or configurationId is missing")
    if target is not None and configuration_id is not None and call.switches["stop-and-update"] == "400":
        raise bad_request("either targetStatus or configurationId, not both")
    if configuration_id is not None:
        _update(call, deployment, configuration_id)
    if target is not None:
        enactments.stop(call, deployment, int(call.switches["forbidden-stop"]))
    return Reply(202, enactments.modified(KIND, deployment))


def expire(group: Group, deployment_id: str, when: float) -> None:
    """When the ttl is over, stop it, and a little later delete it; before that, wait."""
    deployment = group.deployments.get(deployment_id)
    if deployment is None or deployment.ttl is None or deployment.deleted is not None:
        return
    due = deployment.created + _hours(deployment.ttl) * group.timing.hour
    if deployment.stopped is not None:
        due = max(due, deployment.stopped + _EXPIRED * group.timing.pace)
    if when < due:
        group.later(due, "expire", deployment_id)
    elif deployment.stopped is None:
        deployment.stopped = when
        group.touch(deployment.shelf, deployment_id)
        group.later(when + _EXPIRED * group.timing.pace, "expire", deployment_id)
    else:
        group.delete(deployment, when)


def _update(call: Call, deployment: Enactment, configuration_id: str) -> None:
    before = enactments.moment(call, deployment)
    refusal = call.switches["dead-deployment-update"]
    allowed = ("PENDING", "RUNNING", "DEAD") if refusal == "accept" else ("PENDING", "RUNNING")
    if before.status not in allowed or deployment.deleted is not None:
        status = refusal if before.status == "DEAD" and refusal != "accept" else call.switches["forbidden-update"]
        raise Problem(int(status), WRONG_STATE, f"Invalid Request, Current status {before.status} cannot be changed.")
    configuration, failure = _checked(call, configuration_id)
    if configuration is deployment.configuration and call.switches["same-configuration-update"] == "400":
        raise bad_request("the configuration is in use already")
    if before.rolled:
        deployment.served = deployment.configuration
    deployment.configuration, deployment.failure = configuration, failure
    deployment.updated, deployment.before = call.group.now(), before
    call.group.touch(deployment.shelf, deployment.id)


def _checked(call: Call, configuration_id: str) -> tuple[dict[str, Any], str]:
    """The configuration, and why a deployment of it will die; raises when the check at once finds a fault."""
    configuration, executable = configurations.usable(call, configuration_id, serves=True)
    words = bindings.missing(call.group, configuration, executable)
    if words:
        raise Problem(400, "01010072", f"Invalid Request, {words}")
    return configuration, bindings.unloadable(call.group, configuration, executable)


def _check_ttl(call: Call, ttl: str) -> None:
    if "timeToLiveDeployments" in call.without:
        raise bad_request("this runtime has no time to live")
    if _hours(ttl) < _hours(MINIMUM) and call.switches["ttl-below-minimum"] == "400":
        raise bad_request(f"ttl is below the minimum of {MINIMUM}")


def _hours(ttl: str) -> float:
    # Nine digits are for ever; more of them are no error of the client's.
    number = int(ttl[:-1].lstrip("0")[:9] or "0")
    return number * _HOURS.get(ttl[-1].lower(), 1.0)


def _members(call: Call, deployment: Enactment, now: Moment) -> dict[str, Any]:
    url = f"{call.base}/v2/inference/deployments/{deployment.id}"
    shown = now.started is not None
    if now.status in ("STOPPED", "DEAD") and call.switches["url-when-stopped"] == "empty":
        shown = False
    serving = deployment.configuration if now.rolled else deployment.served
    operation = "UPDATE" if deployment.updated is not None else "CREATE"
    return {
        "deploymentUrl": url if shown else "",
        "ttl": deployment.ttl,
        "lastOperation": "DELETE" if deployment.deleted is not None else operation,
        "latestRunningConfigurationId": None if serving is None else serving["id"],
        "details": _details(call, deployment, now),
    }


def _details(call: Call, deployment: Enactment, now: Moment) -> dict[str, Any] | None:
    form = call.switches["deployment-details"]
    if form == "absent":
        return None
    if form == "empty":
        return {}
    plan = {"predictor": {"resourcePlan": "starter"}}
    running = 1 if now.status == "RUNNING" else 0
    scaling = {"predictor": {"minReplicas": 1, "maxReplicas": 1, "runningReplicas": running}}
    if deployment.configuration["scenarioId"] == "foundation-models":
        given = {b["key"]: b["value"] for b in deployment.configuration["parameterBindings"]}
        plan = {"model": {"name": given.get("modelName", ""), "version": given.get("modelVersion", "latest")}}
    resources: dict[str, Any] = {"backendDetails": plan}
    if form == "twice":
        resources["backend_details"] = plan
    return {"scaling": {"backendDetails": scaling}, "resources": resources}


KIND = Kind(
    "Deployment",
    "deployments",
    UNKNOWN_DEPLOYMENT,
    ("ttl", "details", "latestRunningConfigurationId", "lastOperation"),
    lambda group: group.deployments,
    _members,
)
