"""Deployments that are updated, stopped, deleted or kept alive otherwise than they should be."""

from __future__ import annotations

from lmconform.mock import deployments, enactments, lifecycle
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import WRONG_STATE, Problem
from lmconform.mutants.bench import Bench
from lmconform.mutants.common import (
    deletes_nothing,
    elsewhere,
    loosen,
    refuses_when,
    stops_nothing,
    takes_in_any_state,
    takes_unknown,
)
from lmconform.mutants.registry import mutant


@mutant("deployment-ttl-minutes", "LM-DEPLOYMENT-TTL-ECHO", "LM-FLOW-SERVING-TTL")
def ttl_minutes(bench: Bench) -> None:
    """BUG: "A time to live of 10h is taken, and reading the deployment shows it as it was sent."

    It is shown in minutes.
    """

    @bench.after("getDeployment", "listDeployments")
    def minutes(call: Call, reply: Reply) -> None:
        for resource in reply.json.get("resources", [reply.json]):
            if str(resource.get("ttl")).endswith("h"):
                resource["ttl"] = f"{int(resource['ttl'][:-1]) * 60}m"


@mutant("deployment-ttl-small-letters", "LM-DEPLOYMENT-TTL-UNITS")
def ttl_letters(bench: Bench) -> None:
    """BUG: "The unit of a time to live may be a capital: 1D is taken." Small letters alone are."""
    refuses_when(bench, "ttl has no unit", lambda call: "D" in call.body.get("ttl", ""), "createDeployment")


@mutant("deployment-ttl-anything", "LM-DEPLOYMENT-TTL-PATTERN")
def ttl_anything(bench: Bench) -> None:
    """BUG: "A time to live that is no whole number with one of the units is refused with 400."

    What is none stands for no end.
    """
    loosen(bench, "DeploymentCreation", "ttl")

    @bench.before("createDeployment")
    def without_end(call: Call) -> None:
        ttl = call.body.get("ttl")
        if not (isinstance(ttl, str) and ttl[:-1].isdecimal() and ttl[-1].lower() in "mhd"):
            call.body.pop("ttl", None)


@mutant("deployment-without-ttl-201", "LM-FLOW-SERVING-DEPLOYED")
def without_ttl(bench: Bench) -> None:
    """BUG: "A deployment is started with 202." Of a target that has no time to live, as this one, it is 201."""

    @bench.after("getMeta")
    def none(call: Call, reply: Reply) -> None:
        reply.json["aiApi"]["capabilities"]["timeToLiveDeployments"] = False

    @bench.after("createDeployment")
    def created(call: Call, reply: Reply) -> None:
        reply.status = 201


@mutant("deployment-update-ignored", "LM-DEPLOYMENT-UPDATE", "LM-FLOW-SERVING-UPDATED")
def update_ignored(bench: Bench) -> None:
    """BUG: "A running deployment takes another configuration with 202, and shows it at once."

    It takes it, and goes on with the old one.
    """

    @bench.before("modifyDeployment")
    def keep(call: Call) -> None:
        found = call.group.deployments.get(call.path["deploymentId"])
        if found is not None and call.body.get("configurationId") in call.group.configurations:
            call.body["configurationId"] = found.configuration["id"]


@mutant("deployment-update-200", "LM-DEPLOYMENT-UPDATE", "LM-HTTP-STATUS-DECLARED")
def update_200(bench: Bench) -> None:
    """BUG: "A running deployment takes another configuration with 202, and shows it at once." The answer is 200."""

    @bench.after("modifyDeployment")
    def ok(call: Call, reply: Reply) -> None:
        if "configurationId" in call.body:
            reply.status = 200


@mutant("deployment-update-forgets-rollback", "LM-DEPLOYMENT-UPDATE-ROLLBACK")
def forgets_rollback(bench: Bench) -> None:
    """BUG: "An updated deployment shows the configuration that ran before as latestRunningConfigurationId."

    It shows the new one before it has run.
    """

    @bench.after("getDeployment")
    def new(call: Call, reply: Reply) -> None:
        reply.json["latestRunningConfigurationId"] = reply.json["configurationId"]


@mutant("deployment-update-is-create", "LM-DEPLOYMENT-UPDATE-OPERATION")
def update_is_create(bench: Bench) -> None:
    """BUG: "The last operation of an updated deployment is UPDATE, if it is one of the published words."

    It stays CREATE.
    """
    elsewhere(bench, "getDeployment", "lastOperation", "CREATE")


@mutant("deployment-update-to-nothing", "LM-DEPLOYMENT-UPDATE-UNKNOWN-CONFIGURATION")
def update_to_nothing(bench: Bench) -> None:
    """BUG: "An update to a configuration that does not exist is refused at once and changes nothing."

    It is taken, and changes nothing.
    """

    @bench.before("modifyDeployment")
    def keep(call: Call) -> None:
        found = call.group.deployments.get(call.path["deploymentId"])
        if found is not None and "configurationId" in call.body:
            wanted = call.body["configurationId"]
            call.body["configurationId"] = wanted if wanted in call.group.configurations else found.configuration["id"]


@mutant("deployment-update-refused-yet-done", "LM-DEPLOYMENT-UPDATE-CHECKED")
def update_refused_yet_done(bench: Bench) -> None:
    """BUG: "An update to a configuration that leaves out what the executable asks for is refused at once."

    It is refused, and shown all the same.
    """

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
def update_stopped(bench: Bench) -> None:
    """BUG: "A stopped deployment takes no other configuration: 400 or 412, and nothing changes."

    It takes it, and starts again.
    """

    @bench.before("modifyDeployment")
    def again(call: Call) -> None:
        found = call.group.deployments.get(call.path["deploymentId"])
        if found is not None and "configurationId" in call.body and found.deleted is None:
            found.stopped = None


@mutant("deployment-update-unknown", "LM-DEPLOYMENT-UPDATE-404", "LM-DEPLOYMENT-STOP-404")
def update_unknown(bench: Bench) -> None:
    """BUG: "An update of a deployment that does not exist answers 404." It answers 202."""
    takes_unknown(bench, "modifyDeployment", "deployments")


@mutant("deployment-update-anything", "LM-DEPLOYMENT-UPDATE-BODY")
def update_anything(bench: Bench) -> None:
    """BUG: "An update to what is no id of a configuration is refused with 400, 404 or 412." It is left out."""
    loosen(bench, "DeploymentModification", "configurationId")

    @bench.instead("modifyDeployment")
    def without(call: Call, handler: Handler) -> Reply:
        if call.body.get("configurationId", "") not in list(call.group.configurations):
            call.body.pop("configurationId", None)
        return handler(call) if call.body else Reply(202, {"id": call.path["deploymentId"], "message": "Scheduled"})


@mutant("deployment-stop-ignored", "LM-DEPLOYMENT-STOP")
def stop_ignored(bench: Bench) -> None:
    """BUG: "Stopping a pending or running deployment answers 202, and it becomes STOPPED." It goes on."""
    stops_nothing(bench, "modifyDeployment", "deployments")


@mutant("deployment-stop-target", "LM-DEPLOYMENT-STOP-TARGET")
def stop_target(bench: Bench) -> None:
    """BUG: "A deployment that was stopped has targetStatus STOPPED." It still aims at RUNNING."""

    @bench.after("getDeployment")
    def running(call: Call, reply: Reply) -> None:
        if reply.json.get("targetStatus") == "STOPPED":
            reply.json["targetStatus"] = "RUNNING"


@mutant("deployment-stop-ended", "LM-DEPLOYMENT-STOP-ENDED")
def stop_ended(bench: Bench) -> None:
    """BUG: "Stopping a deployment that is stopped or dead is refused with 400 or 412 and changes nothing."

    It is accepted.
    """
    takes_in_any_state(bench, "modifyDeployment")


@mutant("deployment-stop-ended-begins-again", "LM-DEPLOYMENT-STOP-ENDED")
def stop_begins_again(bench: Bench) -> None:
    """BUG: "Stopping a deployment that is stopped or dead is refused with 400 or 412 and changes nothing."

    It is refused, and the deployment is STOPPING once more.
    """

    @bench.before("modifyDeployment")
    def again(call: Call) -> None:
        found = call.group.deployments.get(call.path["deploymentId"])
        if found is not None and enactments.moment(call, found).status == "STOPPED":
            found.stopped = call.group.now()


@mutant("deployment-stop-unknown-status", "LM-DEPLOYMENT-STOP-UNKNOWN-STATUS")
def stop_fresh(bench: Bench) -> None:
    """BUG: "Stopping a deployment whose status is UNKNOWN is refused with 400 or 412." It is stopped."""

    @bench.instead("modifyDeployment")
    def stopped(call: Call, handler: Handler) -> Reply:
        found = call.group.deployments.get(call.path["deploymentId"])
        if found is not None and enactments.moment(call, found).status == "UNKNOWN" and "targetStatus" in call.body:
            found.stopped = call.group.now()
            return Reply(202, enactments.modified(deployments.KIND, found))
        return handler(call)


@mutant("deployment-stop-anything", "LM-DEPLOYMENT-STOP-BODY")
def stop_anything(bench: Bench) -> None:
    """BUG: "A targetStatus other than STOPPED is refused for a deployment with 400 or 412."

    Any other word changes nothing, with 202.
    """
    loosen(bench, "DeploymentModification", "targetStatus")

    @bench.instead("modifyDeployment")
    def nothing(call: Call, handler: Handler) -> Reply:
        if call.body.get("targetStatus", "STOPPED") != "STOPPED":
            return Reply(202, {"id": call.path["deploymentId"], "message": "Deployment modification scheduled"})
        return handler(call)


@mutant("deployment-stop-unknown-412", "LM-DEPLOYMENT-STOP-404", "LM-DEPLOYMENT-UPDATE-404")
def stop_unknown(bench: Bench) -> None:
    """BUG: "Stopping a deployment that does not exist answers 404." It is no state to be stopped in: 412."""

    @bench.before("modifyDeployment")
    def refused(call: Call) -> None:
        if call.path["deploymentId"] not in call.group.deployments:
            raise Problem(412, WRONG_STATE, "Invalid Request, there is no such deployment")


@mutant("deployment-delete-ignored", "LM-DEPLOYMENT-DELETE", "LM-FLOW-SERVING-DELETED")
def delete_ignored(bench: Bench) -> None:
    """BUG: "Deleting a stopped or dead deployment answers 202; after a while it is neither read nor listed."

    It stays.
    """
    deletes_nothing(bench, "deleteDeployment")


@mutant("deployment-delete-target", "LM-DEPLOYMENT-DELETE-TARGET")
def delete_target(bench: Bench) -> None:
    """BUG: "A deployment that is being deleted has targetStatus DELETED until it is gone."

    It aims at STOPPED until then.
    """

    @bench.after("getDeployment")
    def stopped(call: Call, reply: Reply) -> None:
        if reply.json.get("targetStatus") == "DELETED":
            reply.json["targetStatus"] = "STOPPED"


@mutant("deployment-delete-active", "LM-DEPLOYMENT-DELETE-ACTIVE")
def delete_active(bench: Bench) -> None:
    """BUG: "A pending or running deployment is not deleted before it is stopped: 400 or 412." It is deleted at once."""

    @bench.instead("deleteDeployment")
    def at_once(call: Call, handler: Handler) -> Reply:
        found = call.group.deployments.get(call.path["deploymentId"])
        if found is not None and enactments.moment(call, found).status in lifecycle.STOPPABLE:
            call.group.delete(found)
            return Reply(202, {"id": found.id, "message": "Deletion scheduled"})
        return handler(call)


@mutant("deployment-delete-unknown-status", "LM-DEPLOYMENT-DELETE-UNKNOWN-STATUS")
def delete_fresh(bench: Bench) -> None:
    """BUG: "A deployment whose status is UNKNOWN can be deleted." It has to be stopped first."""

    @bench.before("deleteDeployment")
    def refused(call: Call) -> None:
        found = call.group.deployments.get(call.path["deploymentId"])
        if found is not None and enactments.moment(call, found).status == "UNKNOWN":
            raise Problem(412, WRONG_STATE, "Invalid Request, Current status UNKNOWN cannot be changed.")


@mutant("deployment-delete-unknown", "LM-DEPLOYMENT-DELETE-404")
def delete_unknown(bench: Bench) -> None:
    """BUG: "Deleting a deployment that does not exist answers 404." It answers 202."""
    takes_unknown(bench, "deleteDeployment", "deployments")
