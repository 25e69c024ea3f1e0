"""Lists, counts and filters of execution schedules, and of the executions that they start."""

from __future__ import annotations

from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.defects.lists import (
    counted_wrongly,
    forget,
    keeps_out,
    loses_one_at_a_boundary,
    off_by_one,
    skips_one_more,
    turns_round,
)
from lmconform.mutants.registry import mutant


@mutant("schedule-newest-unlisted", "LM-SCHEDULE-LISTED", "LM-FLOW-SCHEDULE-LISTED")
def schedule_newest_unlisted(bench: Bench) -> None:
    """BUG: the newest schedule is missing in the list."""
    keeps_out(bench, "listExecutionSchedules", lambda call, row: row["id"] == list(call.group.schedules)[-1])


@mutant("schedule-listed-twice", "LM-SCHEDULE-LISTED", "LM-SCHEDULE-COUNT-MATCHES-LIST")
def schedule_listed_twice(bench: Bench) -> None:
    """BUG: the first schedule is listed twice."""

    @bench.after("listExecutionSchedules")
    def twice(call: Call, reply: Reply) -> None:
        rows = reply.json["resources"]
        reply.json = {"count": len(rows[:1]) + len(rows), "resources": rows[:1] + rows}


@mutant("schedule-list-names", "LM-SCHEDULE-LIST-EQUALS-GET")
def schedule_list_names(bench: Bench) -> None:
    """BUG: the list shows the names of schedules in capitals."""

    @bench.after("listExecutionSchedules")
    def capitals(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            resource["name"] = resource["name"].upper()


@mutant("schedule-list-of-yesterday", "LM-SCHEDULE-MODIFY-LISTED")
def schedule_list_of_yesterday(bench: Bench) -> None:
    """BUG: the list shows the cron that a schedule was created with, also after a change."""
    first: dict[str, str] = {}

    @bench.after("createExecutionSchedule")
    def remember(call: Call, reply: Reply) -> None:
        first[reply.json["id"]] = call.body["cron"]

    @bench.after("listExecutionSchedules")
    def stale(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            resource["cron"] = first.get(resource["id"], resource["cron"])


@mutant("schedule-list-created-anew", "LM-SCHEDULE-MODIFY-LISTED")
def schedule_list_created_anew(bench: Bench) -> None:
    """BUG: the list shows the time of the last change as the time of creation."""

    @bench.after("listExecutionSchedules")
    def moved(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            resource["createdAt"] = resource["modifiedAt"]


@mutant("schedule-list-count", "LM-SCHEDULE-LIST-COUNT")
def schedule_list_count(bench: Bench) -> None:
    """BUG: count in the list of schedules is one too high."""
    off_by_one(bench, "listExecutionSchedules")


@mutant("schedule-count-more", "LM-SCHEDULE-COUNT-MATCHES-LIST", "LM-FLOW-SCHEDULE-LISTED")
def schedule_count_more(bench: Bench) -> None:
    """BUG: $count of schedules is one too high."""
    counted_wrongly(bench, "countExecutionSchedules")


@mutant("schedule-count-active", "LM-SCHEDULE-COUNT-FILTERED")
def schedule_count_active(bench: Bench) -> None:
    """BUG: paused schedules are never counted."""

    @bench.before("countExecutionSchedules")
    def active(call: Call) -> None:
        call.query["status"] = "ACTIVE"


@mutant("schedule-filter-configuration", "LM-SCHEDULE-FILTER-CONFIGURATION", "LM-SCHEDULE-FILTER-COMBINED")
def schedule_filter_configuration(bench: Bench) -> None:
    """BUG: configurationId is ignored when schedules are listed."""
    forget(bench, "configurationId", "listExecutionSchedules")


@mutant("schedule-filter-status-swapped", "LM-SCHEDULE-FILTER-STATUS", "LM-SCHEDULE-FILTER-COMBINED")
def schedule_filter_status_swapped(bench: Bench) -> None:
    """BUG: the filter status finds the schedules that have the other status."""

    @bench.before("listExecutionSchedules")
    def other(call: Call) -> None:
        if "status" in call.query:
            call.query["status"] = "INACTIVE" if call.query["status"] == "ACTIVE" else "ACTIVE"


@mutant("schedule-filters-or", "LM-SCHEDULE-FILTER-COMBINED")
def schedule_filters_or(bench: Bench) -> None:
    """BUG: status is ignored when schedules are listed by configurationId and status."""

    @bench.before("listExecutionSchedules")
    def less(call: Call) -> None:
        if "configurationId" in call.query:
            call.query.pop("status", None)


@mutant("schedule-top", "LM-SCHEDULE-TOP", "LM-SCHEDULE-PAGES-COVER")
def schedule_top(bench: Bench) -> None:
    """BUG: $top is ignored when schedules are listed."""
    forget(bench, "$top", "listExecutionSchedules")


@mutant("schedule-skip", "LM-SCHEDULE-SKIP", "LM-SCHEDULE-PAGES-COVER")
def schedule_skip(bench: Bench) -> None:
    """BUG: $skip leaves out one schedule too many."""
    skips_one_more(bench, "listExecutionSchedules")


@mutant("schedule-skips-pages", "LM-SCHEDULE-PAGES-COVER")
def schedule_skips_pages(bench: Bench) -> None:
    """BUG: $skip beside $top leaves out twice as many schedules."""

    @bench.before("listExecutionSchedules")
    def pages(call: Call) -> None:
        if "$top" in call.query and "$skip" in call.query:
            call.query["$skip"] *= 2


@mutant("schedule-executions-all", "LM-SCHEDULE-EXECUTIONS")
def schedule_executions_all(bench: Bench) -> None:
    """BUG: executionScheduleId is ignored when executions are listed and counted."""
    forget(bench, "executionScheduleId", "listExecutions", "countExecutions")


@mutant("schedule-executions-counted", "LM-SCHEDULE-EXECUTIONS")
def schedule_executions_counted(bench: Bench) -> None:
    """BUG: executionScheduleId is ignored when executions are counted."""
    forget(bench, "executionScheduleId", "countExecutions")


@mutant("pages-schedules-boundary", "LM-SCHEDULE-PAGE-SIZES", "LM-SCHEDULE-PAGES-AGAIN")
def pages_schedules_boundary(bench: Bench) -> None:
    """BUG: each page of schedules but the first loses the schedule that it begins with."""
    loses_one_at_a_boundary(bench, "listExecutionSchedules")


@mutant("pages-schedules-turn-round", "LM-SCHEDULE-PAGES-AGAIN")
def pages_schedules_turn_round(bench: Bench) -> None:
    """BUG: pages of schedules behind the first are in the reverse order, so that some schedules are on two pages."""
    turns_round(bench, "listExecutionSchedules")
