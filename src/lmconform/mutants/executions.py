"""Executions that live otherwise than they should: creation, transitions, stopping, deletion."""

from __future__ import annotations

import dataclasses
from typing import Any

from lmconform.mock import enactments, lifecycle
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem
from lmconform.mutants.bench import Bench
from lmconform.mutants.common import (
    deletes_nothing,
    elsewhere,
    loosen,
    stops_nothing,
    takes_in_any_state,
    takes_unknown,
)
from lmconform.mutants.registry import mutant


@mutant("execution-status-missing", "LM-EXECUTION-CREATE-HAS-STATUS", "LM-EXECUTION-CREATE-UNKNOWN")
def status_missing(bench: Bench) -> None:
    """BUG: "The answer to the start of an execution names its status." It does not."""

    @bench.after("createExecution")
    def without(call: Call, reply: Reply) -> None:
        reply.json.pop("status", None)


@mutant("execution-starts-running", "LM-EXECUTION-CREATE-UNKNOWN")
def starts_running(bench: Bench) -> None:
    """BUG: "An execution begins with status UNKNOWN and targetStatus COMPLETED." The answer says PENDING."""
    elsewhere(bench, "createExecution", "status", "PENDING")


@mutant("execution-fresh-404", "LM-EXECUTION-FRESH-GET")
def fresh_404(bench: Bench) -> None:
    """BUG: "An execution can be read as soon as it is started, with its id and configurationId." Not while UNKNOWN."""

    @bench.before("getExecution")
    def hidden(call: Call) -> None:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status == "UNKNOWN":
            raise Problem(404, "01010020", "Execution does not exist")


@mutant("execution-fresh-target", "LM-EXECUTION-FRESH-TARGET")
def fresh_target(bench: Bench) -> None:
    """BUG: "An execution that was just started has no other targetStatus than COMPLETED." It has RUNNING."""
    elsewhere(bench, "getExecution", "targetStatus", "RUNNING")


@mutant("execution-one-per-configuration", "LM-EXECUTION-CREATE-TWICE")
def one_each(bench: Bench) -> None:
    """BUG: "Starting one configuration twice makes two executions with two ids." The second is the first again."""
    started: dict[str, Reply] = {}

    @bench.instead("createExecution")
    def again(call: Call, handler: Handler) -> Reply:
        key = call.body["configurationId"]
        if key not in started:
            started[key] = handler(call)
        return started[key]


@mutant("execution-goes-back", "LM-EXECUTION-TRANSITIONS", "LM-FLOW-EXECUTION-COMPLETES")
def goes_back(bench: Bench) -> None:
    """BUG: "An execution goes through UNKNOWN, PENDING and RUNNING to one end, and never back." It is PENDING again."""
    seen: dict[str, int] = {}

    @bench.after("getExecution")
    def back(call: Call, reply: Reply) -> None:
        if reply.json.get("status") == "RUNNING":
            key = reply.json["id"]
            seen[key] = seen.get(key, 0) + 1
            if seen[key] % 2 == 0:
                reply.json["status"] = "PENDING"


@mutant("execution-restarts", "LM-EXECUTION-TERMINAL-STAYS")
def restarts(bench: Bench) -> None:
    """BUG: "An execution that has ended keeps its status." A second look finds it RUNNING."""
    seen: set[str] = set()

    @bench.after("getExecution")
    def again(call: Call, reply: Reply) -> None:
        if reply.json.get("status") in lifecycle.TERMINAL:
            if reply.json["id"] in seen:
                reply.json["status"] = "RUNNING"
            seen.add(reply.json["id"])


@mutant("execution-times-mixed", "LM-EXECUTION-TIMES-ORDERED")
def times_mixed(bench: Bench) -> None:
    """BUG: "An execution is submitted, started and completed in this order." It completes before it starts."""

    @bench.after("getExecution")
    def mixed(call: Call, reply: Reply) -> None:
        if reply.json.get("completionTime"):
            reply.json["completionTime"] = "2020-01-01T00:00:00Z"


@mutant("execution-unlisted", "LM-EXECUTION-LISTED")
def unlisted(bench: Bench) -> None:
    """BUG: "An execution is listed, alone, under its own configuration as soon as it is started." It is not listed."""

    @bench.after("listExecutions")
    def nothing(call: Call, reply: Reply) -> None:
        if "configurationId" in call.query:
            reply.json = {"count": 0, "resources": []}


@mutant("execution-outputs-missing", "LM-FLOW-EXECUTION-COMPLETES")
def outputs_missing(bench: Bench) -> None:
    """BUG: "The tutorial's execution reaches COMPLETED by legal transitions and has an output artifact." None."""
    elsewhere(bench, "getExecution", "outputArtifacts", [])


@mutant("execution-never-completes", "LM-FLOW-EXECUTION-COMPLETES")
def dies(bench: Bench) -> None:
    """BUG: "The tutorial's execution reaches COMPLETED by legal transitions and has an output artifact." It dies."""

    @bench.patch(lifecycle, "at")
    def dead(original, enactment, now, timing):  # type: ignore[no-untyped-def]
        moment = original(enactment, now, timing)
        return dataclasses.replace(moment, status="DEAD") if moment.status == "COMPLETED" else moment


@mutant("execution-stop-ignored", "LM-EXECUTION-STOP")
def stop_ignored(bench: Bench) -> None:
    """BUG: "Stopping a pending or running execution answers 202, and it becomes STOPPED." It goes on."""
    stops_nothing(bench, "modifyExecution", "executions")


@mutant("execution-stop-becomes-dead", "LM-EXECUTION-STOP")
def stop_dead(bench: Bench) -> None:
    """BUG: "Stopping a pending or running execution answers 202, and it becomes STOPPED." It becomes DEAD."""

    @bench.patch(lifecycle, "at")
    def dead(original, enactment, now, timing):  # type: ignore[no-untyped-def]
        moment = original(enactment, now, timing)
        return dataclasses.replace(moment, status="DEAD") if moment.status == "STOPPED" else moment


@mutant("execution-stop-target", "LM-EXECUTION-STOP-TARGET")
def stop_target(bench: Bench) -> None:
    """BUG: "An execution that was stopped has targetStatus STOPPED." It still aims at COMPLETED."""

    @bench.after("getExecution")
    def completed(call: Call, reply: Reply) -> None:
        if reply.json.get("targetStatus") == "STOPPED":
            reply.json["targetStatus"] = "COMPLETED"


@mutant("execution-stop-ended", "LM-EXECUTION-STOP-ENDED")
def stop_ended(bench: Bench) -> None:
    """BUG: "Stopping an execution that has ended is refused with 400 or 412 and changes nothing." It is accepted."""
    takes_in_any_state(bench, "modifyExecution")


@mutant("execution-stop-unknown", "LM-EXECUTION-STOP-404")
def stop_unknown(bench: Bench) -> None:
    """BUG: "Stopping an execution that does not exist answers 404." It answers 202."""

    takes_unknown(bench, "modifyExecution", "executions")


@mutant("execution-stop-anything", "LM-EXECUTION-STOP-BODY")
def stop_anything(bench: Bench) -> None:
    """BUG: "A change of an execution that asks for anything but STOPPED is refused with 400 or 412." No effect."""
    loosen(bench, "ExecutionModification", "targetStatus")

    @bench.instead("modifyExecution")
    def nothing(call: Call, handler: Handler) -> Reply:
        if call.body["targetStatus"] != "STOPPED":
            return Reply(202, {"id": call.path["executionId"], "message": "Execution modification scheduled"})
        return handler(call)


@mutant("execution-delete-active", "LM-EXECUTION-DELETE-ACTIVE")
def delete_active(bench: Bench) -> None:
    """BUG: "A pending or running execution is not deleted before it is stopped: 400 or 412." It is."""
    lifecycle.DELETABLE = lifecycle.DELETABLE | lifecycle.STOPPABLE


@mutant("execution-delete-refused-yet-done", "LM-EXECUTION-DELETE-ACTIVE")
def delete_refused(bench: Bench) -> None:
    """BUG: "A pending or running execution is not deleted before it is stopped: 400 or 412." Refused, and done."""

    @bench.instead("deleteExecution")
    def done(call: Call, handler: Handler) -> Reply:
        found = call.group.executions.get(call.path["executionId"])
        try:
            return handler(call)
        except Problem:
            if found is not None and found.deleted is None:
                call.group.delete(found)
            raise


@mutant("execution-delete-nothing", "LM-EXECUTION-DELETE")
def delete_nothing(bench: Bench) -> None:
    """BUG: "Deleting an execution that has ended answers 202; after a while it is neither read nor listed." Stays."""
    deletes_nothing(bench, "deleteExecution")


@mutant("execution-delete-still-listed", "LM-EXECUTION-DELETE")
def delete_listed(bench: Bench) -> None:
    """BUG: "Deleting an execution that has ended answers 202; after a while it is neither read nor listed." Listed."""
    deleted: dict[str, Any] = {}

    @bench.before("deleteExecution")
    def remember(call: Call) -> None:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status in lifecycle.DELETABLE:
            deleted[found.id] = found

    @bench.before("listExecutions")
    def ghosts(call: Call) -> None:
        call.group.ghosts.update({i: e for i, e in deleted.items() if i not in call.group.executions})


@mutant("execution-delete-unknown", "LM-EXECUTION-DELETE-404")
def delete_unknown(bench: Bench) -> None:
    """BUG: "Deleting an execution that does not exist answers 404." It answers 202."""

    takes_unknown(bench, "deleteExecution", "executions")


@mutant("execution-delete-outputs", "LM-EXECUTION-DELETE-KEEPS-OUTPUTS")
def delete_outputs(bench: Bench) -> None:
    """BUG: "Output artifacts are still there when their execution is deleted." They go with it."""

    @bench.before("deleteExecution")
    def with_it(call: Call) -> None:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status in lifecycle.DELETABLE:
            for artifact in found.artifacts or ():
                call.group.artifacts.pop(artifact["id"], None)


@mutant("execution-delete-unknown-status", "LM-EXECUTION-DELETE-UNKNOWN-STATUS")
def delete_fresh(bench: Bench) -> None:
    """BUG: "An execution whose status is UNKNOWN can be deleted." It cannot."""
    lifecycle.DELETABLE = lifecycle.DELETABLE - {"UNKNOWN"}


@mutant("execution-stop-unknown-status", "LM-EXECUTION-STOP-UNKNOWN-STATUS")
def stop_fresh(bench: Bench) -> None:
    """BUG: "Stopping an execution whose status is UNKNOWN is refused with 400 or 412." It is stopped."""
    lifecycle.STOPPABLE = lifecycle.STOPPABLE | {"UNKNOWN"}


@mutant("bulk-order", "LM-BULK-RESULTS-IN-ORDER")
def bulk_order(bench: Bench) -> None:
    """BUG: "A bulk update answers 202 with one result for each entry, in the order of the request." Sorted by id."""

    @bench.after("modifyExecutions")
    def by_id(call: Call, reply: Reply) -> None:
        reply.json["executions"].sort(key=lambda entry: entry["id"])


@mutant("bulk-unknown-code", "LM-BULK-UNKNOWN-ID")
def bulk_code(bench: Bench) -> None:
    """BUG: "In a bulk update an unknown execution is an error of its entry, with code 01010020." The code is 404."""

    @bench.after("modifyExecutions")
    def other(call: Call, reply: Reply) -> None:
        for entry in reply.json["executions"]:
            if "error" in entry:
                entry["error"]["code"] = "404"


@mutant("bulk-unknown-succeeds", "LM-BULK-UNKNOWN-ID")
def bulk_unknown(bench: Bench) -> None:
    """BUG: "In a bulk update an unknown execution is an error of its entry, with code 01010020." It is a success."""

    @bench.after("modifyExecutions")
    def fine(call: Call, reply: Reply) -> None:
        for entry in reply.json["executions"]:
            if entry.pop("error", None):
                entry["message"] = "Execution modification scheduled"


@mutant("bulk-all-or-nothing", "LM-BULK-STOP", "LM-BULK-DELETE")
def bulk_all(bench: Bench) -> None:
    """BUG: "A bulk update stops a running execution, whatever becomes of the other entries." One error ends it all."""

    @bench.instead("modifyExecutions")
    def nothing(call: Call, handler: Handler) -> Reply:
        entries = call.body["executions"]
        if any(e["id"] not in call.group.executions for e in entries) and len(entries) > 1:
            error = {"code": "01010020", "message": "not found", "requestId": "1", "target": "/lm/executions"}
            return Reply(202, {"executions": [{"id": e["id"], "error": error} for e in entries]})
        return handler(call)


@mutant("bulk-stop-ignored", "LM-BULK-STOP")
def bulk_stop(bench: Bench) -> None:
    """BUG: "A bulk update stops a running execution, whatever becomes of the other entries." It does not."""
    stops_nothing(bench, "modifyExecutions", "executions")


@mutant("bulk-delete-ignored", "LM-BULK-DELETE")
def bulk_delete(bench: Bench) -> None:
    """BUG: "A bulk update deletes an execution that has ended, whatever becomes of the other entries." It stays."""
    deletes_nothing(bench, "modifyExecutions")


@mutant("bulk-empty", "LM-BULK-EMPTY")
def bulk_empty(bench: Bench) -> None:
    """BUG: "A bulk update without entries is refused with 400." It is accepted."""
    bench.document["components"]["schemas"]["ExecutionBulkModification"]["properties"]["executions"].pop("minItems")
