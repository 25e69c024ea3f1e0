"""Bulk updates of deployments: entries that are lost, mixed up, or not what they say."""

from __future__ import annotations

from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench
from lmconform.mutants.common import SCHEMAS, acknowledges, deletes_nothing, each, malformed_422, stops_nothing
from lmconform.mutants.registry import mutant


@mutant("deployment-bulk-order", "LM-DEPLOYMENT-BULK-RESULTS-IN-ORDER")
def bulk_order(bench: Bench) -> None:
    """BUG: "A bulk update of deployments answers 202 with one result for each entry, in their order."

    The last comes first.
    """

    @bench.after("modifyDeployments")
    def reverse(call: Call, reply: Reply) -> None:
        reply.json["deployments"].reverse()


@mutant("deployment-bulk-unknown-left-out", "LM-DEPLOYMENT-BULK-UNKNOWN-ID", "LM-DEPLOYMENT-BULK-RESULTS-IN-ORDER")
def bulk_left_out(bench: Bench) -> None:
    """BUG: "In a bulk update an unknown deployment is an error of its entry, with code 01010016."

    There is no entry for it.
    """

    @bench.after("modifyDeployments")
    def known(call: Call, reply: Reply) -> None:
        reply.json["deployments"] = [e for e in each(reply, "deployments") if e["id"] in call.group.deployments]


@mutant("deployment-bulk-unknown-code", "LM-DEPLOYMENT-BULK-UNKNOWN-ID")
def bulk_code(bench: Bench) -> None:
    """BUG: "In a bulk update an unknown deployment is an error of its entry, with code 01010016."

    The code is that of an unknown execution.
    """

    @bench.after("modifyDeployments")
    def other(call: Call, reply: Reply) -> None:
        for entry in each(reply, "deployments"):
            if "error" in entry:
                entry["error"]["code"] = "01010020"


@mutant("deployment-bulk-stop-ignored", "LM-DEPLOYMENT-BULK-STOP")
def bulk_stop(bench: Bench) -> None:
    """BUG: "A bulk update stops a running deployment, whatever becomes of the other entries." It goes on."""
    stops_nothing(bench, "modifyDeployments", "deployments")


@mutant("deployment-bulk-delete-ignored", "LM-DEPLOYMENT-BULK-DELETE")
def bulk_delete(bench: Bench) -> None:
    """BUG: "A bulk update deletes a deployment that is stopped, whatever becomes of the other entries." It stays."""
    deletes_nothing(bench, "modifyDeployments")


@mutant("deployment-bulk-delete-active", "LM-DEPLOYMENT-BULK-DELETE-ACTIVE")
def bulk_delete_active(bench: Bench) -> None:
    """BUG: "A bulk update does not delete a pending or running deployment; that is an error of its entry."

    It deletes whatever it is told to.
    """

    @bench.before("modifyDeployments")
    def active(call: Call) -> None:
        for entry in call.body["deployments"]:
            found = call.group.deployments.get(entry["id"])
            if found is not None and entry["targetStatus"] == "DELETED" and found.deleted is None:
                call.group.delete(found)

    @bench.after("modifyDeployments")
    def done(call: Call, reply: Reply) -> None:
        for entry in each(reply, "deployments"):
            if entry["id"] in call.group.deployments and entry.pop("error", None):
                entry["message"] = "Deployment modification scheduled"


@mutant("deployment-bulk-empty", "LM-DEPLOYMENT-BULK-EMPTY")
def bulk_empty(bench: Bench) -> None:
    """BUG: "A bulk update without deployments is refused with 400." Nothing is done, with 202."""
    bench.schema(f"{SCHEMAS}/DeploymentBulkModification/properties/deployments").pop("minItems")


@mutant("deployment-bulk-target", "LM-DEPLOYMENT-BULK-BODY-TARGET")
def bulk_target(bench: Bench) -> None:
    """BUG: "A bulk update of deployments to anything but STOPPED and DELETED is refused, or is an error of its entry."

    It does nothing.
    """
    _bulk_entry(bench)["properties"]["targetStatus"] = {"type": "string"}
    acknowledges(bench, "modifyDeployments", "deployments")


@mutant("deployment-bulk-required", "LM-DEPLOYMENT-BULK-BODY-REQUIRED")
def bulk_required(bench: Bench) -> None:
    """BUG: "A bulk update with a deployment without id or targetStatus is refused, or is an error of its entry."

    Entries without an id are passed over.
    """
    _bulk_entry(bench)["required"] = ["targetStatus"]

    @bench.before("modifyDeployments")
    def passed_over(call: Call) -> None:
        call.body["deployments"] = [e for e in call.body["deployments"] if "id" in e]


@mutant("deployment-bulk-malformed-422", "LM-DEPLOYMENT-BULK-BODY-MALFORMED")
def bulk_malformed(bench: Bench) -> None:
    """BUG: "A bulk update of deployments whose JSON is broken is refused with 400." It answers 422."""
    malformed_422(bench, "modifyDeployments")


def _bulk_entry(bench: Bench) -> dict:  # type: ignore[type-arg]
    return bench.schema(f"{SCHEMAS}/DeploymentBulkModification/properties/deployments/items")
