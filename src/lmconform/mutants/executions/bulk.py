"""Bulk updates of executions."""

from __future__ import annotations

from lmconform.mock import enactments, lifecycle
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import WRONG_STATE
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


@mutant("bulk-order", "LM-BULK-RESULTS-IN-ORDER")
def bulk_order(bench: Bench) -> None:
    """BUG: the results of a bulk update are sorted by id."""

    @bench.after("modifyExecutions")
    def by_id(call: Call, reply: Reply) -> None:
        reply.json["executions"].sort(key=lambda entry: entry["id"])


@mutant("bulk-errors-last", "LM-BULK-MIXED")
def bulk_errors_last(bench: Bench) -> None:
    """BUG: the errors of a bulk update come after the successes."""

    @bench.after("modifyExecutions")
    def last(call: Call, reply: Reply) -> None:
        reply.json["executions"].sort(key=lambda entry: "error" in entry)


@mutant("bulk-empty", "LM-BULK-EMPTY")
def bulk_empty(bench: Bench) -> None:
    """BUG: a bulk update without entries is accepted."""
    bench.schema(f"{SCHEMAS}/ExecutionBulkModification/properties/executions").pop("minItems")


@mutant("bulk-ninety-nine", "LM-BULK-HUNDRED")
def bulk_ninety_nine(bench: Bench) -> None:
    """BUG: a bulk update of 100 entries is refused; 99 is the limit."""
    bench.schema(f"{SCHEMAS}/ExecutionBulkModification/properties/executions")["maxItems"] = 99


@mutant("bulk-first-fifty", "LM-BULK-HUNDRED")
def bulk_first_fifty(bench: Bench) -> None:
    """BUG: a bulk update carries out its first 50 entries and leaves out the others."""

    @bench.before("modifyExecutions")
    def fifty(call: Call) -> None:
        call.body["executions"] = call.body["executions"][:50]


@mutant("bulk-batches-mixed", "LM-BULK-HUNDRED")
def bulk_batches_mixed(bench: Bench) -> None:
    """BUG: a bulk update works in batches of 50, and the results of the last batch come first."""

    @bench.after("modifyExecutions")
    def last_first(call: Call, reply: Reply) -> None:
        entries = reply.json["executions"]
        reply.json["executions"] = entries[50:] + entries[:50]


@mutant("bulk-unknown-code", "LM-BULK-UNKNOWN-ID")
def bulk_unknown_code(bench: Bench) -> None:
    """BUG: the error of an unknown execution in a bulk update has the code 404."""

    @bench.after("modifyExecutions")
    def other(call: Call, reply: Reply) -> None:
        for entry in reply.json["executions"]:
            if "error" in entry:
                entry["error"]["code"] = "404"


@mutant("bulk-unknown-succeeds", "LM-BULK-UNKNOWN-ID")
def bulk_unknown_succeeds(bench: Bench) -> None:
    """BUG: an unknown execution in a bulk update is a success."""
    errors_succeed(bench, "modifyExecutions", "executions")


@mutant("bulk-error-without-request", "LM-BULK-ERROR-MEMBERS")
def bulk_error_without_request(bench: Bench) -> None:
    """BUG: the errors of a bulk update have no requestId."""

    @bench.after("modifyExecutions")
    def without(call: Call, reply: Reply) -> None:
        for entry in each(reply, "executions"):
            entry.get("error", {}).pop("requestId", None)


@mutant("bulk-error-without-target", "LM-BULK-ERROR-MEMBERS")
def bulk_error_without_target(bench: Bench) -> None:
    """BUG: the errors of a bulk update have no target."""

    @bench.after("modifyExecutions")
    def without(call: Call, reply: Reply) -> None:
        for entry in each(reply, "executions"):
            entry.get("error", {}).pop("target", None)


@mutant("bulk-all-or-nothing", "LM-BULK-STOP", "LM-BULK-DELETE")
def bulk_all_or_nothing(bench: Bench) -> None:
    """BUG: one unknown id makes every entry of a bulk update an error."""
    all_or_nothing(bench, "modifyExecutions", "executions", "01010020")


@mutant("bulk-first-target-for-all", "LM-BULK-MIXED")
def bulk_first_target_for_all(bench: Bench) -> None:
    """BUG: the targetStatus of the first entry is applied to all entries."""

    @bench.before("modifyExecutions")
    def alike(call: Call) -> None:
        for entry in call.body["executions"]:
            entry["targetStatus"] = call.body["executions"][0]["targetStatus"]


@mutant("bulk-ends-at-error", "LM-BULK-MIXED")
def bulk_ends_at_error(bench: Bench) -> None:
    """BUG: entries after an error answer success, and nothing is done."""
    ends_at_error(bench, "modifyExecutions", "executions")


@mutant("bulk-takes-gone", "LM-BULK-MIXED")
def bulk_takes_gone(bench: Bench) -> None:
    """BUG: deleting an execution that is gone already in a bulk update is a success."""
    takes_gone(bench, "createExecution", "modifyExecutions", "executions")


@mutant("bulk-stop-ignored", "LM-BULK-STOP")
def bulk_stop_ignored(bench: Bench) -> None:
    """BUG: a bulk update answers 202, and the executions go on."""
    stops_nothing(bench, "modifyExecutions", "executions")


@mutant("bulk-stop-ended", "LM-BULK-STOP-ENDED")
def bulk_stop_ended(bench: Bench) -> None:
    """BUG: stopping an execution that has ended in a bulk update is a success."""

    @bench.after("modifyExecutions")
    def success(call: Call, reply: Reply) -> None:
        for entry in each(reply, "executions"):
            if entry["id"] in call.group.executions and entry.get("error", {}).get("code") == WRONG_STATE:
                del entry["error"]
                entry["message"] = "Execution modification scheduled"


@mutant("bulk-stop-ended-restarts", "LM-BULK-STOP-ENDED")
def bulk_stop_ended_restarts(bench: Bench) -> None:
    """BUG: stopping an execution that has ended in a bulk update starts it again."""

    @bench.before("modifyExecutions")
    def again(call: Call) -> None:
        for entry in call.body["executions"]:
            found = call.group.executions.get(entry["id"])
            if found is not None and enactments.moment(call, found).status in lifecycle.TERMINAL:
                found.created, found.stopped = call.group.now() - call.group.timing.pace, None


@mutant("bulk-delete-ignored", "LM-BULK-DELETE")
def bulk_delete_ignored(bench: Bench) -> None:
    """BUG: a bulk update answers 202, and the deleted executions stay."""
    deletes_nothing(bench, "modifyExecutions")


@mutant("bulk-delete-active", "LM-BULK-DELETE-ACTIVE")
def bulk_delete_active(bench: Bench) -> None:
    """BUG: a bulk update deletes pending and running executions."""

    @bench.instead("modifyExecutions")
    def whatever(call: Call, handler: Handler) -> Reply:
        for entry in call.body["executions"]:
            found = call.group.executions.get(entry["id"])
            if found is not None and entry["targetStatus"] == "DELETED" and found.deleted is None:
                call.group.delete(found)
        reply = handler(call)
        for entry in each(reply, "executions"):
            if entry["id"] in call.group.executions and entry.pop("error", None):
                entry["message"] = "Execution modification scheduled"
        return reply


@mutant("bulk-delete-refused-yet-done", "LM-BULK-DELETE-ACTIVE")
def bulk_delete_refused_yet_done(bench: Bench) -> None:
    """BUG: deleting a running execution in bulk is an error, and it is deleted all the same."""

    @bench.after("modifyExecutions")
    def done(call: Call, reply: Reply) -> None:
        for asked, entry in zip(call.body["executions"], each(reply, "executions"), strict=True):
            found = call.group.executions.get(asked["id"])
            if found is not None and asked["targetStatus"] == "DELETED" and "error" in entry:
                call.group.delete(found)


@mutant("bulk-completed-stays", "LM-BULK-DELETE-COMPLETED")
def bulk_completed_stays(bench: Bench) -> None:
    """BUG: deleting a COMPLETED execution in a bulk update is an error."""

    @bench.instead("modifyExecutions")
    def refused(call: Call, handler: Handler) -> Reply:
        done = [
            entry["id"]
            for entry in call.body["executions"]
            if entry["targetStatus"] == "DELETED"
            and (found := call.group.executions.get(entry["id"])) is not None
            and enactments.moment(call, found).status == "COMPLETED"
        ]
        reply = handler(call)
        for entry in each(reply, "executions"):
            if entry["id"] in done:
                del entry["message"]
                entry["error"] = {"code": WRONG_STATE, "message": "Current status COMPLETED cannot be changed"}
        return reply


@mutant("accepts-bulk-malformed", "LM-BULK-BODY-MALFORMED")
def accepts_bulk_malformed(bench: Bench) -> None:
    """BUG: a bulk update whose JSON is broken is refused with 422 instead of 400."""
    malformed_422(bench, "modifyExecutions")


@mutant("accepts-bulk-target", "LM-BULK-BODY-TARGET")
def accepts_bulk_target(bench: Bench) -> None:
    """BUG: an entry with an unknown targetStatus answers success and does nothing."""
    bulk_entry(bench, "ExecutionBulkModification", "executions")["properties"]["targetStatus"] = {"type": "string"}
    acknowledges(bench, "modifyExecutions", "executions")


@mutant("accepts-bulk-required", "LM-BULK-BODY-REQUIRED")
def accepts_bulk_required(bench: Bench) -> None:
    """BUG: an entry without targetStatus answers success and does nothing."""
    bulk_entry(bench, "ExecutionBulkModification", "executions")["required"] = ["id"]
    acknowledges(bench, "modifyExecutions", "executions")
