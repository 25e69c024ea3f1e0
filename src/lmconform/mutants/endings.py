"""How executions end, one by one and in bulk: stopped twice, deleted in each status, what is left of them."""

from __future__ import annotations

from typing import Any

from lmconform.mock import enactments, lifecycle
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import WRONG_STATE, Problem
from lmconform.mutants.bench import Bench
from lmconform.mutants.common import SCHEMAS, each
from lmconform.mutants.registry import mutant


@mutant("ending-stop-twice", "LM-EXECUTION-STOP-TWICE")
def stop_twice(bench: Bench) -> None:
    """BUG: "Stopping an execution that is STOPPED is refused with 400 or 412, and it stays STOPPED." It is accepted."""

    @bench.instead("modifyExecution")
    def accepted(call: Call, handler: Handler) -> Reply:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status == "STOPPED":
            return Reply(202, {"id": found.id, "message": "Execution modification scheduled"})
        return handler(call)


@mutant("ending-stop-begins-again", "LM-EXECUTION-STOP-TWICE")
def begins_again(bench: Bench) -> None:
    """BUG: "Stopping an execution that is STOPPED is refused with 400 or 412, and it stays STOPPED."

    It is refused, and STOPPING once more.
    """

    @bench.before("modifyExecution")
    def again(call: Call) -> None:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status == "STOPPED":
            found.stopped = call.group.now()


@mutant("ending-stopped-stays", "LM-EXECUTION-DELETE-STOPPED")
def stopped_stays(bench: Bench) -> None:
    """BUG: "An execution that was stopped can be deleted." Only one that has completed can be."""
    _undeletable(bench, "STOPPED")


@mutant("ending-dead-stays", "LM-EXECUTION-DELETE-DEAD")
def dead_stays(bench: Bench) -> None:
    """BUG: "An execution that died can be deleted." It is kept for its logs: 412."""
    _undeletable(bench, "DEAD")


@mutant("ending-delete-unknown-status-stays", "LM-EXECUTION-DELETE-UNKNOWN-STATUS")
def unknown_stays(bench: Bench) -> None:
    """BUG: "An execution whose status is UNKNOWN can be deleted." It is promised, and never done."""

    @bench.instead("deleteExecution")
    def promised(call: Call, handler: Handler) -> Reply:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status == "UNKNOWN":
            return Reply(202, {"id": found.id, "message": "Deletion scheduled"})
        return handler(call)


@mutant("ending-stop-names-another", "LM-EXECUTION-ANSWER-ID")
def names_another(bench: Bench) -> None:
    """BUG: "The answers to stopping and to deleting an execution tell its id." The former tells its configuration's."""

    @bench.after("modifyExecution")
    def configuration(call: Call, reply: Reply) -> None:
        reply.json["id"] = call.group.executions[call.path["executionId"]].configuration["id"]


@mutant("ending-delete-names-another", "LM-EXECUTION-ANSWER-ID")
def delete_names_another(bench: Bench) -> None:
    """BUG: "The answers to stopping and to deleting an execution tell its id." The latter tells that of a job."""

    @bench.after("deleteExecution")
    def job(call: Call, reply: Reply) -> None:
        reply.json["id"] = f"job-{call.path['executionId']}"


@mutant("ending-delete-target", "LM-EXECUTION-DELETE-TARGET")
def delete_target(bench: Bench) -> None:
    """BUG: "An execution that is being deleted has targetStatus DELETED until it is gone."

    It aims at COMPLETED still.
    """

    @bench.after("getExecution")
    def completed(call: Call, reply: Reply) -> None:
        if reply.json.get("targetStatus") == "DELETED":
            reply.json["targetStatus"] = "COMPLETED"


@mutant("ending-delete-counted", "LM-EXECUTION-DELETE-UNCOUNTED")
def delete_counted(bench: Bench) -> None:
    """BUG: "An execution that was deleted is not counted any more." It is counted for ever."""
    deleted: dict[str, Any] = {}

    @bench.after("deleteExecution")
    def remember(call: Call, reply: Reply) -> None:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None:
            deleted[found.id] = found

    @bench.after("countExecutions")
    def more(call: Call, reply: Reply) -> None:
        gone = [e for i, e in deleted.items() if i not in call.group.executions]
        wanted = call.query.get("configurationId")
        reply.text = str(int(reply.text or 0) + sum(wanted in (None, e.configuration["id"]) for e in gone))


@mutant("ending-delete-configuration", "LM-EXECUTION-DELETE-KEEPS-CONFIGURATION")
def delete_configuration(bench: Bench) -> None:
    """BUG: "The configuration of an execution that was deleted is still there, unchanged."

    Its parameters are gone, and its inputs.
    """

    @bench.after("deleteExecution")
    def emptied(call: Call, reply: Reply) -> None:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None:
            found.configuration["inputArtifactBindings"] = []


@mutant("ending-delete-whole-configuration", "LM-EXECUTION-DELETE-KEEPS-CONFIGURATION")
def delete_whole(bench: Bench) -> None:
    """BUG: "The configuration of an execution that was deleted is still there, unchanged."

    It goes with its last execution.
    """

    @bench.after("deleteExecution")
    def last(call: Call, reply: Reply) -> None:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None:
            call.group.configurations.pop(found.configuration["id"], None)


@mutant("bulk-error-without-request", "LM-BULK-ERROR-MEMBERS")
def error_members(bench: Bench) -> None:
    """BUG: "The error of an entry has code, message, requestId and target." There is no requestId."""

    @bench.after("modifyExecutions")
    def without(call: Call, reply: Reply) -> None:
        for entry in each(reply, "executions"):
            entry.get("error", {}).pop("requestId", None)


@mutant("bulk-ninety-nine", "LM-BULK-HUNDRED")
def ninety_nine(bench: Bench) -> None:
    """BUG: "A bulk update of a hundred entries is taken." 99 are the most."""
    bench.schema(f"{SCHEMAS}/ExecutionBulkModification/properties/executions")["maxItems"] = 99


@mutant("bulk-first-fifty", "LM-BULK-HUNDRED")
def first_fifty(bench: Bench) -> None:
    """BUG: "A bulk update of a hundred entries is taken." The first fifty are, and the rest is passed over."""

    @bench.before("modifyExecutions")
    def fifty(call: Call) -> None:
        call.body["executions"] = call.body["executions"][:50]


@mutant("bulk-stop-ended", "LM-BULK-STOP-ENDED")
def bulk_stop_ended(bench: Bench) -> None:
    """BUG: "In a bulk update an execution that has ended is not stopped: its entry is an error."

    Its entry is a success.
    """

    @bench.after("modifyExecutions")
    def success(call: Call, reply: Reply) -> None:
        for entry in each(reply, "executions"):
            if entry["id"] in call.group.executions and entry.get("error", {}).get("code") == WRONG_STATE:
                del entry["error"]
                entry["message"] = "Execution modification scheduled"


@mutant("bulk-stop-ended-restarts", "LM-BULK-STOP-ENDED")
def bulk_restarts(bench: Bench) -> None:
    """BUG: "In a bulk update an execution that has ended is not stopped: its entry is an error."

    It ends a second time, now STOPPED.
    """

    @bench.before("modifyExecutions")
    def again(call: Call) -> None:
        for entry in call.body["executions"]:
            found = call.group.executions.get(entry["id"])
            if found is not None and enactments.moment(call, found).status in lifecycle.TERMINAL:
                found.created, found.stopped = call.group.now() - call.group.timing.pace, None


@mutant("bulk-delete-active", "LM-BULK-DELETE-ACTIVE")
def bulk_delete_active(bench: Bench) -> None:
    """BUG: "A bulk update does not delete a pending or running execution; that is an error of its entry."

    It deletes whatever it is told to.
    """

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
def bulk_refused(bench: Bench) -> None:
    """BUG: "A bulk update does not delete a pending or running execution; that is an error of its entry."

    It is an error, and deleted.
    """

    @bench.after("modifyExecutions")
    def done(call: Call, reply: Reply) -> None:
        for asked, entry in zip(call.body["executions"], each(reply, "executions"), strict=True):
            found = call.group.executions.get(asked["id"])
            if found is not None and asked["targetStatus"] == "DELETED" and "error" in entry:
                call.group.delete(found)


def _undeletable(bench: Bench, status: str) -> None:
    @bench.before("deleteExecution")
    def refused(call: Call) -> None:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status == status:
            raise Problem(412, WRONG_STATE, f"Invalid Request, Current status {status} cannot be changed.")
