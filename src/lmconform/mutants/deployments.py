"""Deployments that are made and shown otherwise than they should be."""

from __future__ import annotations

from lmconform.mock import bindings
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.common import (
    elsewhere,
    loosen,
    malformed_422,
    oldest_configuration,
    optional,
    same_again,
    unknown_is_200,
    wrong_location,
)
from lmconform.mutants.registry import mutant


@mutant("deployment-unknown-200", "LM-DEPLOYMENT-UNKNOWN-404")
def unknown(bench: Bench) -> None:
    """BUG: "Reading a deployment that does not exist answers 404." An empty object answers with 200."""
    unknown_is_200(bench, "getDeployment")


@mutant("deployment-status-scheduled", "LM-DEPLOYMENT-CREATE-HAS-STATUS", "LM-DEPLOYMENT-CREATE-UNKNOWN")
def status_scheduled(bench: Bench) -> None:
    """BUG: "The answer to the creation of a deployment names its status." It says SCHEDULED, which is none."""
    elsewhere(bench, "createDeployment", "status", "SCHEDULED")


@mutant("deployment-status-pending", "LM-DEPLOYMENT-CREATE-UNKNOWN")
def status_pending(bench: Bench) -> None:
    """BUG: "A deployment begins with status UNKNOWN." The answer says PENDING."""
    elsewhere(bench, "createDeployment", "status", "PENDING")


@mutant("deployment-creation-without-url", "LM-DEPLOYMENT-CREATE-HAS-URL")
def creation_without_url(bench: Bench) -> None:
    """BUG: "The answer to the creation of a deployment has a deploymentUrl, which may be empty."

    It is left out while there is none.
    """

    @bench.after("createDeployment")
    def without(call: Call, reply: Reply) -> None:
        reply.json.pop("deploymentUrl", None)


@mutant("deployment-created-by-update", "LM-DEPLOYMENT-CREATE-OPERATION")
def created_by_update(bench: Bench) -> None:
    """BUG: "The last operation of a new deployment is CREATE, if it is one of the published words."

    It is UPDATE from the start.
    """

    @bench.after("getDeployment")
    def update(call: Call, reply: Reply) -> None:
        if reply.json["lastOperation"] == "CREATE":
            reply.json["lastOperation"] = "UPDATE"


@mutant("deployment-location", "LM-DEPLOYMENT-CREATE-LOCATION")
def location(bench: Bench) -> None:
    """BUG: "A Location on the creation of a deployment holds the deployment's id." It holds another id."""
    wrong_location(bench, "createDeployment")


@mutant("deployment-one-per-configuration", "LM-DEPLOYMENT-CREATE-TWICE")
def one_each(bench: Bench) -> None:
    """BUG: "Deploying one configuration twice makes two deployments with two ids."

    The second answer is the first again.
    """
    same_again(bench, "createDeployment")


@mutant("deployment-unknown-configuration", "LM-DEPLOYMENT-CREATE-UNKNOWN-CONFIGURATION")
def unknown_configuration(bench: Bench) -> None:
    """BUG: "A deployment of a configuration that does not exist is refused at once, with 400 or 404."

    It is taken, and never comes to be.
    """

    @bench.instead("createDeployment")
    def taken(call: Call, handler: Handler) -> Reply:
        if call.body["configurationId"] not in call.group.configurations:
            answer = {"id": "d0123456789abcde", "message": "Deployment scheduled.", "status": "UNKNOWN"}
            return Reply(202, {**answer, "deploymentUrl": ""})
        return handler(call)


@mutant("deployment-unchecked", "LM-DEPLOYMENT-CREATE-CHECKED", "LM-DEPLOYMENT-UPDATE-CHECKED")
def unchecked(bench: Bench) -> None:
    """BUG: "A deployment whose configuration leaves out what the executable asks for is refused at once."

    It is started, and dies later, as an execution does.
    """

    @bench.patch(bindings, "missing")
    def nothing(original, group, configuration, executable):  # type: ignore[no-untyped-def]
        return "" if executable.deployable else original(group, configuration, executable)


@mutant("deployment-fresh-other-configuration", "LM-DEPLOYMENT-FRESH-GET")
def fresh_configuration(bench: Bench) -> None:
    """BUG: "A deployment can be read shortly after its creation, with its id and configurationId."

    It names no configuration of ours until it runs.
    """

    @bench.after("getDeployment")
    def none(call: Call, reply: Reply) -> None:
        if reply.json["status"] in ("UNKNOWN", "PENDING"):
            reply.json["configurationId"] = "not-yet-known"


@mutant("deployment-fresh-target", "LM-DEPLOYMENT-FRESH-TARGET")
def fresh_target(bench: Bench) -> None:
    """BUG: "A deployment that was just made has targetStatus RUNNING." It aims at COMPLETED, as executions do."""

    @bench.after("getDeployment")
    def completed(call: Call, reply: Reply) -> None:
        if reply.json["targetStatus"] == "RUNNING":
            reply.json["targetStatus"] = "COMPLETED"


@mutant("deployment-names-swapped", "LM-DEPLOYMENT-NAMES")
def names_swapped(bench: Bench) -> None:
    """BUG: "A deployment names its configuration and its scenario from the start."

    What it names as scenario is the executable.
    """

    @bench.after("getDeployment", "listDeployments")
    def swapped(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if "executableId" in resource:
                resource["scenarioId"] = resource["executableId"]


@mutant("deployment-goes-back", "LM-DEPLOYMENT-TRANSITIONS")
def goes_back(bench: Bench) -> None:
    """BUG: "A deployment goes through UNKNOWN and PENDING to RUNNING, and not back."

    One that is PENDING says UNKNOWN at every second look.
    """
    seen: dict[str, int] = {}

    @bench.after("getDeployment")
    def back(call: Call, reply: Reply) -> None:
        if reply.json["status"] == "PENDING":
            seen[reply.json["id"]] = seen.get(reply.json["id"], 0) + 1
            if seen[reply.json["id"]] % 2 == 0:
                reply.json["status"] = "UNKNOWN"


@mutant("deployment-starts-before-submission", "LM-DEPLOYMENT-TIMES-ORDERED")
def times(bench: Bench) -> None:
    """BUG: "A deployment is submitted, started and completed in this order." It starts before it is submitted."""

    @bench.after("getDeployment")
    def too_early(call: Call, reply: Reply) -> None:
        if reply.json.get("startTime"):
            reply.json["startTime"] = "2024-01-01T00:00:00Z"


@mutant("deployment-url-empty", "LM-DEPLOYMENT-URL", "LM-DEPLOYMENT-URL-HOLDS-ID")
def url_empty(bench: Bench) -> None:
    """BUG: "A deployment that runs has a deploymentUrl that is a URL." It stays empty."""

    @bench.after("getDeployment", "listDeployments")
    def empty(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if "deploymentUrl" in resource:
                resource["deploymentUrl"] = ""


@mutant("deployment-url-of-configuration", "LM-DEPLOYMENT-URL-HOLDS-ID")
def url_of_configuration(bench: Bench) -> None:
    """BUG: "The deploymentUrl of a deployment that runs holds the deployment's id." It holds the configuration's id."""

    @bench.after("getDeployment", "listDeployments")
    def other(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if resource.get("deploymentUrl"):
                resource["deploymentUrl"] = resource["deploymentUrl"].replace(
                    resource["id"], resource["configurationId"]
                )


@mutant("deployment-configuration-optional", "LM-DEPLOYMENT-BODY-REQUIRED")
def configuration_optional(bench: Bench) -> None:
    """BUG: "A deployment without configurationId is refused with 400." The first one that can be deployed is."""
    optional(bench, "DeploymentCreation", "configurationId")

    @bench.before("createDeployment")
    def any_one(call: Call) -> None:
        if "configurationId" not in call.body:
            if not call.group.configurations:
                raise Problem(404, "01010006", "There is no configuration")
            call.body["configurationId"] = next(iter(call.group.configurations))


@mutant("deployment-configuration-any", "LM-DEPLOYMENT-BODY-TYPE")
def configuration_any(bench: Bench) -> None:
    """BUG: "A deployment whose configurationId is no id is refused with 400 or 404." The oldest is taken."""
    loosen(bench, "DeploymentCreation", "configurationId")
    oldest_configuration(bench, "createDeployment")


@mutant("deployment-malformed-422", "LM-DEPLOYMENT-BODY-MALFORMED")
def malformed(bench: Bench) -> None:
    """BUG: "A deployment whose JSON is broken is refused with 400." It answers 422."""
    malformed_422(bench, "createDeployment")


@mutant("deployment-details-list", "LM-HTTP-BODY-SCHEMA")
def details_list(bench: Bench) -> None:
    """BUG: "The body of a successful answer is valid against its schema." Details of a deployment are a list."""

    @bench.after("getDeployment")
    def wrapped(call: Call, reply: Reply) -> None:
        if "details" in reply.json:
            reply.json["details"] = [reply.json["details"]]
