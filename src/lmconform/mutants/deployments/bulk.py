"""Bulk updates of deployments."""

from __future__ import annotations

from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.answers import malformed_422
from lmconform.mutants.defects.bodies import SCHEMAS
from lmconform.mutants.defects.bulk import (
    acknowledges,
    all_or_nothing,
    bulk_entry,
    each,
    ends_at_error,
    errors_succeed,
    takes_gone,
)
from lmconform.mutants.defects.changes import deletes_nothing, stops_nothing
from lmconform.mutants.registry import mutant


@mutant("deployment-bulk-takes-gone", "LM-DEPLOYMENT-BULK-MIXED")
def deployment_bulk_takes_gone(bench: Bench) -> None:
    """BUG: deleting a deployment that is gone already in a bulk update is a success."""
    takes_gone(bench, "createDeployment", "modifyDeployments", "deployments")


@mutant("deployment-bulk-order", "LM-DEPLOYMENT-BULK-RESULTS-IN-ORDER")
def deployment_bulk_order(bench: Bench) -> None:
    """BUG: the results of a bulk update come in reverse order."""

    @bench.after("modifyDeployments")
    def reverse(call: Call, reply: Reply) -> None:
        reply.json["deployments"].reverse()


@mutant("deployment-bulk-empty", "LM-DEPLOYMENT-BULK-EMPTY")
def deployment_bulk_empty(bench: Bench) -> None:
    """BUG: a bulk update without entries is accepted."""
    bench.schema(f"{SCHEMAS}/DeploymentBulkModification/properties/deployments").pop("minItems")


@mutant("deployment-bulk-unknown-left-out", "LM-DEPLOYMENT-BULK-UNKNOWN-ID", "LM-DEPLOYMENT-BULK-RESULTS-IN-ORDER")
def deployment_bulk_unknown_left_out(bench: Bench) -> None:
    """BUG: an unknown deployment has no entry in the answer to a bulk update."""

    @bench.after("modifyDeployments")
    def known(call: Call, reply: Reply) -> None:
        reply.json["deployments"] = [e for e in each(reply, "deployments") if e["id"] in call.group.deployments]


@mutant("deployment-bulk-unknown-code", "LM-DEPLOYMENT-BULK-UNKNOWN-ID")
def deployment_bulk_unknown_code(bench: Bench) -> None:
    """BUG: the error of an unknown deployment has the code of an unknown execution."""

    @bench.after("modifyDeployments")
    def other(call: Call, reply: Reply) -> None:
        for entry in each(reply, "deployments"):
            if "error" in entry:
                entry["error"]["code"] = "01010020"


@mutant("deployment-bulk-unknown-succeeds", "LM-DEPLOYMENT-BULK-UNKNOWN-ID", "LM-DEPLOYMENT-BULK-DELETE-ACTIVE")
def deployment_bulk_unknown_succeeds(bench: Bench) -> None:
    """BUG: an unknown deployment in a bulk update is a success, and so is every other error."""
    errors_succeed(bench, "modifyDeployments", "deployments")


@mutant("deployment-bulk-all-or-nothing", "LM-DEPLOYMENT-BULK-STOP", "LM-DEPLOYMENT-BULK-DELETE")
def deployment_bulk_all_or_nothing(bench: Bench) -> None:
    """BUG: one unknown id makes every entry of a bulk update an error."""
    all_or_nothing(bench, "modifyDeployments", "deployments", "01010016")


@mutant("deployment-bulk-first-target-for-all", "LM-DEPLOYMENT-BULK-MIXED")
def deployment_bulk_first_target_for_all(bench: Bench) -> None:
    """BUG: the targetStatus of the first entry is applied to all entries."""

    @bench.before("modifyDeployments")
    def alike(call: Call) -> None:
        for entry in call.body["deployments"]:
            entry["targetStatus"] = call.body["deployments"][0]["targetStatus"]


@mutant("deployment-bulk-ends-at-error", "LM-DEPLOYMENT-BULK-MIXED")
def deployment_bulk_ends_at_error(bench: Bench) -> None:
    """BUG: entries after an error answer success, and nothing is done."""
    ends_at_error(bench, "modifyDeployments", "deployments")


@mutant("deployment-bulk-stop-ignored", "LM-DEPLOYMENT-BULK-STOP")
def deployment_bulk_stop_ignored(bench: Bench) -> None:
    """BUG: a bulk update answers 202, and the deployments go on."""
    stops_nothing(bench, "modifyDeployments", "deployments")


@mutant("deployment-bulk-delete-ignored", "LM-DEPLOYMENT-BULK-DELETE")
def deployment_bulk_delete_ignored(bench: Bench) -> None:
    """BUG: a bulk update answers 202, and the deleted deployments stay."""
    deletes_nothing(bench, "modifyDeployments")


@mutant("deployment-bulk-delete-active", "LM-DEPLOYMENT-BULK-DELETE-ACTIVE")
def deployment_bulk_delete_active(bench: Bench) -> None:
    """BUG: a bulk update deletes pending and running deployments."""

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


@mutant("deployment-bulk-target", "LM-DEPLOYMENT-BULK-BODY-TARGET")
def deployment_bulk_target(bench: Bench) -> None:
    """BUG: an entry with an unknown targetStatus answers success and does nothing."""
    bulk_entry(bench, "DeploymentBulkModification", "deployments")["properties"]["targetStatus"] = {"type": "string"}
    acknowledges(bench, "modifyDeployments", "deployments")


@mutant("deployment-bulk-required", "LM-DEPLOYMENT-BULK-BODY-REQUIRED")
def deployment_bulk_required(bench: Bench) -> None:
    """BUG: entries without an id are left out instead of refused."""
    bulk_entry(bench, "DeploymentBulkModification", "deployments")["required"] = ["targetStatus"]

    @bench.before("modifyDeployments")
    def passed_over(call: Call) -> None:
        call.body["deployments"] = [e for e in call.body["deployments"] if "id" in e]


@mutant("deployment-bulk-malformed-422", "LM-DEPLOYMENT-BULK-BODY-MALFORMED")
def deployment_bulk_malformed_422(bench: Bench) -> None:
    """BUG: a bulk update whose JSON is broken is refused with 422 instead of 400."""
    malformed_422(bench, "modifyDeployments")
