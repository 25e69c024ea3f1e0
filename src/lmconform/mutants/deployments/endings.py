"""Deployments that are stopped and deleted otherwise than they should be."""

from __future__ import annotations

from lmconform.mock import deployments, enactments, lifecycle
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import WRONG_STATE, Problem
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.answers import refuses_when
from lmconform.mutants.defects.bodies import loosen
from lmconform.mutants.defects.changes import (
    deletes_in_words,
    deletes_nothing,
    deletes_what_it_stops,
    refused_yet_deleted,
    stops_in_words,
    stops_nothing,
    takes_in_any_state,
    takes_unknown,
)
from lmconform.mutants.defects.returns import AWAY, brings_back, keeps_deleted
from lmconform.mutants.defects.times import stays_unknown
from lmconform.mutants.registry import mutant


@mutant("deployment-stop-ignored", "LM-DEPLOYMENT-STOP")
def deployment_stop_ignored(bench: Bench) -> None:
    """BUG: stopping a deployment answers 202, and it goes on."""
    stops_nothing(bench, "modifyDeployment", "deployments")


@mutant("deployment-stop-in-words", "LM-DEPLOYMENT-STOP", "LM-FLOW-SERVING-STOPPED")
def deployment_stop_in_words(bench: Bench) -> None:
    """BUG: a deployment that was stopped shows targetStatus STOPPED, and RUNNING for ever."""
    stops_in_words(bench, "getDeployment")


@mutant("deployment-stop-refused", "LM-DEPLOYMENT-STOP")
def deployment_stop_refused(bench: Bench) -> None:
    """BUG: stopping a deployment is refused with 400."""

    def stops(call: Call) -> bool:
        return "targetStatus" in call.body and call.path["deploymentId"] in call.group.deployments

    refuses_when(bench, "a deployment cannot be stopped", stops, "modifyDeployment")


@mutant("deployment-stop-deletes", "LM-DEPLOYMENT-STOP")
def deployment_stop_deletes(bench: Bench) -> None:
    """BUG: a deployment that is stopped is deleted as well."""
    deletes_what_it_stops(bench, "modifyDeployment", "deployments")


@mutant("deployment-stop-target", "LM-DEPLOYMENT-STOP-TARGET")
def deployment_stop_target(bench: Bench) -> None:
    """BUG: a deployment that is stopped keeps the targetStatus RUNNING."""

    @bench.after("getDeployment")
    def running(call: Call, reply: Reply) -> None:
        if reply.json.get("targetStatus") == "STOPPED":
            reply.json["targetStatus"] = "RUNNING"


@mutant("deployment-stop-ended", "LM-DEPLOYMENT-STOP-ENDED")
def deployment_stop_ended(bench: Bench) -> None:
    """BUG: stopping a deployment that has ended answers 202."""
    takes_in_any_state(bench, "modifyDeployment")


@mutant("deployment-stop-ended-begins-again", "LM-DEPLOYMENT-STOP-ENDED")
def deployment_stop_ended_begins_again(bench: Bench) -> None:
    """BUG: stopping a STOPPED deployment is refused, and it is STOPPING again."""

    @bench.before("modifyDeployment")
    def again(call: Call) -> None:
        found = call.group.deployments.get(call.path["deploymentId"])
        if found is not None and enactments.moment(call, found).status == "STOPPED":
            found.stopped = call.group.now()


@mutant("deployment-stop-unknown-status", "LM-DEPLOYMENT-STOP-UNKNOWN-STATUS")
def deployment_stop_unknown_status(bench: Bench) -> None:
    """BUG: a deployment with the status UNKNOWN is stopped instead of refused."""
    stays_unknown(bench)

    @bench.instead("modifyDeployment")
    def stopped(call: Call, handler: Handler) -> Reply:
        found = call.group.deployments.get(call.path["deploymentId"])
        if found is not None and enactments.moment(call, found).status == "UNKNOWN" and "targetStatus" in call.body:
            found.stopped = call.group.now()
            return Reply(202, enactments.modified(deployments.KIND, found))
        return handler(call)


@mutant("deployment-stop-anything", "LM-DEPLOYMENT-STOP-BODY")
def deployment_stop_anything(bench: Bench) -> None:
    """BUG: a targetStatus other than STOPPED answers 202 and does nothing."""
    loosen(bench, "DeploymentModification", "targetStatus")

    @bench.instead("modifyDeployment")
    def nothing(call: Call, handler: Handler) -> Reply:
        if call.body.get("targetStatus", "STOPPED") != "STOPPED":
            return Reply(202, {"id": call.path["deploymentId"], "message": "Deployment modification scheduled"})
        return handler(call)


@mutant("deployment-stop-unknown-412", "LM-DEPLOYMENT-STOP-404", "LM-DEPLOYMENT-UPDATE-404")
def deployment_stop_unknown_412(bench: Bench) -> None:
    """BUG: changing a deployment that does not exist answers 412 instead of 404."""

    @bench.before("modifyDeployment")
    def refused(call: Call) -> None:
        if call.path["deploymentId"] not in call.group.deployments:
            raise Problem(412, WRONG_STATE, "Invalid Request, there is no such deployment")


@mutant("deployment-stop-names-another", "LM-DEPLOYMENT-ANSWER-ID")
def deployment_stop_names_another(bench: Bench) -> None:
    """BUG: the answer to changing a deployment has the id of its configuration."""

    @bench.after("modifyDeployment")
    def configuration(call: Call, reply: Reply) -> None:
        reply.json["id"] = call.group.deployments[call.path["deploymentId"]].configuration["id"]


@mutant("deployment-delete-ignored", "LM-DEPLOYMENT-DELETE", "LM-FLOW-SERVING-DELETED")
def deployment_delete_ignored(bench: Bench) -> None:
    """BUG: deleting a deployment answers 202, and it stays."""
    deletes_nothing(bench, "deleteDeployment")


@mutant("deployment-delete-in-words", "LM-DEPLOYMENT-DELETE", "LM-FLOW-SERVING-DELETED")
def deployment_delete_in_words(bench: Bench) -> None:
    """BUG: a deleted deployment shows targetStatus DELETED, and stays."""
    deletes_in_words(bench, "deleteDeployment")


@mutant("deployment-delete-target", "LM-DEPLOYMENT-DELETE-TARGET")
def deployment_delete_target(bench: Bench) -> None:
    """BUG: a deployment that is being deleted shows the targetStatus STOPPED."""

    @bench.after("getDeployment")
    def stopped(call: Call, reply: Reply) -> None:
        if reply.json.get("targetStatus") == "DELETED":
            reply.json["targetStatus"] = "STOPPED"


@mutant("deployment-delete-active", "LM-DEPLOYMENT-DELETE-ACTIVE")
def deployment_delete_active(bench: Bench) -> None:
    """BUG: a pending or running deployment is deleted at once."""

    @bench.instead("deleteDeployment")
    def at_once(call: Call, handler: Handler) -> Reply:
        found = call.group.deployments.get(call.path["deploymentId"])
        if found is not None and enactments.moment(call, found).status in lifecycle.STOPPABLE:
            call.group.delete(found)
            return Reply(202, {"id": found.id, "message": "Deletion scheduled"})
        return handler(call)


@mutant("deployment-delete-refused-yet-done", "LM-DEPLOYMENT-DELETE-ACTIVE")
def deployment_delete_refused_yet_done(bench: Bench) -> None:
    """BUG: deleting a running deployment is refused, and it is deleted all the same."""
    refused_yet_deleted(bench, "deleteDeployment", "deployments")


@mutant("deployment-delete-unknown-status", "LM-DEPLOYMENT-DELETE-UNKNOWN-STATUS")
def deployment_delete_unknown_status(bench: Bench) -> None:
    """BUG: a deployment with the status UNKNOWN cannot be deleted."""

    @bench.before("deleteDeployment")
    def refused(call: Call) -> None:
        found = call.group.deployments.get(call.path["deploymentId"])
        if found is not None and enactments.moment(call, found).status == "UNKNOWN":
            raise Problem(412, WRONG_STATE, "Invalid Request, Current status UNKNOWN cannot be changed.")


@mutant("deployment-delete-unknown-status-stays", "LM-DEPLOYMENT-DELETE-UNKNOWN-STATUS")
def deployment_delete_unknown_status_stays(bench: Bench) -> None:
    """BUG: deleting a deployment with the status UNKNOWN answers 202, and it stays."""

    @bench.instead("deleteDeployment")
    def promised(call: Call, handler: Handler) -> Reply:
        found = call.group.deployments.get(call.path["deploymentId"])
        if found is not None and enactments.moment(call, found).status == "UNKNOWN":
            return Reply(202, {"id": found.id, "message": "Deletion scheduled"})
        return handler(call)


@mutant("deployment-delete-unknown", "LM-DEPLOYMENT-DELETE-404")
def deployment_delete_unknown(bench: Bench) -> None:
    """BUG: deleting a deployment that does not exist answers 202."""
    takes_unknown(bench, "deleteDeployment", "deployments")


@mutant("deployment-delete-counted", "LM-DEPLOYMENT-DELETE-UNCOUNTED")
def deployment_delete_counted(bench: Bench) -> None:
    """BUG: a deployment that was deleted is counted forever."""
    deleted: dict[str, str] = {}

    @bench.instead("deleteDeployment")
    def remember(call: Call, handler: Handler) -> Reply:
        found = call.group.deployments.get(call.path["deploymentId"])
        reply = handler(call)
        if found is not None:
            deleted[found.id] = found.configuration["id"]
        return reply

    @bench.after("countDeployments")
    def more(call: Call, reply: Reply) -> None:
        gone = [own for key, own in deleted.items() if key not in call.group.deployments]
        wanted = call.query.get("configurationId")
        reply.text = str(int(reply.text or 0) + sum(wanted in (None, own) for own in gone))


@mutant("deployment-delete-names-another", "LM-DEPLOYMENT-ANSWER-ID")
def deployment_delete_names_another(bench: Bench) -> None:
    """BUG: the answer to deleting a deployment has another id."""

    @bench.after("deleteDeployment")
    def job(call: Call, reply: Reply) -> None:
        reply.json["id"] = f"job-{call.path['deploymentId']}"


@mutant("deployment-comes-back", "LM-DEPLOYMENT-STAYS-DELETED")
def deployment_comes_back(bench: Bench) -> None:
    """BUG: a deleted deployment is there again a moment after it was gone."""
    reads = ("getDeployment", "listDeployments", "countDeployments")
    brings_back(bench, "deleteDeployment", "deploymentId", "deployments", *reads)


@mutant("deployment-counted-again", "LM-DEPLOYMENT-STAYS-DELETED")
def deployment_counted_again(bench: Bench) -> None:
    """BUG: a moment after it was gone a deleted deployment is counted again."""
    kept = keeps_deleted(bench, "deleteDeployment", "deploymentId", "deployments")

    @bench.after("countDeployments")
    def more(call: Call, reply: Reply) -> None:
        wanted = call.query.get("configurationId")
        again = [
            1 for when, one in kept.values() if one.configuration["id"] == wanted and call.group.now() - when > AWAY
        ]
        if reply.text is not None:
            reply.text = str(int(reply.text) + len(again))


@mutant("deployment-delete-drops-configuration", "LM-DEPLOYMENT-DELETE-KEEPS-CONFIGURATION")
def deployment_delete_drops_configuration(bench: Bench) -> None:
    """BUG: deleting a deployment deletes its configuration."""

    @bench.after("deleteDeployment")
    def dropped(call: Call, reply: Reply) -> None:
        found = call.group.deployments.get(call.path["deploymentId"])
        if found is not None:
            call.group.configurations.pop(found.configuration["id"], None)


@mutant("deployment-delete-drops-model", "LM-DEPLOYMENT-DELETE-KEEPS-CONFIGURATION")
def deployment_delete_drops_model(bench: Bench) -> None:
    """BUG: deleting a deployment deletes the model that its configuration binds."""

    @bench.after("deleteDeployment")
    def dropped(call: Call, reply: Reply) -> None:
        found = call.group.deployments.get(call.path["deploymentId"])
        for binding in found.configuration["inputArtifactBindings"] if found is not None else ():
            call.group.artifacts.pop(binding["artifactId"], None)
