"""Execution schedules that are created and shown otherwise than they should be."""

from __future__ import annotations

from lmconform.mock import validation
from lmconform.mock.call import Call, Reply
from lmconform.mock.problems import Problem
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.defects.answers import malformed_422, refuses_when, unknown_is_200, wrong_location, wrong_status
from lmconform.mutants.defects.bodies import SCHEMAS, loosen, oldest_configuration, optional
from lmconform.mutants.registry import mutant


@mutant("schedule-created-201", "LM-SCHEDULE-CREATE-MINIMAL", "LM-SCHEDULE-BODY-AT-LIMIT")
def schedule_created_201(bench: Bench) -> None:
    """BUG: creating a schedule answers 201 instead of 202."""
    wrong_status(bench, "createExecutionSchedule", 201)


@mutant("schedule-needs-start", "LM-SCHEDULE-CREATE-MINIMAL")
def schedule_needs_start(bench: Bench) -> None:
    """BUG: a schedule without a start is refused."""
    refuses_when(bench, "start is missing", lambda call: "start" not in call.body, "createExecutionSchedule")


@mutant("schedule-starts-inactive", "LM-SCHEDULE-CREATE-ACTIVE", "LM-FLOW-SCHEDULE-CREATED")
def schedule_starts_inactive(bench: Bench) -> None:
    """BUG: a new schedule is INACTIVE."""

    @bench.after("createExecutionSchedule")
    def inactive(call: Call, reply: Reply) -> None:
        call.group.schedules[reply.json["id"]].status = "INACTIVE"


@mutant("schedule-starts-when-made", "LM-SCHEDULE-STARTS-NOTHING-EARLY")
def schedule_starts_when_made(bench: Bench) -> None:
    """BUG: a schedule starts an execution as soon as it is created."""

    @bench.after("createExecutionSchedule")
    def at_once(call: Call, reply: Reply) -> None:
        made = call.group.schedules[reply.json["id"]]
        executable = call.catalog.of(made.configuration)
        call.group.add_execution(made.configuration, "", executable.products(), schedule=made.id)


@mutant("schedule-location", "LM-SCHEDULE-CREATE-LOCATION")
def schedule_location(bench: Bench) -> None:
    """BUG: Location on the creation of a schedule holds another id."""
    wrong_location(bench, "createExecutionSchedule")


@mutant("schedule-unknown-200", "LM-SCHEDULE-UNKNOWN-404")
def schedule_unknown_200(bench: Bench) -> None:
    """BUG: a schedule that does not exist is answered with 200 and an empty object."""
    unknown_is_200(bench, "getExecutionSchedule")


@mutant("schedule-cron-rewritten", "LM-SCHEDULE-GET-ECHO", "LM-FLOW-SCHEDULE-CREATED")
def schedule_cron_rewritten(bench: Bench) -> None:
    """BUG: the cron of a schedule is shown with a field for seconds in front."""

    @bench.after("getExecutionSchedule", "listExecutionSchedules")
    def six(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            resource["cron"] = f"0 {resource['cron']}"


@mutant("schedule-name-cut", "LM-SCHEDULE-GET-ECHO")
def schedule_name_cut(bench: Bench) -> None:
    """BUG: the name of a schedule is cut after ten characters."""

    @bench.before("createExecutionSchedule")
    def cut(call: Call) -> None:
        call.body["name"] = call.body["name"][:10]


@mutant("schedule-window-days", "LM-SCHEDULE-WINDOW-ECHO", "LM-SCHEDULE-MODIFY-WINDOW")
def schedule_window_days(bench: Bench) -> None:
    """BUG: start and end of a schedule are shown as the beginning of their days."""

    @bench.after("getExecutionSchedule")
    def midnight(call: Call, reply: Reply) -> None:
        for name in ("start", "end"):
            if reply.json.get(name):
                reply.json[name] = reply.json[name][:10] + "T00:00:00Z"


@mutant("schedule-end-is-start", "LM-SCHEDULE-WINDOW-ECHO")
def schedule_end_is_start(bench: Bench) -> None:
    """BUG: start and end of a schedule are swapped."""

    @bench.after("getExecutionSchedule")
    def swapped(call: Call, reply: Reply) -> None:
        if reply.json.get("start") and reply.json.get("end"):
            reply.json["start"], reply.json["end"] = reply.json["end"], reply.json["start"]


@mutant("schedule-end-dropped", "LM-SCHEDULE-WINDOW-ECHO")
def schedule_end_dropped(bench: Bench) -> None:
    """BUG: the end of a new schedule is not kept."""

    @bench.before("createExecutionSchedule")
    def drop(call: Call) -> None:
        call.body.pop("end", None)


@mutant("schedule-cron-optional", "LM-SCHEDULE-BODY-REQUIRED")
def schedule_cron_optional(bench: Bench) -> None:
    """BUG: a schedule without a cron is created for New Year's Day."""
    optional(bench, "ExecutionScheduleCreation", "cron")

    @bench.before("createExecutionSchedule")
    def default(call: Call) -> None:
        call.body.setdefault("cron", "0 0 1 1 *")


@mutant("schedule-name-number", "LM-SCHEDULE-BODY-TYPE")
def schedule_name_number(bench: Bench) -> None:
    """BUG: a number as name of a schedule is turned into a text."""
    loosen(bench, "ExecutionScheduleCreation", "name", {"maxLength": 256})

    @bench.before("createExecutionSchedule")
    def text(call: Call) -> None:
        call.body["name"] = str(call.body["name"])[:256]


@mutant("schedule-malformed-422", "LM-SCHEDULE-BODY-MALFORMED")
def schedule_malformed_422(bench: Bench) -> None:
    """BUG: a schedule whose JSON is broken is refused with 422 instead of 400."""
    malformed_422(bench, "createExecutionSchedule")


@mutant("schedule-malformed-mended", "LM-SCHEDULE-BODY-MALFORMED")
def schedule_malformed_mended(bench: Bench) -> None:
    """BUG: JSON that ends too early is taken for a missing configurationId and answers 412."""

    @bench.patch(validation, "body")
    def repaired(original, contract, asked, media_type, raw, switches):  # type: ignore[no-untyped-def]
        if asked.id == "createExecutionSchedule" and not raw.rstrip().endswith(b"}"):
            raise Problem(412, "01010001", "configurationId is missing")
        return original(contract, asked, media_type, raw, switches)


@mutant("schedule-configuration-id-any", "LM-SCHEDULE-BODY-CONFIGURATION-ID")
def schedule_configuration_id_any(bench: Bench) -> None:
    """BUG: a configurationId that is no id stands for the oldest configuration."""
    loosen(bench, "ExecutionScheduleCreation", "configurationId", {"type": "string"})
    oldest_configuration(bench, "createExecutionSchedule")


@mutant("schedule-time-any", "LM-SCHEDULE-BODY-TIME")
def schedule_time_any(bench: Bench) -> None:
    """BUG: a start or end that is no date is ignored instead of refused."""
    for name in ("start", "end"):
        loosen(bench, "ExecutionScheduleCreation", name)

    @bench.before("createExecutionSchedule")
    def without(call: Call) -> None:
        for name in ("start", "end"):
            if not str(call.body.get(name, "2"))[:1].isdigit():
                del call.body[name]


@mutant("schedule-name-long", "LM-SCHEDULE-BODY-TOO-LONG")
def schedule_name_long(bench: Bench) -> None:
    """BUG: the name of a schedule may have 512 characters instead of 256."""
    bench.schema(f"{SCHEMAS}/ExecutionScheduleCreation/properties/name")["maxLength"] = 512


@mutant("schedule-name-short", "LM-SCHEDULE-BODY-AT-LIMIT")
def schedule_name_short(bench: Bench) -> None:
    """BUG: a schedule with a name of 256 characters, which is the limit, is refused."""
    bench.schema(f"{SCHEMAS}/ExecutionScheduleCreation/properties/name")["maxLength"] = 255
