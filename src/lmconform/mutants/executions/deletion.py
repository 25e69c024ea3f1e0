"""Executions that are deleted otherwise than they should be, and what is left of them."""

from __future__ import annotations

from typing import Any

from lmconform.mock import enactments, lifecycle
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import WRONG_STATE, Problem
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.defects.changes import deletes_in_words, deletes_nothing, refused_yet_deleted, takes_unknown
from lmconform.mutants.defects.returns import brings_back, keeps_deleted
from lmconform.mutants.registry import mutant


@mutant("execution-delete-nothing", "LM-EXECUTION-DELETE")
def execution_delete_nothing(bench: Bench) -> None:
    """BUG: deleting an execution answers 202, and it stays."""
    deletes_nothing(bench, "deleteExecution")


@mutant("execution-delete-in-words", "LM-EXECUTION-DELETE", "LM-EXECUTION-DELETE-UNKNOWN-STATUS")
def execution_delete_in_words(bench: Bench) -> None:
    """BUG: a deleted execution shows targetStatus DELETED, and stays."""
    deletes_in_words(bench, "deleteExecution")


@mutant("execution-delete-still-listed", "LM-EXECUTION-DELETE")
def execution_delete_still_listed(bench: Bench) -> None:
    """BUG: a deleted execution is not found by its id, and still listed."""
    deleted: dict[str, Any] = {}

    @bench.before("deleteExecution")
    def remember(call: Call) -> None:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status in lifecycle.DELETABLE:
            deleted[found.id] = found

    @bench.before("listExecutions")
    def ghosts(call: Call) -> None:
        call.group.ghosts.update({i: e for i, e in deleted.items() if i not in call.group.executions})


@mutant("execution-delete-active", "LM-EXECUTION-DELETE-ACTIVE")
def execution_delete_active(bench: Bench) -> None:
    """BUG: a pending or running execution is deleted."""
    lifecycle.DELETABLE = lifecycle.DELETABLE | lifecycle.STOPPABLE


@mutant("execution-delete-active-at-once", "LM-EXECUTION-DELETE-ACTIVE")
def execution_delete_active_at_once(bench: Bench) -> None:
    """BUG: a pending or running execution is deleted, and gone with the answer."""

    @bench.instead("deleteExecution")
    def at_once(call: Call, handler: Handler) -> Reply:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status in lifecycle.STOPPABLE:
            # Deleted long ago: the deletion is over at the next request.
            call.group.delete(found, call.group.now() - 3600.0)
            return Reply(202, {"id": found.id, "message": "Deletion scheduled"})
        return handler(call)


@mutant("execution-delete-refused-yet-done", "LM-EXECUTION-DELETE-ACTIVE")
def execution_delete_refused_yet_done(bench: Bench) -> None:
    """BUG: deleting a running execution is refused, and it is deleted all the same."""
    refused_yet_deleted(bench, "deleteExecution", "executions")


@mutant("execution-delete-unknown", "LM-EXECUTION-DELETE-404")
def execution_delete_unknown(bench: Bench) -> None:
    """BUG: deleting an execution that does not exist answers 202."""
    takes_unknown(bench, "deleteExecution", "executions")


@mutant("execution-delete-outputs", "LM-EXECUTION-DELETE-KEEPS-OUTPUTS")
def execution_delete_outputs(bench: Bench) -> None:
    """BUG: the outputs of an execution are deleted with it."""

    @bench.before("deleteExecution")
    def with_it(call: Call) -> None:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status in lifecycle.DELETABLE:
            for artifact in found.artifacts or ():
                call.group.artifacts.pop(artifact["id"], None)


@mutant("execution-delete-detaches-outputs", "LM-EXECUTION-DELETE-KEEPS-OUTPUTS")
def execution_delete_detaches_outputs(bench: Bench) -> None:
    """BUG: the outputs of an execution that is deleted have lost their executionId."""

    @bench.after("deleteExecution")
    def detached(call: Call, reply: Reply) -> None:
        found = call.group.executions.get(call.path["executionId"])
        for artifact in (found.artifacts or ()) if found is not None else ():
            call.group.artifacts[artifact["id"]].pop("executionId", None)


@mutant("execution-delete-drops-inputs", "LM-EXECUTION-DELETE-KEEPS-CONFIGURATION")
def execution_delete_drops_inputs(bench: Bench) -> None:
    """BUG: deleting an execution deletes the artifacts that its configuration binds."""

    @bench.after("deleteExecution")
    def dropped(call: Call, reply: Reply) -> None:
        found = call.group.executions.get(call.path["executionId"])
        for binding in found.configuration["inputArtifactBindings"] if found is not None else ():
            call.group.artifacts.pop(binding["artifactId"], None)


@mutant("execution-delete-unknown-status", "LM-EXECUTION-DELETE-UNKNOWN-STATUS")
def execution_delete_unknown_status(bench: Bench) -> None:
    """BUG: an execution with the status UNKNOWN cannot be deleted."""
    lifecycle.DELETABLE = lifecycle.DELETABLE - {"UNKNOWN"}


@mutant("ending-delete-unknown-status-stays", "LM-EXECUTION-DELETE-UNKNOWN-STATUS")
def ending_delete_unknown_status_stays(bench: Bench) -> None:
    """BUG: deleting an execution with the status UNKNOWN answers 202, and it stays."""

    @bench.instead("deleteExecution")
    def promised(call: Call, handler: Handler) -> Reply:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status == "UNKNOWN":
            return Reply(202, {"id": found.id, "message": "Deletion scheduled"})
        return handler(call)


@mutant("ending-stopped-stays", "LM-EXECUTION-DELETE-STOPPED")
def ending_stopped_stays(bench: Bench) -> None:
    """BUG: deleting a STOPPED execution is refused with 412."""
    _undeletable(bench, "STOPPED")


@mutant("ending-dead-stays", "LM-EXECUTION-DELETE-DEAD")
def ending_dead_stays(bench: Bench) -> None:
    """BUG: deleting a DEAD execution is refused with 412."""
    _undeletable(bench, "DEAD")


@mutant("ending-dead-lost", "LM-EXECUTION-DELETE-DEAD")
def ending_dead_lost(bench: Bench) -> None:
    """BUG: deleting a DEAD execution answers 202, and it stays."""

    @bench.instead("deleteExecution")
    def promised(call: Call, handler: Handler) -> Reply:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status == "DEAD":
            return Reply(202, {"id": found.id, "message": "Deletion scheduled"})
        return handler(call)


@mutant("ending-delete-names-another", "LM-EXECUTION-ANSWER-ID")
def ending_delete_names_another(bench: Bench) -> None:
    """BUG: the answer to deleting an execution has another id."""

    @bench.after("deleteExecution")
    def job(call: Call, reply: Reply) -> None:
        reply.json["id"] = f"job-{call.path['executionId']}"


@mutant("ending-delete-target", "LM-EXECUTION-DELETE-TARGET")
def ending_delete_target(bench: Bench) -> None:
    """BUG: an execution that is being deleted shows the targetStatus COMPLETED."""

    @bench.after("getExecution")
    def completed(call: Call, reply: Reply) -> None:
        if reply.json.get("targetStatus") == "DELETED":
            reply.json["targetStatus"] = "COMPLETED"


@mutant("ending-delete-shows-stopped", "LM-EXECUTION-DELETE-TARGET")
def ending_delete_shows_stopped(bench: Bench) -> None:
    """BUG: a COMPLETED execution that is being deleted shows the status STOPPED until it is gone."""

    @bench.after("getExecution")
    def stopped(call: Call, reply: Reply) -> None:
        if reply.json.get("targetStatus") == "DELETED" and reply.json.get("status") == "COMPLETED":
            reply.json["status"] = "STOPPED"


@mutant("ending-delete-counted", "LM-EXECUTION-DELETE-UNCOUNTED")
def ending_delete_counted(bench: Bench) -> None:
    """BUG: an execution that was deleted is counted forever."""
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
def ending_delete_configuration(bench: Bench) -> None:
    """BUG: deleting an execution empties the artifact bindings of its configuration."""

    @bench.after("deleteExecution")
    def emptied(call: Call, reply: Reply) -> None:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None:
            found.configuration["inputArtifactBindings"] = []


@mutant("ending-delete-whole-configuration", "LM-EXECUTION-DELETE-KEEPS-CONFIGURATION")
def ending_delete_whole_configuration(bench: Bench) -> None:
    """BUG: deleting an execution deletes its configuration."""

    @bench.after("deleteExecution")
    def last(call: Call, reply: Reply) -> None:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None:
            call.group.configurations.pop(found.configuration["id"], None)


def _undeletable(bench: Bench, status: str) -> None:
    @bench.before("deleteExecution")
    def refused(call: Call) -> None:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status == status:
            raise Problem(412, WRONG_STATE, f"Invalid Request, Current status {status} cannot be changed.")


@mutant("execution-comes-back", "LM-EXECUTION-STAYS-DELETED")
def execution_comes_back(bench: Bench) -> None:
    """BUG: a deleted execution is there again a moment after it was gone."""
    reads = ("getExecution", "listExecutions", "countExecutions")
    brings_back(bench, "deleteExecution", "executionId", "executions", *reads)


@mutant("execution-gone-takes-changes", "LM-EXECUTION-DELETED-REFUSES", "LM-DEPLOYMENT-DELETED-REFUSES")
def execution_gone_takes_changes(bench: Bench) -> None:
    """BUG: an execution or deployment that was deleted and is gone can be stopped and deleted: 202."""
    made: set[str] = set()

    @bench.after("createExecution", "createDeployment")
    def remember(call: Call, reply: Reply) -> None:
        made.add(reply.json["id"])

    @bench.instead("modifyExecution", "modifyDeployment", "deleteExecution", "deleteDeployment")
    def accepted(call: Call, handler: Handler) -> Reply:
        own = next(iter(call.path.values()))
        if own in made and own not in call.group.executions | call.group.deployments:
            return Reply(202, {"id": own, "message": "Scheduled"})
        return handler(call)


@mutant("execution-deleted-in-list-of-status", "LM-EXECUTION-STAYS-DELETED")
def execution_deleted_in_list_of_status(bench: Bench) -> None:
    """BUG: deleted executions are gone, but for lists with the filter status."""
    kept = keeps_deleted(bench, "deleteExecution", "executionId", "executions")

    @bench.before("listExecutions")
    def ghosts(call: Call) -> None:
        gone = {own: record for own, (_, record) in kept.items() if record and own not in call.group.executions}
        call.group.ghosts.clear()
        call.group.ghosts.update(gone if "status" in call.query else {})


@mutant("execution-comes-back-with-another", "LM-EXECUTION-STAYS-DELETED")
def execution_comes_back_with_another(bench: Bench) -> None:
    """BUG: a deleted execution that is gone is there again when another one is started."""
    brings_back(
        bench, "deleteExecution", "executionId", "executions", "createExecution", when=lambda call, deleted: True
    )


@mutant("execution-unknown-while-deleted", "LM-EXECUTION-DELETE-TARGET")
def execution_unknown_while_deleted(bench: Bench) -> None:
    """BUG: an execution that is being deleted shows the status UNKNOWN until it is gone."""

    @bench.after("getExecution", "listExecutions")
    def unknown(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if resource.get("targetStatus") == "DELETED":
                resource["status"] = "UNKNOWN"
