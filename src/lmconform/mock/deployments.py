"""Deployments: start, stop, update, and the members that executions do not have (facts C2 to C26)."""

from __future__ import annotations

from typing import Any

from lmconform.mock import bindings, configurations, deployment_details, enactments, models, ttl
from lmconform.mock.call import Call, Reply, created
from lmconform.mock.content import FOUNDATION, Executable
from lmconform.mock.enactments import Kind
from lmconform.mock.problems import UNKNOWN_DEPLOYMENT, UNKNOWN_MODEL, UNRESOLVED, WRONG_STATE, Problem, bad_request
from lmconform.mock.records import Enactment, Moment

# What a deployment may lack while it is new (M13).
_FRESH = ("lastOperation", "latestRunningConfigurationId", "details")


def create(call: Call) -> Reply:
    """Start a deployment of the configuration that the body names."""
    return _start(call, call.body["configurationId"], call.body.get("ttl"))


def create_for_configuration(call: Call) -> Reply:
    """Start a deployment at the endpoint that is deprecated since 2022."""
    return _start(call, call.path["configurationId"], None)


def _start(call: Call, configuration_id: str, time_to_live: str | None) -> Reply:
    """Start a deployment; its bindings are checked before the reply (F22)."""
    if time_to_live is not None:
        ttl.check(call, time_to_live)
    configuration, failure = _checked(call, configuration_id)
    deployment = call.group.add_deployment(configuration, failure, time_to_live)
    if time_to_live is not None:
        ttl.expire(call.group, deployment.id, deployment.created)
    message = call.message("Deployment scheduled.", "Deployment scheduled")
    answer: dict[str, Any] = {"id": deployment.id, "message": message, "deploymentUrl": "", "status": "UNKNOWN"}
    if time_to_live is not None:
        answer["ttl"] = time_to_live
    return created(call, 202, "deployments", answer)


def modify(call: Call) -> Reply:
    """Stop a deployment, or update it to another configuration."""
    deployment = enactments.find(KIND, call)
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
    deployment.finished = deployment.failed = None
    call.group.touch(deployment.shelf, deployment.id)


def _checked(call: Call, configuration_id: str) -> tuple[dict[str, Any], str]:
    """The configuration, and why its deployment will fail, or ""; raises 400 when bindings are missing."""
    configuration, executable = configurations.usable(call, configuration_id, serves=True)
    missing = bindings.missing(call.group, configuration, executable)
    if missing:
        raise Problem(400, UNRESOLVED, f"Invalid Request, {missing}")
    unresolved = bindings.unresolved(configuration, executable)
    if unresolved:
        names = ", ".join(unresolved)
        reason = f"{{placeholder values are not resolved: {names[:300]}}}"
        raise Problem(400, UNRESOLVED, f"Runtime Adapter Exception; Failed to post deployments : {reason}")
    is_judged = executable.scenario_id == FOUNDATION and call.switches["unknown-model"] == "400"
    if is_judged and not models.is_offered(_parameters(configuration, executable)):
        words = f"the Configuration {configuration['id']} is invalid"
        raise Problem(400, UNKNOWN_MODEL, f"Runtime Adapter Exception; {words}")
    return configuration, bindings.unloadable(call.group, configuration, executable)


def _parameters(configuration: dict[str, Any], executable: Executable) -> dict[str, str | None]:
    """The values of the parameters: as bound, or their defaults."""
    given = {b["key"]: b["value"] for b in configuration["parameterBindings"]}
    return {variable.name: variable.default for variable in executable.parameters} | given


def _members(call: Call, deployment: Enactment, now: Moment) -> dict[str, Any]:
    url = f"{call.base}/v2/inference/deployments/{deployment.id}"
    shown = now.started is not None
    if now.status in ("STOPPED", "DEAD") and call.switches["url-when-stopped"] == "empty":
        shown = False
    is_new = call.switches["latest-running"] == "new" and deployment.updated is not None
    serving = deployment.configuration if now.rolled or is_new else deployment.served
    operation = "UPDATE" if deployment.updated is not None else "CREATE"
    if now.status == "UNKNOWN" and call.switches["fresh-deployment"] == "bare":
        return {"deploymentUrl": "", "ttl": deployment.ttl} | dict.fromkeys(_FRESH)
    return {
        "deploymentUrl": url if shown else "",
        "ttl": deployment.ttl,
        "lastOperation": "DELETE" if deployment.deleted is not None else operation,
        "latestRunningConfigurationId": None if serving is None else serving["id"],
        "details": deployment_details.of(deployment, now, call.switches["deployment-details"]),
    }


KIND = Kind(
    "Deployment",
    "deployments",
    UNKNOWN_DEPLOYMENT,
    ("ttl", "details", "latestRunningConfigurationId", "lastOperation"),
    lambda group: group.deployments,
    _members,
)
