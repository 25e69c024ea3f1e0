"""Deployments that get another configuration."""

from __future__ import annotations

from typing import Any

from lmconform.mock import deployments, enactments
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem
from lmconform.mock.records import Enactment
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.defects.answers import elsewhere, refuses_when
from lmconform.mutants.defects.bodies import loosen
from lmconform.mutants.defects.changes import takes_unknown
from lmconform.mutants.registry import mutant


@mutant("deployment-update-ignored", "LM-DEPLOYMENT-UPDATE", "LM-FLOW-SERVING-UPDATED")
def deployment_update_ignored(bench: Bench) -> None:
    """BUG: an update to another configuration answers 202, and the old one stays."""

    @bench.before("modifyDeployment")
    def keep(call: Call) -> None:
        found = call.group.deployments.get(call.path["deploymentId"])
        if found is not None and call.body.get("configurationId") in call.group.configurations:
            call.body["configurationId"] = found.configuration["id"]


@mutant("deployment-update-200", "LM-DEPLOYMENT-UPDATE", "LM-HTTP-STATUS-DECLARED")
def deployment_update_200(bench: Bench) -> None:
    """BUG: an update to another configuration answers 200 instead of 202."""

    @bench.after("modifyDeployment")
    def ok(call: Call, reply: Reply) -> None:
        if "configurationId" in call.body:
            reply.status = 200


@mutant("deployment-update-refused", "LM-DEPLOYMENT-UPDATE", "LM-FLOW-SERVING-UPDATED")
def deployment_update_refused(bench: Bench) -> None:
    """BUG: every update to another configuration is refused with 400."""
    words = "a deployment cannot be updated"
    refuses_when(bench, words, lambda call: "configurationId" in call.body, "modifyDeployment")


@mutant("deployment-update-unknown-status", "LM-DEPLOYMENT-UPDATE-UNKNOWN-STATUS")
def deployment_update_unknown_status(bench: Bench) -> None:
    """BUG: an update of a deployment with the status UNKNOWN answers 202."""

    @bench.instead("modifyDeployment")
    def accepted(call: Call, handler: Handler) -> Reply:
        found = call.group.deployments.get(call.path["deploymentId"])
        is_known = found is not None and call.body.get("configurationId") in call.group.configurations
        if found is not None and is_known and enactments.moment(call, found).status == "UNKNOWN":
            return Reply(202, {"id": found.id, "message": "Deployment modification scheduled"})
        return handler(call)


@mutant("deployment-update-rolls-back-elsewhere", "LM-DEPLOYMENT-UPDATE-ROLLBACK")
def deployment_update_rolls_back_elsewhere(bench: Bench) -> None:
    """BUG: latestRunningConfigurationId of an updated deployment is the id of the deployment."""

    @bench.after("getDeployment")
    def itself(call: Call, reply: Reply) -> None:
        if call.group.deployments[call.path["deploymentId"]].updated is not None:
            reply.json["latestRunningConfigurationId"] = reply.json["id"]


@mutant("deployment-update-rollback-missing", "LM-DEPLOYMENT-UPDATE-ROLLBACK")
def deployment_update_rollback_missing(bench: Bench) -> None:
    """BUG: an updated deployment has no latestRunningConfigurationId."""

    @bench.after("getDeployment")
    def missing(call: Call, reply: Reply) -> None:
        reply.json.pop("latestRunningConfigurationId", None)


@mutant("deployment-update-is-create", "LM-DEPLOYMENT-UPDATE-OPERATION")
def deployment_update_is_create(bench: Bench) -> None:
    """BUG: the last operation of an updated deployment stays CREATE."""
    elsewhere(bench, "getDeployment", "lastOperation", "CREATE")


@mutant("deployment-update-to-nothing", "LM-DEPLOYMENT-UPDATE-UNKNOWN-CONFIGURATION")
def deployment_update_to_nothing(bench: Bench) -> None:
    """BUG: an update to an unknown configuration answers 202 and changes nothing."""

    @bench.before("modifyDeployment")
    def keep(call: Call) -> None:
        found = call.group.deployments.get(call.path["deploymentId"])
        if found is not None and "configurationId" in call.body:
            wanted = call.body["configurationId"]
            call.body["configurationId"] = wanted if wanted in call.group.configurations else found.configuration["id"]


@mutant("deployment-update-refused-yet-done", "LM-DEPLOYMENT-UPDATE-CHECKED")
def deployment_update_refused_yet_done(bench: Bench) -> None:
    """BUG: an update that is refused is carried out all the same."""

    @bench.instead("modifyDeployment")
    def done(call: Call, handler: Handler) -> Reply:
        try:
            return handler(call)
        except Problem:
            found = call.group.deployments.get(call.path["deploymentId"])
            new = call.group.configurations.get(call.body.get("configurationId"))
            if found is not None and new is not None:
                found.configuration = new
            raise


@mutant("deployment-update-stopped", "LM-DEPLOYMENT-UPDATE-STOPPED")
def deployment_update_stopped(bench: Bench) -> None:
    """BUG: a STOPPED deployment takes another configuration and starts again."""

    @bench.before("modifyDeployment")
    def again(call: Call) -> None:
        found = call.group.deployments.get(call.path["deploymentId"])
        if found is not None and "configurationId" in call.body and found.deleted is None:
            found.stopped = None


@mutant("deployment-update-unknown", "LM-DEPLOYMENT-UPDATE-404", "LM-DEPLOYMENT-STOP-404")
def deployment_update_unknown(bench: Bench) -> None:
    """BUG: changing a deployment that does not exist answers 202."""
    takes_unknown(bench, "modifyDeployment", "deployments")


@mutant("deployment-update-anything", "LM-DEPLOYMENT-UPDATE-BODY")
def deployment_update_anything(bench: Bench) -> None:
    """BUG: a configurationId that is no id is ignored in an update instead of refused."""
    loosen(bench, "DeploymentModification", "configurationId")

    @bench.instead("modifyDeployment")
    def without(call: Call, handler: Handler) -> Reply:
        if call.body.get("configurationId", "") not in list(call.group.configurations):
            call.body.pop("configurationId", None)
        return handler(call) if call.body else Reply(202, {"id": call.path["deploymentId"], "message": "Scheduled"})


@mutant("deployment-update-keeps-name", "LM-DEPLOYMENT-UPDATE-NAME")
def deployment_update_keeps_name(bench: Bench) -> None:
    """BUG: an updated deployment keeps showing the name of its first configuration."""
    first = _first(bench)

    @bench.after("getDeployment", "listDeployments")
    def copied(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if resource.get("configurationName") and resource["id"] in first:
                resource["configurationName"] = first[resource["id"]]["name"]


@mutant("deployment-update-not-indexed", "LM-DEPLOYMENT-UPDATE-FILTERED")
def deployment_update_not_indexed(bench: Bench) -> None:
    """BUG: the filter configurationId finds an updated deployment only under its first configuration."""
    first = _first(bench)

    @bench.instead("listDeployments", "countDeployments")
    def indexed(call: Call, handler: Handler) -> Reply:
        now: list[tuple[Enactment, dict[str, Any]]] = []
        if "configurationId" in call.query:
            now = [(found, found.configuration) for found in call.group.deployments.values() if found.id in first]
        for found, _ in now:
            found.configuration = first[found.id]
        try:
            return handler(call)
        finally:
            for found, configuration in now:
                found.configuration = configuration


@mutant("deployment-update-listed-twice", "LM-DEPLOYMENT-UPDATE-FILTERED")
def deployment_update_listed_twice(bench: Bench) -> None:
    """BUG: an updated deployment is listed under its old and its new configuration."""
    first = _first(bench)

    @bench.after("listDeployments")
    def both(call: Call, reply: Reply) -> None:
        wanted, listed = call.query.get("configurationId"), {row.get("id") for row in resources(reply)}
        for found in call.group.deployments.values():
            if found.id in first and wanted == first[found.id]["id"] and found.id not in listed:
                call.path["deploymentId"] = found.id
                reply.json["resources"].append(enactments.get(deployments.KIND, call).json)
                reply.json["count"] += 1


@mutant("deployment-update-listed-stale", "LM-DEPLOYMENT-UPDATE-FILTERED")
def deployment_update_listed_stale(bench: Bench) -> None:
    """BUG: the list shows an updated deployment with the id and the name of its first configuration."""
    first = _first(bench)

    @bench.after("listDeployments")
    def stale(call: Call, reply: Reply) -> None:
        for row in resources(reply):
            if row["id"] in first:
                row["configurationId"] = first[row["id"]]["id"]
                row.update({"configurationName": first[row["id"]]["name"]} if "configurationName" in row else {})


@mutant("deployment-update-once", "LM-DEPLOYMENT-UPDATE-AGAIN")
def deployment_update_once(bench: Bench) -> None:
    """BUG: a second update of a deployment answers 202, and changes nothing."""

    @bench.before("modifyDeployment")
    def keep(call: Call) -> None:
        found = call.group.deployments.get(call.path["deploymentId"])
        is_known = call.body.get("configurationId") in call.group.configurations
        if found is not None and found.updated is not None and is_known:
            call.body["configurationId"] = found.configuration["id"]


@mutant("deployment-update-again-refused", "LM-DEPLOYMENT-UPDATE-AGAIN")
def deployment_update_again_refused(bench: Bench) -> None:
    """BUG: a deployment that was updated already cannot be updated."""

    @bench.instead("modifyDeployment")
    def once(call: Call, handler: Handler) -> Reply:
        found = call.group.deployments.get(call.path["deploymentId"])
        if found is not None and found.updated is not None and "configurationId" in call.body:
            raise Problem(400, "01010400", "the deployment was updated already")
        return handler(call)


@mutant("deployment-update-drops-ttl", "LM-DEPLOYMENT-UPDATE-KEEPS-TTL")
def deployment_update_drops_ttl(bench: Bench) -> None:
    """BUG: an update to another configuration drops the time to live."""

    @bench.after("modifyDeployment")
    def for_ever(call: Call, reply: Reply) -> None:
        if "configurationId" in call.body:
            call.group.deployments[call.path["deploymentId"]].ttl = None


def _first(bench: Bench) -> dict[str, dict[str, Any]]:
    """Id of each deployment to the configuration that it was made with, once it is made."""
    first: dict[str, dict[str, Any]] = {}

    @bench.after("createDeployment")
    def remember(call: Call, reply: Reply) -> None:
        first[reply.json["id"]] = call.group.deployments[reply.json["id"]].configuration

    return first
