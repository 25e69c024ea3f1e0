"""Deployments that were updated or deleted and show it in one place alone: names, lists, lives, counts, answers."""

from __future__ import annotations

from typing import Any

from lmconform.mock import deployments, enactments
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.records import Enactment
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.registry import mutant


@mutant("deployment-update-keeps-name", "LM-DEPLOYMENT-UPDATE-NAME")
def keeps_name(bench: Bench) -> None:
    """BUG: "The name of an updated deployment's configuration, where it is told, is that of the new one."

    It is copied when the deployment is made.
    """
    first = _first(bench)

    @bench.after("getDeployment", "listDeployments")
    def copied(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if resource.get("configurationName") and resource["id"] in first:
                resource["configurationName"] = first[resource["id"]]["name"]


@mutant("deployment-update-not-indexed", "LM-DEPLOYMENT-UPDATE-FILTERED")
def not_indexed(bench: Bench) -> None:
    """BUG: "An updated deployment is listed under its new configuration, and not under the old one."

    The filter knows the one that it was made with alone.
    """
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
def listed_twice(bench: Bench) -> None:
    """BUG: "An updated deployment is listed under its new configuration, and not under the old one."

    It is listed under both.
    """
    first = _first(bench)

    @bench.after("listDeployments")
    def both(call: Call, reply: Reply) -> None:
        wanted, listed = call.query.get("configurationId"), {row.get("id") for row in resources(reply)}
        for found in call.group.deployments.values():
            if found.id in first and wanted == first[found.id]["id"] and found.id not in listed:
                call.path["deploymentId"] = found.id
                reply.json["resources"].append(enactments.get(deployments.KIND, call).json)
                reply.json["count"] += 1


@mutant("deployment-update-drops-ttl", "LM-DEPLOYMENT-UPDATE-KEEPS-TTL")
def drops_ttl(bench: Bench) -> None:
    """BUG: "A deployment that gets another configuration tells the time to live that it told before."

    It lives for ever from then on.
    """

    @bench.after("modifyDeployment")
    def for_ever(call: Call, reply: Reply) -> None:
        if "configurationId" in call.body:
            call.group.deployments[call.path["deploymentId"]].ttl = None


@mutant("deployment-delete-counted", "LM-DEPLOYMENT-DELETE-UNCOUNTED")
def counted(bench: Bench) -> None:
    """BUG: "A deployment that was deleted is not counted any more." It is counted for ever."""
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


@mutant("deployment-delete-unknown-status-stays", "LM-DEPLOYMENT-DELETE-UNKNOWN-STATUS")
def unknown_stays(bench: Bench) -> None:
    """BUG: "A deployment whose status is UNKNOWN can be deleted." It is promised, and never done."""

    @bench.instead("deleteDeployment")
    def promised(call: Call, handler: Handler) -> Reply:
        found = call.group.deployments.get(call.path["deploymentId"])
        if found is not None and enactments.moment(call, found).status == "UNKNOWN":
            return Reply(202, {"id": found.id, "message": "Deletion scheduled"})
        return handler(call)


@mutant("deployment-stop-names-another", "LM-DEPLOYMENT-ANSWER-ID")
def names_another(bench: Bench) -> None:
    """BUG: "The answers to stopping and to deleting a deployment tell its id." The former tells its configuration's."""

    @bench.after("modifyDeployment")
    def configuration(call: Call, reply: Reply) -> None:
        reply.json["id"] = call.group.deployments[call.path["deploymentId"]].configuration["id"]


@mutant("deployment-delete-names-another", "LM-DEPLOYMENT-ANSWER-ID")
def delete_names_another(bench: Bench) -> None:
    """BUG: "The answers to stopping and to deleting a deployment tell its id." The latter tells that of a job."""

    @bench.after("deleteDeployment")
    def job(call: Call, reply: Reply) -> None:
        reply.json["id"] = f"job-{call.path['deploymentId']}"


def _first(bench: Bench) -> dict[str, dict[str, Any]]:
    """Id of each deployment to the configuration that it was made with, once it is made."""
    first: dict[str, dict[str, Any]] = {}

    @bench.after("createDeployment")
    def remember(call: Call, reply: Reply) -> None:
        first[reply.json["id"]] = call.group.deployments[reply.json["id"]].configuration

    return first
