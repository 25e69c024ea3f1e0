"""Execution schedules that are deleted otherwise than they should be, and deleted ones that are still there."""

from __future__ import annotations

from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import WRONG_STATE, Problem
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.changes import takes_unknown
from lmconform.mutants.defects.returns import AWAY, brings_back, keeps_deleted
from lmconform.mutants.registry import mutant


@mutant("schedule-delete-ignored", "LM-SCHEDULE-DELETE", "LM-SCHEDULE-DELETE-INACTIVE", "LM-FLOW-SCHEDULE-DELETED")
def schedule_delete_ignored(bench: Bench) -> None:
    """BUG: deleting a schedule answers 202, and it stays."""

    @bench.instead("deleteExecutionSchedule")
    def stays(call: Call, handler: Handler) -> Reply:
        kept = call.group.schedules.get(call.path["executionScheduleId"])
        reply = handler(call)
        if kept is not None:
            call.group.schedules[kept.id] = kept
        return reply


@mutant("schedule-delete-active-refused", "LM-SCHEDULE-DELETE")
def schedule_delete_active_refused(bench: Bench) -> None:
    """BUG: deleting an active schedule is refused with 412."""

    @bench.before("deleteExecutionSchedule")
    def refused(call: Call) -> None:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and found.status == "ACTIVE":
            raise Problem(412, WRONG_STATE, "Invalid Request, the schedule is ACTIVE")


@mutant("schedule-delete-inactive-refused", "LM-SCHEDULE-DELETE-INACTIVE")
def schedule_delete_inactive_refused(bench: Bench) -> None:
    """BUG: deleting a paused schedule is refused with 412."""

    @bench.before("deleteExecutionSchedule")
    def refused(call: Call) -> None:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and found.status == "INACTIVE":
            raise Problem(412, WRONG_STATE, "Invalid Request, the schedule is INACTIVE")


@mutant("schedule-delete-inactive-lists", "LM-SCHEDULE-DELETE-INACTIVE")
def schedule_delete_inactive_lists(bench: Bench) -> None:
    """BUG: a paused schedule that was deleted is still listed."""
    gone: dict[str, dict[str, object]] = {}

    @bench.before("deleteExecutionSchedule")
    def remember(call: Call) -> None:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and found.status == "INACTIVE":
            gone[found.id] = {"id": found.id, **found.data, "configurationId": found.configuration["id"]}

    @bench.after("listExecutionSchedules")
    def show(call: Call, reply: Reply) -> None:
        reply.json["resources"] += [{**row, "status": "INACTIVE"} for row in gone.values()]


@mutant("schedule-deleted-by-status", "LM-SCHEDULE-DELETE", "LM-SCHEDULE-DELETE-INACTIVE")
def schedule_deleted_by_status(bench: Bench) -> None:
    """BUG: a list filtered by status still holds the schedules that were deleted."""
    kept = keeps_deleted(bench, "deleteExecutionSchedule", "executionScheduleId", "schedules")

    @bench.instead("listExecutionSchedules")
    def with_old(call: Call, handler: Handler) -> Reply:
        old = {own: one for own, (_, one) in kept.items() if one is not None and "status" in call.query}
        call.group.schedules.update(old)
        try:
            return handler(call)
        finally:
            for own in old:
                del call.group.schedules[own]


@mutant("schedule-delete-takes-configuration", "LM-SCHEDULE-DELETE-KEEPS-CONFIGURATION")
def schedule_delete_takes_configuration(bench: Bench) -> None:
    """BUG: deleting a schedule deletes its configuration."""

    @bench.before("deleteExecutionSchedule")
    def taken(call: Call) -> None:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None:
            call.group.configurations.pop(found.configuration["id"], None)


@mutant("schedule-gone-changed", "LM-SCHEDULE-MODIFY-404")
def schedule_gone_changed(bench: Bench) -> None:
    """BUG: changing a schedule that was deleted answers 202."""
    _takes_gone(bench, "modifyExecutionSchedule")


@mutant("schedule-gone-deleted", "LM-SCHEDULE-DELETE-404")
def schedule_gone_deleted(bench: Bench) -> None:
    """BUG: deleting a schedule that was deleted already answers 202."""
    _takes_gone(bench, "deleteExecutionSchedule")


@mutant("schedule-delete-unknown", "LM-SCHEDULE-DELETE-404")
def schedule_delete_unknown(bench: Bench) -> None:
    """BUG: deleting a schedule that does not exist answers 202."""
    takes_unknown(bench, "deleteExecutionSchedule", "schedules")


@mutant("schedule-delete-counted", "LM-SCHEDULE-DELETE-UNCOUNTED")
def schedule_delete_counted(bench: Bench) -> None:
    """BUG: a schedule that was deleted is counted forever."""
    deleted: list[str] = []

    @bench.instead("deleteExecutionSchedule")
    def remember(call: Call, handler: Handler) -> Reply:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        reply = handler(call)
        if found is not None:
            deleted.append(found.configuration["id"])
        return reply

    @bench.after("countExecutionSchedules")
    def more(call: Call, reply: Reply) -> None:
        wanted = call.query.get("configurationId")
        reply.text = str(int(reply.text or 0) + sum(wanted in (None, own) for own in deleted))


@mutant("schedule-delete-names-another", "LM-SCHEDULE-ANSWER-ID")
def schedule_delete_names_another(bench: Bench) -> None:
    """BUG: the answer to deleting a schedule has another id."""

    @bench.after("deleteExecutionSchedule")
    def job(call: Call, reply: Reply) -> None:
        reply.json["id"] = f"job-{call.path['executionScheduleId']}"


@mutant("schedule-comes-back", "LM-SCHEDULE-STAYS-DELETED")
def schedule_comes_back(bench: Bench) -> None:
    """BUG: a deleted schedule is there again a moment later."""
    brings_back(bench, "deleteExecutionSchedule", "executionScheduleId", "schedules", "getExecutionSchedule")


@mutant("schedule-listed-again", "LM-SCHEDULE-STAYS-DELETED")
def schedule_listed_again(bench: Bench) -> None:
    """BUG: a moment after it was gone a deleted schedule is listed and counted again, and not read."""
    kept = keeps_deleted(bench, "deleteExecutionSchedule", "executionScheduleId", "schedules")

    @bench.instead("listExecutionSchedules", "countExecutionSchedules")
    def with_old(call: Call, handler: Handler) -> Reply:
        old = {own: one for own, (when, one) in kept.items() if call.group.now() - when > AWAY}
        call.group.schedules.update(old)
        try:
            return handler(call)
        finally:
            for own in old:
                del call.group.schedules[own]


def _takes_gone(bench: Bench, operation: str) -> None:
    """A request for a schedule that was deleted answers 202."""
    kept = keeps_deleted(bench, "deleteExecutionSchedule", "executionScheduleId", "schedules")

    @bench.instead(operation)
    def accepted(call: Call, handler: Handler) -> Reply:
        own = call.path["executionScheduleId"]
        if own in kept and own not in call.group.schedules:
            return Reply(202, {"id": own, "message": "Execution Schedule modified"})
        return handler(call)
