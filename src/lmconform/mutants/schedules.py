"""Execution schedules that are made, shown, filtered and counted otherwise than they should be."""

from __future__ import annotations

from lmconform.mock import validation
from lmconform.mock.call import Call, Reply
from lmconform.mock.problems import Problem
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.common import (
    SCHEMAS,
    counted_wrongly,
    forget,
    keeps_out,
    loosen,
    malformed_422,
    off_by_one,
    oldest_configuration,
    optional,
    refuses_when,
    skips_one_more,
    unknown_is_200,
    wrong_location,
    wrong_status,
)
from lmconform.mutants.registry import mutant


@mutant("schedule-unknown-200", "LM-SCHEDULE-UNKNOWN-404")
def unknown(bench: Bench) -> None:
    """BUG: "Reading a schedule that does not exist answers 404." An empty object answers with 200."""
    unknown_is_200(bench, "getExecutionSchedule")


@mutant("schedule-created-201", "LM-SCHEDULE-CREATE-MINIMAL", "LM-SCHEDULE-BODY-AT-LIMIT")
def created_201(bench: Bench) -> None:
    """BUG: "A schedule with name, cron and configurationId alone is taken with 202." The answer is 201."""
    wrong_status(bench, "createExecutionSchedule", 201)


@mutant("schedule-needs-start", "LM-SCHEDULE-CREATE-MINIMAL")
def needs_start(bench: Bench) -> None:
    """BUG: "A schedule with name, cron and configurationId alone is taken with 202." A start is asked for as well."""
    refuses_when(bench, "start is missing", lambda call: "start" not in call.body, "createExecutionSchedule")


@mutant("schedule-starts-inactive", "LM-SCHEDULE-CREATE-ACTIVE", "LM-FLOW-SCHEDULE-CREATED")
def starts_inactive(bench: Bench) -> None:
    """BUG: "A new schedule is ACTIVE." It is INACTIVE until it is changed."""

    @bench.after("createExecutionSchedule")
    def inactive(call: Call, reply: Reply) -> None:
        call.group.schedules[reply.json["id"]].status = "INACTIVE"


@mutant("schedule-location", "LM-SCHEDULE-CREATE-LOCATION")
def location(bench: Bench) -> None:
    """BUG: "A Location on the creation of a schedule holds the schedule's id." It holds another id."""
    wrong_location(bench, "createExecutionSchedule")


@mutant("schedule-cron-rewritten", "LM-SCHEDULE-GET-ECHO", "LM-FLOW-SCHEDULE-CREATED")
def cron_rewritten(bench: Bench) -> None:
    """BUG: "A schedule is read back with id, name, cron and configurationId as they were sent."

    The cron has a field for seconds in front.
    """

    @bench.after("getExecutionSchedule", "listExecutionSchedules")
    def six(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            resource["cron"] = f"0 {resource['cron']}"


@mutant("schedule-name-cut", "LM-SCHEDULE-GET-ECHO")
def name_cut(bench: Bench) -> None:
    """BUG: "A schedule is read back with id, name, cron and configurationId as they were sent."

    Ten characters of the name are left.
    """

    @bench.before("createExecutionSchedule")
    def cut(call: Call) -> None:
        call.body["name"] = call.body["name"][:10]


@mutant("schedule-window-days", "LM-SCHEDULE-WINDOW-ECHO", "LM-SCHEDULE-MODIFY-WINDOW")
def window_days(bench: Bench) -> None:
    """BUG: "Start and end of a schedule are read back as the same moments."

    They are moved to the beginning of the day.
    """

    @bench.after("getExecutionSchedule")
    def midnight(call: Call, reply: Reply) -> None:
        for name in ("start", "end"):
            if reply.json.get(name):
                reply.json[name] = reply.json[name][:10] + "T00:00:00Z"


@mutant("schedule-end-is-start", "LM-SCHEDULE-WINDOW-ECHO")
def end_is_start(bench: Bench) -> None:
    """BUG: "Start and end of a schedule are read back as the same moments." Start and end are swapped."""

    @bench.after("getExecutionSchedule")
    def swapped(call: Call, reply: Reply) -> None:
        if reply.json.get("start") and reply.json.get("end"):
            reply.json["start"], reply.json["end"] = reply.json["end"], reply.json["start"]


@mutant("schedule-newest-unlisted", "LM-SCHEDULE-LISTED", "LM-FLOW-SCHEDULE-LISTED")
def newest_unlisted(bench: Bench) -> None:
    """BUG: "Schedules that were made are listed, each once." The newest of all is not in the list yet."""
    keeps_out(bench, "listExecutionSchedules", lambda call, row: row["id"] == list(call.group.schedules)[-1])


@mutant("schedule-listed-twice", "LM-SCHEDULE-LISTED", "LM-SCHEDULE-COUNT-MATCHES-LIST")
def listed_twice(bench: Bench) -> None:
    """BUG: "Schedules that were made are listed, each once." The first is there twice."""

    @bench.after("listExecutionSchedules")
    def twice(call: Call, reply: Reply) -> None:
        rows = reply.json["resources"]
        reply.json = {"count": len(rows[:1]) + len(rows), "resources": rows[:1] + rows}


@mutant("schedule-list-names", "LM-SCHEDULE-LIST-EQUALS-GET")
def list_names(bench: Bench) -> None:
    """BUG: "A schedule is the same in the list and when it is read by its id." In the list its name is in capitals."""

    @bench.after("listExecutionSchedules")
    def capitals(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            resource["name"] = resource["name"].upper()


@mutant("schedule-list-count", "LM-SCHEDULE-LIST-COUNT")
def list_count(bench: Bench) -> None:
    """BUG: "In an unpaged list of schedules count is the number of resources." It is one more."""
    off_by_one(bench, "listExecutionSchedules")


@mutant("schedule-count-more", "LM-SCHEDULE-COUNT-MATCHES-LIST", "LM-FLOW-SCHEDULE-LISTED")
def count_more(bench: Bench) -> None:
    """BUG: "Counting schedules of a configuration gives the number that the list holds."

    It counts one that is not there.
    """
    counted_wrongly(bench, "countExecutionSchedules")


@mutant("schedule-count-active", "LM-SCHEDULE-COUNT-FILTERED")
def count_active(bench: Bench) -> None:
    """BUG: "Counting schedules applies configurationId and status." Those that are paused are never counted."""

    @bench.before("countExecutionSchedules")
    def active(call: Call) -> None:
        call.query["status"] = "ACTIVE"


@mutant("schedule-filter-configuration", "LM-SCHEDULE-FILTER-CONFIGURATION", "LM-SCHEDULE-FILTER-COMBINED")
def filter_configuration(bench: Bench) -> None:
    """BUG: "The filter configurationId leaves the schedules of that configuration, and no other."

    It is not looked at.
    """
    forget(bench, "configurationId", "listExecutionSchedules")


@mutant("schedule-filter-status-swapped", "LM-SCHEDULE-FILTER-STATUS", "LM-SCHEDULE-FILTER-COMBINED")
def filter_status(bench: Bench) -> None:
    """BUG: "The filter status leaves the schedules with that status, and no other."

    It leaves those that have the other one.
    """

    @bench.before("listExecutionSchedules")
    def other(call: Call) -> None:
        if "status" in call.query:
            call.query["status"] = "INACTIVE" if call.query["status"] == "ACTIVE" else "ACTIVE"


@mutant("schedule-filters-or", "LM-SCHEDULE-FILTER-COMBINED")
def filters_or(bench: Bench) -> None:
    """BUG: "Both filters of schedules must match." Beside a configuration the status is not looked at."""

    @bench.before("listExecutionSchedules")
    def less(call: Call) -> None:
        if "configurationId" in call.query:
            call.query.pop("status", None)


@mutant("schedule-top", "LM-SCHEDULE-TOP", "LM-SCHEDULE-PAGES-COVER")
def top(bench: Bench) -> None:
    """BUG: "With $top a list of schedules holds that many when there are more." It holds all."""
    forget(bench, "$top", "listExecutionSchedules")


@mutant("schedule-skip", "LM-SCHEDULE-SKIP", "LM-SCHEDULE-PAGES-COVER")
def skip(bench: Bench) -> None:
    """BUG: "With $skip a list of schedules leaves out that many." It leaves out one more."""
    skips_one_more(bench, "listExecutionSchedules")


@mutant("schedule-skips-pages", "LM-SCHEDULE-PAGES-COVER")
def skips_pages(bench: Bench) -> None:
    """BUG: "Pages of one schedule each hold every schedule once." Beside $top a $skip counts pages of two."""

    @bench.before("listExecutionSchedules")
    def pages(call: Call) -> None:
        if "$top" in call.query and "$skip" in call.query:
            call.query["$skip"] *= 2


@mutant("schedule-executions-all", "LM-SCHEDULE-EXECUTIONS")
def executions_all(bench: Bench) -> None:
    """BUG: "The filter executionScheduleId leaves the executions that the schedule started, also when counted."

    It is not looked at.
    """
    forget(bench, "executionScheduleId", "listExecutions", "countExecutions")


@mutant("schedule-executions-counted", "LM-SCHEDULE-EXECUTIONS")
def executions_counted(bench: Bench) -> None:
    """BUG: "The filter executionScheduleId leaves the executions that the schedule started, also when counted."

    The count does not look at it.
    """
    forget(bench, "executionScheduleId", "countExecutions")


@mutant("schedule-cron-optional", "LM-SCHEDULE-BODY-REQUIRED")
def cron_optional(bench: Bench) -> None:
    """BUG: "A schedule without name, cron or configurationId is refused with 400."

    Without a cron it runs on New Year's Day.
    """
    optional(bench, "ExecutionScheduleCreation", "cron")

    @bench.before("createExecutionSchedule")
    def default(call: Call) -> None:
        call.body.setdefault("cron", "0 0 1 1 *")


@mutant("schedule-name-number", "LM-SCHEDULE-BODY-TYPE")
def name_number(bench: Bench) -> None:
    """BUG: "A schedule with a field of the wrong type is refused with 400." A number becomes a name."""
    loosen(bench, "ExecutionScheduleCreation", "name")

    @bench.before("createExecutionSchedule")
    def text(call: Call) -> None:
        call.body["name"] = str(call.body["name"])[:256]


@mutant("schedule-malformed-422", "LM-SCHEDULE-BODY-MALFORMED")
def malformed(bench: Bench) -> None:
    """BUG: "A schedule whose JSON is broken is refused with 400." It answers 422."""
    malformed_422(bench, "createExecutionSchedule")


@mutant("schedule-malformed-mended", "LM-SCHEDULE-BODY-MALFORMED")
def mended(bench: Bench) -> None:
    """BUG: "A schedule whose JSON is broken is refused with 400."

    What is missing at the end is made up, and 412 answers for the rest.
    """

    @bench.patch(validation, "body")
    def repaired(original, contract, asked, media_type, raw, switches):  # type: ignore[no-untyped-def]
        if asked.id == "createExecutionSchedule" and not raw.rstrip().endswith(b"}"):
            raise Problem(412, "01010001", "configurationId is missing")
        return original(contract, asked, media_type, raw, switches)


@mutant("schedule-configuration-id-any", "LM-SCHEDULE-BODY-CONFIGURATION-ID")
def configuration_any(bench: Bench) -> None:
    """BUG: "A schedule whose configurationId breaks the pattern of ids is refused with 400 or 404."

    The oldest configuration is taken.
    """
    loosen(bench, "ExecutionScheduleCreation", "configurationId", {"type": "string"})
    oldest_configuration(bench, "createExecutionSchedule")


@mutant("schedule-time-any", "LM-SCHEDULE-BODY-TIME")
def time_any(bench: Bench) -> None:
    """BUG: "A schedule whose start or end is no date and time is refused with 400."

    What is none is left out of account.
    """
    for name in ("start", "end"):
        loosen(bench, "ExecutionScheduleCreation", name)

    @bench.before("createExecutionSchedule")
    def without(call: Call) -> None:
        for name in ("start", "end"):
            if not str(call.body.get(name, "2"))[:1].isdigit():
                del call.body[name]


@mutant("schedule-name-long", "LM-SCHEDULE-BODY-TOO-LONG")
def name_long(bench: Bench) -> None:
    """BUG: "A schedule whose name has more than 256 characters is refused with 400." 512 are the most."""
    bench.schema(f"{SCHEMAS}/ExecutionScheduleCreation/properties/name")["maxLength"] = 512


@mutant("schedule-name-short", "LM-SCHEDULE-BODY-AT-LIMIT")
def name_short(bench: Bench) -> None:
    """BUG: "A schedule whose name has 256 characters is taken." 255 are the most."""
    bench.schema(f"{SCHEMAS}/ExecutionScheduleCreation/properties/name")["maxLength"] = 255


@mutant("schedule-status-word", "LM-HTTP-BODY-SCHEMA")
def status_word(bench: Bench) -> None:
    """BUG: "The body of a successful answer is valid against its schema." The status of a schedule is PAUSED."""

    @bench.after("getExecutionSchedule")
    def paused(call: Call, reply: Reply) -> None:
        if reply.json["status"] == "INACTIVE":
            reply.json["status"] = "PAUSED"
