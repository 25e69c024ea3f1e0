"""Deployments that are created and shown otherwise than they should be."""

from __future__ import annotations

from lmconform.mock import bindings
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem, not_found
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.defects.answers import elsewhere, malformed_422, refuses_when, unknown_is_200, wrong_location
from lmconform.mutants.defects.bodies import loosen, oldest_configuration, optional, same_again
from lmconform.mutants.defects.times import stays_pending
from lmconform.mutants.registry import mutant


@mutant("deployment-configuration-optional", "LM-DEPLOYMENT-BODY-REQUIRED")
def deployment_configuration_optional(bench: Bench) -> None:
    """BUG: a deployment without configurationId is created from the first configuration."""
    optional(bench, "DeploymentCreation", "configurationId")

    @bench.before("createDeployment")
    def any_one(call: Call) -> None:
        if "configurationId" not in call.body:
            if not call.group.configurations:
                raise Problem(404, "01010006", "There is no configuration")
            call.body["configurationId"] = next(iter(call.group.configurations))


@mutant("deployment-configuration-any", "LM-DEPLOYMENT-BODY-TYPE")
def deployment_configuration_any(bench: Bench) -> None:
    """BUG: a configurationId that is no id stands for the oldest deployable configuration."""
    loosen(bench, "DeploymentCreation", "configurationId")
    oldest_configuration(bench, "createDeployment")


@mutant("deployment-malformed-422", "LM-DEPLOYMENT-BODY-MALFORMED")
def deployment_malformed_422(bench: Bench) -> None:
    """BUG: a deployment whose JSON is broken is refused with 422 instead of 400."""
    malformed_422(bench, "createDeployment")


@mutant("deployment-unknown-configuration", "LM-DEPLOYMENT-CREATE-UNKNOWN-CONFIGURATION")
def deployment_unknown_configuration(bench: Bench) -> None:
    """BUG: a deployment of an unknown configuration answers 202, and is never created."""

    @bench.instead("createDeployment")
    def taken(call: Call, handler: Handler) -> Reply:
        if call.body["configurationId"] not in call.group.configurations:
            answer = {"id": "d0123456789abcde", "message": "Deployment scheduled.", "status": "UNKNOWN"}
            return Reply(202, {**answer, "deploymentUrl": ""})
        return handler(call)


@mutant("deployment-unchecked", "LM-DEPLOYMENT-CREATE-CHECKED", "LM-DEPLOYMENT-UPDATE-CHECKED")
def deployment_unchecked(bench: Bench) -> None:
    """BUG: a deployment that lacks what its executable asks for is started, and dies later."""

    @bench.patch(bindings, "missing")
    def nothing(original, group, configuration, executable):  # type: ignore[no-untyped-def]
        return "" if executable.deployable else original(group, configuration, executable)

    @bench.patch(bindings, "unresolved")
    def resolved(original, configuration, executable):  # type: ignore[no-untyped-def]
        return ()


@mutant("deployment-status-scheduled", "LM-DEPLOYMENT-CREATE-HAS-STATUS", "LM-DEPLOYMENT-CREATE-UNKNOWN")
def deployment_status_scheduled(bench: Bench) -> None:
    """BUG: the answer to the creation of a deployment has the status SCHEDULED, which is none."""
    elsewhere(bench, "createDeployment", "status", "SCHEDULED")


@mutant("deployment-status-pending", "LM-DEPLOYMENT-CREATE-UNKNOWN")
def deployment_status_pending(bench: Bench) -> None:
    """BUG: the answer to the creation of a deployment has the status PENDING instead of UNKNOWN."""
    elsewhere(bench, "createDeployment", "status", "PENDING")


@mutant("deployment-status-missing", "LM-DEPLOYMENT-CREATE-HAS-STATUS", "LM-DEPLOYMENT-CREATE-UNKNOWN")
def deployment_status_missing(bench: Bench) -> None:
    """BUG: the answer to the creation of a deployment has no status."""

    @bench.after("createDeployment")
    def without(call: Call, reply: Reply) -> None:
        reply.json.pop("status", None)


@mutant("deployment-creation-without-url", "LM-DEPLOYMENT-CREATE-HAS-URL")
def deployment_creation_without_url(bench: Bench) -> None:
    """BUG: the answer to the creation of a deployment has no deploymentUrl."""

    @bench.after("createDeployment")
    def without(call: Call, reply: Reply) -> None:
        reply.json.pop("deploymentUrl", None)


@mutant("deployment-created-by-update", "LM-DEPLOYMENT-CREATE-OPERATION")
def deployment_created_by_update(bench: Bench) -> None:
    """BUG: the last operation of a new deployment is UPDATE instead of CREATE."""

    @bench.after("getDeployment")
    def update(call: Call, reply: Reply) -> None:
        if reply.json["lastOperation"] == "CREATE":
            reply.json["lastOperation"] = "UPDATE"


@mutant("deployment-location", "LM-DEPLOYMENT-CREATE-LOCATION")
def deployment_location(bench: Bench) -> None:
    """BUG: Location on the creation of a deployment holds another id."""
    wrong_location(bench, "createDeployment")


@mutant("deployment-one-per-configuration", "LM-DEPLOYMENT-CREATE-TWICE")
def deployment_one_per_configuration(bench: Bench) -> None:
    """BUG: deploying a configuration again answers with the first deployment."""
    same_again(bench, "createDeployment")


@mutant("deployment-unknown-200", "LM-DEPLOYMENT-UNKNOWN-404")
def deployment_unknown_200(bench: Bench) -> None:
    """BUG: a deployment that does not exist is answered with 200 and an empty object."""
    unknown_is_200(bench, "getDeployment")


@mutant("deployment-listed-only", "LM-DEPLOYMENT-FRESH-GET")
def deployment_listed_only(bench: Bench) -> None:
    """BUG: a deployment is listed, and not found by its id."""

    @bench.before("getDeployment")
    def hidden(call: Call) -> None:
        raise not_found("Deployment", call.path["deploymentId"])


@mutant("deployment-fresh-other-configuration", "LM-DEPLOYMENT-FRESH-GET")
def deployment_fresh_other_configuration(bench: Bench) -> None:
    """BUG: a deployment shows another configurationId until it is RUNNING."""

    @bench.after("getDeployment")
    def none(call: Call, reply: Reply) -> None:
        if reply.json["status"] in ("UNKNOWN", "PENDING"):
            reply.json["configurationId"] = "not-yet-known"


@mutant("deployment-fresh-target", "LM-DEPLOYMENT-FRESH-TARGET")
def deployment_fresh_target(bench: Bench) -> None:
    """BUG: a deployment has the targetStatus COMPLETED instead of RUNNING."""

    @bench.after("getDeployment")
    def completed(call: Call, reply: Reply) -> None:
        if reply.json["targetStatus"] == "RUNNING":
            reply.json["targetStatus"] = "COMPLETED"


@mutant("deployment-names-swapped", "LM-DEPLOYMENT-NAMES")
def deployment_names_swapped(bench: Bench) -> None:
    """BUG: a deployment shows its executable as its scenario."""

    @bench.after("getDeployment", "listDeployments")
    def swapped(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if "executableId" in resource:
                resource["scenarioId"] = resource["executableId"]


@mutant("deployment-names-by-id", "LM-DEPLOYMENT-NAMES")
def deployment_names_by_id(bench: Bench) -> None:
    """BUG: a deployment shows the id of its configuration as its name."""

    @bench.after("getDeployment")
    def by_id(call: Call, reply: Reply) -> None:
        if "configurationName" in reply.json:
            reply.json["configurationName"] = reply.json["configurationId"]


@mutant("deployment-goes-back", "LM-DEPLOYMENT-TRANSITIONS")
def deployment_goes_back(bench: Bench) -> None:
    """BUG: a PENDING deployment shows UNKNOWN at every second request."""
    stays_pending(bench)
    seen: dict[str, int] = {}

    @bench.after("getDeployment")
    def back(call: Call, reply: Reply) -> None:
        if reply.json["status"] == "PENDING":
            seen[reply.json["id"]] = seen.get(reply.json["id"], 0) + 1
            if seen[reply.json["id"]] % 2 == 0:
                reply.json["status"] = "UNKNOWN"


@mutant("deployment-starts-before-submission", "LM-DEPLOYMENT-TIMES-ORDERED")
def deployment_starts_before_submission(bench: Bench) -> None:
    """BUG: startTime of a deployment is years before its submissionTime."""

    @bench.after("getDeployment")
    def too_early(call: Call, reply: Reply) -> None:
        if reply.json.get("startTime"):
            reply.json["startTime"] = "2024-01-01T00:00:00Z"


@mutant("deployment-url-empty", "LM-DEPLOYMENT-URL", "LM-DEPLOYMENT-URL-HOLDS-ID")
def deployment_url_empty(bench: Bench) -> None:
    """BUG: the deploymentUrl of a running deployment is empty."""

    @bench.after("getDeployment", "listDeployments")
    def empty(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if "deploymentUrl" in resource:
                resource["deploymentUrl"] = ""


@mutant("deployment-url-of-configuration", "LM-DEPLOYMENT-URL-HOLDS-ID")
def deployment_url_of_configuration(bench: Bench) -> None:
    """BUG: the deploymentUrl holds the id of the configuration instead of the deployment."""

    @bench.after("getDeployment", "listDeployments")
    def other(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if resource.get("deploymentUrl"):
                resource["deploymentUrl"] = resource["deploymentUrl"].replace(
                    resource["id"], resource["configurationId"]
                )


@mutant("deployment-ttl-minutes", "LM-DEPLOYMENT-TTL-ECHO", "LM-FLOW-SERVING-TTL")
def deployment_ttl_minutes(bench: Bench) -> None:
    """BUG: a time to live in hours is shown in minutes."""

    @bench.after("getDeployment", "listDeployments")
    def minutes(call: Call, reply: Reply) -> None:
        for resource in reply.json.get("resources", [reply.json]):
            if str(resource.get("ttl")).endswith("h"):
                resource["ttl"] = f"{int(resource['ttl'][:-1]) * 60}m"


@mutant("deployment-ttl-hidden", "LM-DEPLOYMENT-TTL-ECHO", "LM-FLOW-SERVING-TTL")
def deployment_ttl_hidden(bench: Bench) -> None:
    """BUG: a deployment is shown without its time to live."""

    @bench.after("getDeployment", "listDeployments")
    def hidden(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            resource.pop("ttl", None)


@mutant("deployment-ttl-refused", "LM-DEPLOYMENT-TTL-ECHO", "LM-FLOW-SERVING-TTL")
def deployment_ttl_refused(bench: Bench) -> None:
    """BUG: time to live is advertised, and a deployment that has one is refused."""
    refuses_when(bench, "ttl is unknown", lambda call: "ttl" in call.body, "createDeployment")


@mutant("deployment-ttl-small-letters", "LM-DEPLOYMENT-TTL-UNITS")
def deployment_ttl_small_letters(bench: Bench) -> None:
    """BUG: a time to live whose unit is a capital is refused."""
    refuses_when(bench, "ttl has no unit", lambda call: "D" in call.body.get("ttl", ""), "createDeployment")


@mutant("deployment-ttl-anything", "LM-DEPLOYMENT-TTL-PATTERN")
def deployment_ttl_anything(bench: Bench) -> None:
    """BUG: a time to live that breaks the pattern is ignored instead of refused."""
    loosen(bench, "DeploymentCreation", "ttl")

    @bench.before("createDeployment")
    def without_end(call: Call) -> None:
        ttl = call.body.get("ttl")
        if not (isinstance(ttl, str) and ttl[:-1].isdecimal() and ttl[-1].lower() in "mhd"):
            call.body.pop("ttl", None)
