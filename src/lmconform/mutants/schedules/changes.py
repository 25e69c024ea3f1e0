"""Execution schedules that are paused, resumed and changed otherwise than they should be."""

from __future__ import annotations

from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import WRONG_STATE, Problem
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.answers import wrong_status
from lmconform.mutants.defects.bodies import loosen
from lmconform.mutants.defects.changes import takes_unknown
from lmconform.mutants.registry import mutant


@mutant("schedule-pause-ignored", "LM-SCHEDULE-PAUSE", "LM-FLOW-SCHEDULE-PAUSED")
def schedule_pause_ignored(bench: Bench) -> None:
    """BUG: pausing a schedule answers 202, and it stays ACTIVE."""
    _drops(bench, "status", "INACTIVE")


@mutant("schedule-second-pause-lost", "LM-SCHEDULE-PAUSE")
def schedule_second_pause_lost(bench: Bench) -> None:
    """BUG: only the first pause of a schedule has an effect; later ones answer 202, and it stays ACTIVE."""
    paused: set[str] = set()

    @bench.before("modifyExecutionSchedule")
    def drop(call: Call) -> None:
        if call.body.get("status") == "INACTIVE" and call.path["executionScheduleId"] in paused:
            call.body["status"] = "ACTIVE"
        elif call.body.get("status") == "INACTIVE":
            paused.add(call.path["executionScheduleId"])


@mutant("schedule-pause-drops-window", "LM-SCHEDULE-PAUSE-KEEPS")
def schedule_pause_drops_window(bench: Bench) -> None:
    """BUG: pausing a schedule drops its start and end."""

    @bench.after("modifyExecutionSchedule")
    def lost(call: Call, reply: Reply) -> None:
        if call.body.get("status") == "INACTIVE":
            found = call.group.schedules[call.path["executionScheduleId"]]
            found.start = found.end = None


@mutant("schedule-resume-ignored", "LM-SCHEDULE-RESUME", "LM-FLOW-SCHEDULE-RESUMED")
def schedule_resume_ignored(bench: Bench) -> None:
    """BUG: resuming a schedule answers 202, and it stays INACTIVE."""
    _drops(bench, "status", "ACTIVE")


@mutant("schedule-resume-refused", "LM-SCHEDULE-RESUME")
def schedule_resume_refused(bench: Bench) -> None:
    """BUG: every change of a paused schedule is refused with 412."""

    @bench.before("modifyExecutionSchedule")
    def refused(call: Call) -> None:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and found.status == "INACTIVE":
            raise Problem(412, WRONG_STATE, "Invalid Request, the schedule is INACTIVE")


@mutant("schedule-modify-200", "LM-SCHEDULE-MODIFY-CRON", "LM-SCHEDULE-MODIFY-WINDOW", "LM-SCHEDULE-PAUSE")
def schedule_modify_200(bench: Bench) -> None:
    """BUG: changing a schedule answers 200 instead of 202."""
    wrong_status(bench, "modifyExecutionSchedule", 200)


@mutant("schedule-modify-cron", "LM-SCHEDULE-MODIFY-CRON")
def schedule_modify_cron(bench: Bench) -> None:
    """BUG: a new cron is accepted, and the old one stays."""

    @bench.before("modifyExecutionSchedule")
    def keep(call: Call) -> None:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and "cron" in call.body:
            call.body["cron"] = found.data["cron"]


@mutant("schedule-modify-end-lost", "LM-SCHEDULE-MODIFY-WINDOW")
def schedule_modify_end_lost(bench: Bench) -> None:
    """BUG: a new end is ignored beside another change."""

    @bench.before("modifyExecutionSchedule")
    def lost(call: Call) -> None:
        if len(call.body) > 1:
            call.body.pop("end", None)


@mutant("schedule-modify-configuration", "LM-SCHEDULE-MODIFY-CONFIGURATION")
def schedule_modify_configuration(bench: Bench) -> None:
    """BUG: a new configuration is accepted, and the old one stays."""

    @bench.before("modifyExecutionSchedule")
    def keep(call: Call) -> None:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and call.body.get("configurationId") in call.group.configurations:
            call.body["configurationId"] = found.configuration["id"]


@mutant("schedule-listed-as-created", "LM-SCHEDULE-MODIFY-CONFIGURATION")
def schedule_listed_as_created(bench: Bench) -> None:
    """BUG: the filter configurationId finds a schedule under the configuration that it was created with."""
    first: dict[str, str] = {}

    @bench.after("createExecutionSchedule")
    def note(call: Call, reply: Reply) -> None:
        first[reply.json["id"]] = call.body["configurationId"]

    @bench.instead("listExecutionSchedules")
    def old(call: Call, handler: Handler) -> Reply:
        wanted = call.query.pop("configurationId", None)
        reply = handler(call)
        if wanted is not None:
            rows = [row for row in reply.json["resources"] if first.get(row["id"]) == wanted]
            reply.json = {"count": len(rows), "resources": rows}
        return reply


@mutant("schedule-modify-pauses", "LM-SCHEDULE-MODIFY-KEEPS")
def schedule_modify_pauses(bench: Bench) -> None:
    """BUG: a new cron pauses the schedule."""

    @bench.before("modifyExecutionSchedule")
    def pause(call: Call) -> None:
        if "cron" in call.body:
            call.body.setdefault("status", "INACTIVE")


@mutant("schedule-modify-resumes", "LM-SCHEDULE-MODIFY-KEEPS")
def schedule_modify_resumes(bench: Bench) -> None:
    """BUG: a new cron resumes a paused schedule."""

    @bench.before("modifyExecutionSchedule")
    def resume(call: Call) -> None:
        if "cron" in call.body:
            call.body.setdefault("status", "ACTIVE")


@mutant("schedule-resume-begins-now", "LM-SCHEDULE-MODIFY-KEEPS")
def schedule_resume_begins_now(bench: Bench) -> None:
    """BUG: resuming a schedule sets its start to now."""

    @bench.after("modifyExecutionSchedule")
    def started(call: Call, reply: Reply) -> None:
        if call.body.get("status") == "ACTIVE":
            call.group.schedules[call.path["executionScheduleId"]].start = call.group.now()


@mutant("schedule-cron-of-paused-lost", "LM-SCHEDULE-MODIFY-KEEPS")
def schedule_cron_of_paused_lost(bench: Bench) -> None:
    """BUG: a new cron of a paused schedule is accepted, and the old one stays."""

    @bench.before("modifyExecutionSchedule")
    def keep(call: Call) -> None:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and found.status == "INACTIVE" and "cron" in call.body:
            call.body["cron"] = found.data["cron"]


@mutant("schedule-empty-change-resumes", "LM-SCHEDULE-MODIFY-KEEPS")
def schedule_empty_change_resumes(bench: Bench) -> None:
    """BUG: a change without members resumes a paused schedule."""

    @bench.before("modifyExecutionSchedule")
    def resume(call: Call) -> None:
        if not call.body:
            call.body["status"] = "ACTIVE"


@mutant("schedule-configuration-moves-all", "LM-SCHEDULE-MODIFY-CONFIGURATION")
def schedule_configuration_moves_all(bench: Bench) -> None:
    """BUG: a new configuration for a schedule is given to all that had its old one."""

    @bench.instead("modifyExecutionSchedule")
    def moved(call: Call, handler: Handler) -> Reply:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        old = None if found is None else found.configuration
        reply = handler(call)
        if found is not None and old is not found.configuration:
            for schedule in call.group.schedules.values():
                if schedule.configuration is old:
                    schedule.configuration = found.configuration
        return reply


@mutant("schedule-modify-end-only", "LM-SCHEDULE-MODIFY-KEEPS")
def schedule_modify_end_alone(bench: Bench) -> None:
    """BUG: a new end without a start clears the start of the schedule."""

    @bench.after("modifyExecutionSchedule")
    def cleared(call: Call, reply: Reply) -> None:
        if "end" in call.body and "start" not in call.body:
            call.group.schedules[call.path["executionScheduleId"]].start = None


@mutant("schedule-modify-begins-anew", "LM-SCHEDULE-MODIFY-KEEPS")
def schedule_modify_begins_anew(bench: Bench) -> None:
    """BUG: another configuration clears the window of the schedule."""

    @bench.after("modifyExecutionSchedule")
    def cleared(call: Call, reply: Reply) -> None:
        if "configurationId" in call.body:
            found = call.group.schedules[call.path["executionScheduleId"]]
            found.start = found.end = None


@mutant("schedule-modify-renames", "LM-SCHEDULE-MODIFY-KEEPS")
def schedule_modify_renames(bench: Bench) -> None:
    """BUG: a new cron appends a number to the name of the schedule."""

    @bench.after("modifyExecutionSchedule")
    def numbered(call: Call, reply: Reply) -> None:
        found = call.group.schedules[call.path["executionScheduleId"]]
        if "cron" in call.body:
            found.data["name"] = found.data["name"] + "-2"


@mutant("schedule-renamed", "LM-SCHEDULE-NAME-STAYS")
def schedule_renamed(bench: Bench) -> None:
    """BUG: a change of a schedule can change its name."""

    @bench.after("modifyExecutionSchedule")
    def rename(call: Call, reply: Reply) -> None:
        found = call.group.schedules[call.path["executionScheduleId"]]
        found.data["name"] = str(call.body.get("name", found.data["name"]))


@mutant("schedule-modify-any-status", "LM-SCHEDULE-MODIFY-BODY")
def schedule_modify_any_status(bench: Bench) -> None:
    """BUG: a status that does not exist is ignored instead of refused."""
    loosen(bench, "ExecutionScheduleModification", "status")

    @bench.before("modifyExecutionSchedule")
    def passed_over(call: Call) -> None:
        if call.body.get("status") not in ("ACTIVE", "INACTIVE", None):
            found = call.group.schedules.get(call.path["executionScheduleId"])
            call.body["status"] = found.status if found else "ACTIVE"


@mutant("schedule-modify-unknown", "LM-SCHEDULE-MODIFY-404")
def schedule_modify_unknown(bench: Bench) -> None:
    """BUG: changing a schedule that does not exist answers 202."""
    takes_unknown(bench, "modifyExecutionSchedule", "schedules")


@mutant("schedule-change-names-another", "LM-SCHEDULE-ANSWER-ID")
def schedule_change_names_another(bench: Bench) -> None:
    """BUG: the answer to changing a schedule has the id of its configuration."""

    @bench.after("modifyExecutionSchedule")
    def configuration(call: Call, reply: Reply) -> None:
        reply.json["id"] = call.group.schedules[call.path["executionScheduleId"]].configuration["id"]


@mutant("schedule-pause-of-all", "LM-SCHEDULE-OTHERS-STAY")
def schedule_pause_of_all(bench: Bench) -> None:
    """BUG: pausing a schedule pauses all of its configuration."""

    @bench.after("modifyExecutionSchedule")
    def others(call: Call, reply: Reply) -> None:
        changed = call.group.schedules[call.path["executionScheduleId"]]
        for schedule in call.group.schedules.values():
            if schedule.configuration["id"] == changed.configuration["id"]:
                schedule.status = changed.status


def _drops(bench: Bench, member: str, value: str) -> None:
    """A change to this value is not made."""

    @bench.before("modifyExecutionSchedule")
    def drop(call: Call) -> None:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and call.body.get(member) == value:
            call.body[member] = getattr(found, member)
