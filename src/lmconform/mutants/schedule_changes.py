"""Execution schedules that are paused, resumed, changed and deleted otherwise than they should be."""

from __future__ import annotations

from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import WRONG_STATE, Problem
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.common import loosen, takes_unknown, wrong_status
from lmconform.mutants.registry import mutant


@mutant("schedule-pause-ignored", "LM-SCHEDULE-PAUSE", "LM-FLOW-SCHEDULE-PAUSED")
def pause_ignored(bench: Bench) -> None:
    """BUG: "An active schedule is paused with 202, and is INACTIVE then." It stays ACTIVE."""
    _drops(bench, "status", "INACTIVE")


@mutant("schedule-pause-deletes", "LM-FLOW-SCHEDULE-PAUSED", "LM-SCHEDULE-PAUSE")
def pause_deletes(bench: Bench) -> None:
    """BUG: "A schedule is paused, and INACTIVE then." It is gone."""

    @bench.after("modifyExecutionSchedule")
    def gone(call: Call, reply: Reply) -> None:
        if call.body.get("status") == "INACTIVE":
            call.group.unschedule(call.path["executionScheduleId"])


@mutant("schedule-resume-ignored", "LM-SCHEDULE-RESUME", "LM-FLOW-SCHEDULE-RESUMED")
def resume_ignored(bench: Bench) -> None:
    """BUG: "A paused schedule is resumed with 202, and is ACTIVE then." It stays INACTIVE."""
    _drops(bench, "status", "ACTIVE")


@mutant("schedule-resume-refused", "LM-SCHEDULE-RESUME")
def resume_refused(bench: Bench) -> None:
    """BUG: "A paused schedule is resumed with 202, and is ACTIVE then." It cannot be changed any more: 412."""

    @bench.before("modifyExecutionSchedule")
    def refused(call: Call) -> None:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and found.status == "INACTIVE":
            raise Problem(412, WRONG_STATE, "Invalid Request, the schedule is INACTIVE")


@mutant("schedule-paused-keeps-cron", "LM-FLOW-SCHEDULE-RESUMED")
def paused_keeps_cron(bench: Bench) -> None:
    """BUG: "A schedule that was paused is resumed with another cron expression."

    While it is paused the expression stays.
    """

    @bench.before("modifyExecutionSchedule")
    def keep(call: Call) -> None:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and found.status == "INACTIVE" and "cron" in call.body:
            call.body["cron"] = found.data["cron"]


@mutant("schedule-modify-cron", "LM-SCHEDULE-MODIFY-CRON")
def modify_cron(bench: Bench) -> None:
    """BUG: "The cron of a schedule is changed with 202, and read back." It stays as it was."""

    @bench.before("modifyExecutionSchedule")
    def keep(call: Call) -> None:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and "cron" in call.body:
            call.body["cron"] = found.data["cron"]


@mutant("schedule-modify-200", "LM-SCHEDULE-MODIFY-CRON", "LM-SCHEDULE-MODIFY-WINDOW", "LM-SCHEDULE-PAUSE")
def modify_200(bench: Bench) -> None:
    """BUG: "The cron of a schedule is changed with 202, and read back." The answer is 200."""
    wrong_status(bench, "modifyExecutionSchedule", 200)


@mutant("schedule-modify-end-lost", "LM-SCHEDULE-MODIFY-WINDOW")
def end_lost(bench: Bench) -> None:
    """BUG: "Start and end of a schedule are changed with 202, and read back as the same moments."

    The end is never changed.
    """

    @bench.before("modifyExecutionSchedule")
    def lost(call: Call) -> None:
        if len(call.body) > 1:
            call.body.pop("end", None)


@mutant("schedule-modify-configuration", "LM-SCHEDULE-MODIFY-CONFIGURATION")
def modify_configuration(bench: Bench) -> None:
    """BUG: "The configuration of a schedule is changed with 202, and read back." It stays with the first one."""

    @bench.before("modifyExecutionSchedule")
    def keep(call: Call) -> None:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and call.body.get("configurationId") in call.group.configurations:
            call.body["configurationId"] = found.configuration["id"]


@mutant("schedule-modify-pauses", "LM-SCHEDULE-MODIFY-KEEPS")
def modify_pauses(bench: Bench) -> None:
    """BUG: "A change of a schedule leaves what it does not name." A new cron pauses it."""

    @bench.before("modifyExecutionSchedule")
    def pause(call: Call) -> None:
        if "cron" in call.body:
            call.body.setdefault("status", "INACTIVE")


@mutant("schedule-modify-renames", "LM-SCHEDULE-MODIFY-KEEPS")
def modify_renames(bench: Bench) -> None:
    """BUG: "A change of a schedule leaves what it does not name." The name gets a number."""

    @bench.after("modifyExecutionSchedule")
    def numbered(call: Call, reply: Reply) -> None:
        found = call.group.schedules[call.path["executionScheduleId"]]
        if "cron" in call.body:
            found.data["name"] = found.data["name"] + "-2"


@mutant("schedule-renamed", "LM-SCHEDULE-NAME-STAYS")
def renamed(bench: Bench) -> None:
    """BUG: "The name of a schedule stays, even if a change asks for another." It gets the new one."""

    @bench.after("modifyExecutionSchedule")
    def rename(call: Call, reply: Reply) -> None:
        found = call.group.schedules[call.path["executionScheduleId"]]
        found.data["name"] = str(call.body.get("name", found.data["name"]))


@mutant("schedule-modify-any-status", "LM-SCHEDULE-MODIFY-BODY")
def any_status(bench: Bench) -> None:
    """BUG: "A change of a schedule to a status, cron or configuration of the wrong form is refused with 400."

    A status that there is not is passed over.
    """
    loosen(bench, "ExecutionScheduleModification", "status")

    @bench.before("modifyExecutionSchedule")
    def passed_over(call: Call) -> None:
        if call.body.get("status") not in ("ACTIVE", "INACTIVE", None):
            found = call.group.schedules.get(call.path["executionScheduleId"])
            call.body["status"] = found.status if found else "ACTIVE"


@mutant("schedule-modify-unknown", "LM-SCHEDULE-MODIFY-404")
def modify_unknown(bench: Bench) -> None:
    """BUG: "Changing a schedule that does not exist answers 404." It answers 202."""
    takes_unknown(bench, "modifyExecutionSchedule", "schedules")


@mutant("schedule-delete-ignored", "LM-SCHEDULE-DELETE", "LM-SCHEDULE-DELETE-INACTIVE", "LM-FLOW-SCHEDULE-DELETED")
def delete_ignored(bench: Bench) -> None:
    """BUG: "An active schedule is deleted with 202, and is neither read nor listed then." It stays."""

    @bench.instead("deleteExecutionSchedule")
    def stays(call: Call, handler: Handler) -> Reply:
        kept = call.group.schedules.get(call.path["executionScheduleId"])
        reply = handler(call)
        if kept is not None:
            call.group.schedules[kept.id] = kept
        return reply


@mutant("schedule-delete-pauses", "LM-FLOW-SCHEDULE-DELETED", "LM-SCHEDULE-DELETE")
def delete_pauses(bench: Bench) -> None:
    """BUG: "A schedule is deleted, and gone then." One that is active is paused, no more."""

    @bench.instead("deleteExecutionSchedule")
    def paused(call: Call, handler: Handler) -> Reply:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and found.status == "ACTIVE":
            found.status = "INACTIVE"
            return Reply(202, {"id": found.id, "message": "Execution Schedule deleted"})
        return handler(call)


@mutant("schedule-delete-active-refused", "LM-SCHEDULE-DELETE")
def delete_active(bench: Bench) -> None:
    """BUG: "An active schedule is deleted with 202, and is neither read nor listed then."

    It must be paused first, as an execution must be stopped.
    """

    @bench.before("deleteExecutionSchedule")
    def refused(call: Call) -> None:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and found.status == "ACTIVE":
            raise Problem(412, WRONG_STATE, "Invalid Request, the schedule is ACTIVE")


@mutant("schedule-delete-inactive-lists", "LM-SCHEDULE-DELETE-INACTIVE")
def delete_inactive(bench: Bench) -> None:
    """BUG: "A paused schedule is deleted with 202, and is neither read nor listed then."

    The list goes on to show it.
    """
    gone: dict[str, dict[str, object]] = {}

    @bench.before("deleteExecutionSchedule")
    def remember(call: Call) -> None:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and found.status == "INACTIVE":
            gone[found.id] = {"id": found.id, **found.data, "configurationId": found.configuration["id"]}

    @bench.after("listExecutionSchedules")
    def show(call: Call, reply: Reply) -> None:
        reply.json["resources"] += [{**row, "status": "INACTIVE"} for row in gone.values()]


@mutant("schedule-delete-unknown", "LM-SCHEDULE-DELETE-404")
def delete_unknown(bench: Bench) -> None:
    """BUG: "Deleting a schedule that does not exist answers 404." It answers 202."""
    takes_unknown(bench, "deleteExecutionSchedule", "schedules")


def _drops(bench: Bench, member: str, value: str) -> None:
    """A change to this value is not made."""

    @bench.before("modifyExecutionSchedule")
    def drop(call: Call) -> None:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and call.body.get(member) == value:
            call.body[member] = getattr(found, member)


@mutant("schedule-starts-when-made", "LM-SCHEDULE-STARTS-NOTHING-EARLY")
def starts_when_made(bench: Bench) -> None:
    """BUG: "A schedule starts nothing before the time that its cron names." It starts an execution when it is made."""

    @bench.after("createExecutionSchedule")
    def at_once(call: Call, reply: Reply) -> None:
        made = call.group.schedules[reply.json["id"]]
        executable = call.catalog.of(made.configuration)
        call.group.add_execution(made.configuration, "", executable.products(), schedule=made.id)


@mutant("schedule-list-of-yesterday", "LM-SCHEDULE-MODIFY-LISTED")
def list_of_yesterday(bench: Bench) -> None:
    """BUG: "A change of a schedule is shown by the list as by GET." The list has the cron that it was made with."""
    first: dict[str, str] = {}

    @bench.after("createExecutionSchedule")
    def remember(call: Call, reply: Reply) -> None:
        first[reply.json["id"]] = call.body["cron"]

    @bench.after("listExecutionSchedules")
    def stale(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            resource["cron"] = first.get(resource["id"], resource["cron"])


@mutant("schedule-pause-drops-window", "LM-SCHEDULE-PAUSE-KEEPS")
def pause_drops_window(bench: Bench) -> None:
    """BUG: "A schedule that is paused keeps its name, cron, configuration, start and end." Start and end are lost."""

    @bench.after("modifyExecutionSchedule")
    def lost(call: Call, reply: Reply) -> None:
        if call.body.get("status") == "INACTIVE":
            found = call.group.schedules[call.path["executionScheduleId"]]
            found.start = found.end = None


@mutant("schedule-delete-counted", "LM-SCHEDULE-DELETE-UNCOUNTED")
def delete_counted(bench: Bench) -> None:
    """BUG: "A schedule that was deleted is not counted any more." It is counted for ever."""
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


@mutant("schedule-change-names-another", "LM-SCHEDULE-ANSWER-ID")
def change_names_another(bench: Bench) -> None:
    """BUG: "The answers to changing and to deleting a schedule tell its id." The former tells its configuration's."""

    @bench.after("modifyExecutionSchedule")
    def configuration(call: Call, reply: Reply) -> None:
        reply.json["id"] = call.group.schedules[call.path["executionScheduleId"]].configuration["id"]


@mutant("schedule-delete-names-another", "LM-SCHEDULE-ANSWER-ID")
def delete_names_another(bench: Bench) -> None:
    """BUG: "The answers to changing and to deleting a schedule tell its id." The latter tells that of a job."""

    @bench.after("deleteExecutionSchedule")
    def job(call: Call, reply: Reply) -> None:
        reply.json["id"] = f"job-{call.path['executionScheduleId']}"
