"""Lists, counts and filters of executions."""

from __future__ import annotations

from typing import Any

from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.defects.answers import elsewhere, refuses_when
from lmconform.mutants.defects.lists import (
    alone_or_not,
    counts_one,
    cut_before_filters,
    forget,
    keeps_out,
    loses_one_at_a_boundary,
    off_by_one,
    selects_before_filters,
    takes_the_first,
    turns_round,
)
from lmconform.mutants.registry import mutant


@mutant("execution-unlisted", "LM-EXECUTION-LISTED")
def execution_unlisted(bench: Bench) -> None:
    """BUG: the list of executions is empty under the filter configurationId."""

    @bench.after("listExecutions")
    def nothing(call: Call, reply: Reply) -> None:
        if "configurationId" in call.query:
            reply.json = {"count": 0, "resources": []}


@mutant("view-execution-list", "LM-EXECUTION-LIST-EQUALS-GET")
def view_execution_list(bench: Bench) -> None:
    """BUG: the list shows every execution as RUNNING."""
    elsewhere(bench, "listExecutions", "status", "RUNNING")


@mutant("count-executions", "LM-EXECUTION-LIST-COUNT")
def count_executions(bench: Bench) -> None:
    """BUG: count in the list of executions is one too high."""
    off_by_one(bench, "listExecutions")


@mutant("count-executions-three-filters", "LM-EXECUTION-COUNT-COMBINED")
def count_executions_three_filters(bench: Bench) -> None:
    """BUG: counting executions by three filters gives 0."""

    @bench.after("countExecutions")
    def none(call: Call, reply: Reply) -> None:
        if len(call.query) > 2:
            reply.text = "0"


@mutant("top-executions", "LM-EXECUTION-TOP")
def top_executions(bench: Bench) -> None:
    """BUG: $top is ignored when executions are listed."""
    forget(bench, "$top", "listExecutions")


@mutant("limit-execution-top", "LM-EXECUTION-TOP-AT-LIMIT")
def limit_execution_top(bench: Bench) -> None:
    """BUG: the greatest $top, 100000, is refused when executions are listed."""
    refuses_when(bench, "$top is too large", lambda call: call.query.get("$top", 0) >= 100_000, "listExecutions")


@mutant("skip-executions", "LM-EXECUTION-SKIP")
def skip_executions(bench: Bench) -> None:
    """BUG: $skip is ignored when executions are listed."""
    forget(bench, "$skip", "listExecutions")


@mutant("filter-execution-configuration", "LM-EXECUTION-FILTER-CONFIGURATION")
def filter_execution_configuration(bench: Bench) -> None:
    """BUG: configurationId is ignored when executions are listed."""
    forget(bench, "configurationId", "listExecutions")


@mutant("filter-execution-scenario", "LM-EXECUTION-FILTER-SCENARIO")
def filter_execution_scenario(bench: Bench) -> None:
    """BUG: scenarioId is ignored when executions are listed."""
    forget(bench, "scenarioId", "listExecutions")


@mutant("filter-execution-executable", "LM-EXECUTION-FILTER-EXECUTABLE")
def filter_execution_executable(bench: Bench) -> None:
    """BUG: executableIds is ignored when executions are listed."""
    forget(bench, "executableIds", "listExecutions")


@mutant("filter-execution-executables-first", "LM-EXECUTION-FILTER-EXECUTABLES")
def filter_execution_executables_first(bench: Bench) -> None:
    """BUG: of several executableIds only the first filters the list of executions."""
    takes_the_first(bench, "executableIds", 1, "listExecutions")


@mutant("filter-execution-executables-two", "LM-EXECUTION-FILTER-EXECUTABLES")
def filter_execution_executables_two(bench: Bench) -> None:
    """BUG: of several executableIds only the first two filter the list of executions."""
    takes_the_first(bench, "executableIds", 2, "listExecutions")


@mutant("filter-execution-count-executables-first", "LM-EXECUTION-COUNT-MATCHES-LIST")
def filter_execution_count_executables_first(bench: Bench) -> None:
    """BUG: of several executableIds only the first filters the count of executions."""
    takes_the_first(bench, "executableIds", 1, "countExecutions")


@mutant("filter-execution-status", "LM-EXECUTION-FILTER-STATUS")
def filter_execution_status(bench: Bench) -> None:
    """BUG: status is ignored when executions are listed."""
    forget(bench, "status", "listExecutions")


@mutant("filter-status-some", "LM-EXECUTION-FILTER-STATUS", "LM-DEPLOYMENT-FILTER-STATUS")
def filter_status_some(bench: Bench) -> None:
    """BUG: the statuses UNKNOWN and PENDING are ignored when executions and deployments are filtered."""

    @bench.before("listExecutions", "countExecutions", "listDeployments", "countDeployments")
    def ignored(call: Call) -> None:
        if call.query.get("status") in ("UNKNOWN", "PENDING"):
            del call.query["status"]


@mutant("filter-status-stopped", "LM-EXECUTION-FILTER-STATUS")
def filter_status_stopped(bench: Bench) -> None:
    """BUG: the filter status=STOPPED finds COMPLETED executions."""

    @bench.before("listExecutions", "countExecutions")
    def ended(call: Call) -> None:
        if call.query.get("status") == "STOPPED":
            call.query["status"] = "COMPLETED"


@mutant("filter-status-stopped-nothing", "LM-EXECUTION-FILTER-ENDED", "LM-DEPLOYMENT-FILTER-ENDED")
def filter_status_stopped_nothing(bench: Bench) -> None:
    """BUG: the filter status=STOPPED finds no execution and no deployment."""
    for operation in ("listExecutions", "listDeployments"):
        keeps_out(bench, operation, lambda call, row: call.query.get("status") == "STOPPED")


@mutant("filter-executables-beside-status", "LM-EXECUTION-FILTER-COMBINED", "LM-DEPLOYMENT-FILTER-COMBINED")
def filter_executables_beside_status(bench: Bench) -> None:
    """BUG: beside status the filter executableIds of executions and deployments is ignored."""

    @bench.before("listExecutions", "listDeployments")
    def ignored(call: Call) -> None:
        if "status" in call.query:
            call.query.pop("executableIds", None)


@mutant("page-before-status", "LM-EXECUTION-FILTER-ENDED", "LM-DEPLOYMENT-FILTER-ENDED")
def page_before_status(bench: Bench) -> None:
    """BUG: $top chooses a page of executions and deployments before the filter status selects from it."""
    cut_before_filters(bench, "listExecutions", "status")
    cut_before_filters(bench, "listDeployments", "status")


@mutant("list-stopped-target", "LM-EXECUTION-FILTER-ENDED", "LM-DEPLOYMENT-FILTER-ENDED")
def list_stopped_target(bench: Bench) -> None:
    """BUG: lists show what was stopped with the targetStatus that it had before."""

    @bench.after("listExecutions", "listDeployments")
    def before(call: Call, reply: Reply) -> None:
        for row in resources(reply):
            if row.get("targetStatus") == "STOPPED":
                row["targetStatus"] = "RUNNING" if row["id"] in call.group.deployments else "COMPLETED"


@mutant("select-stopped-status", "LM-EXECUTION-FILTER-ENDED", "LM-DEPLOYMENT-FILTER-ENDED")
def select_stopped_status(bench: Bench) -> None:
    """BUG: lists with $select=status show STOPPED as DEAD."""

    @bench.after("listExecutions", "listDeployments")
    def dead(call: Call, reply: Reply) -> None:
        for row in resources(reply):
            if call.query.get("$select") == "status" and row.get("status") == "STOPPED":
                row["status"] = "DEAD"


@mutant("select-stopped-more", "LM-EXECUTION-FILTER-ENDED", "LM-DEPLOYMENT-FILTER-ENDED")
def select_stopped_more(bench: Bench) -> None:
    """BUG: lists with $select=status show the targetStatus of what was stopped."""

    @bench.after("listExecutions", "listDeployments")
    def more(call: Call, reply: Reply) -> None:
        for row in resources(reply):
            if call.query.get("$select") == "status" and row.get("status") == "STOPPED":
                row["targetStatus"] = "STOPPED"


@mutant("filter-status-dead-nothing", "LM-EXECUTION-FILTER-ENDED")
def filter_status_dead_nothing(bench: Bench) -> None:
    """BUG: executions that died are neither listed nor counted under status=DEAD."""

    @bench.before("listExecutions", "countExecutions")
    def stopped(call: Call) -> None:
        if call.query.get("status") == "DEAD":
            call.query["status"] = "STOPPED"


@mutant("filter-status-stopped-count", "LM-EXECUTION-FILTER-ENDED", "LM-DEPLOYMENT-FILTER-ENDED")
def filter_status_stopped_count(bench: Bench) -> None:
    """BUG: $count with status=STOPPED is 0."""

    @bench.after("countExecutions", "countDeployments")
    def none(call: Call, reply: Reply) -> None:
        if call.query.get("status") == "STOPPED":
            reply.text = "0"


@mutant("list-hides-completed", "LM-EXECUTION-VIEWS-AGREE")
def list_hides_completed(bench: Bench) -> None:
    """BUG: an execution that was listed as COMPLETED twice is no longer in the list, and GET still has it."""
    shown: dict[str, int] = {}

    def is_old(call: Call, row: dict[str, Any]) -> bool:
        shown[row["id"]] = shown.get(row["id"], 0) + (row["status"] == "COMPLETED")
        return shown[row["id"]] > 2

    keeps_out(bench, "listExecutions", is_old)


@mutant("filter-execution-combined", "LM-EXECUTION-FILTER-COMBINED")
def filter_execution_combined(bench: Bench) -> None:
    """BUG: status is ignored when executions are listed by more than two parameters."""

    @bench.before("listExecutions")
    def only(call: Call) -> None:
        if len(call.query) > 2:
            call.query.pop("status", None)


@mutant("filter-execution-count", "LM-EXECUTION-COUNT-MATCHES-LIST")
def filter_execution_count(bench: Bench) -> None:
    """BUG: status is ignored when executions are counted."""
    forget(bench, "status", "countExecutions")


@mutant("select-status-ignored", "LM-EXECUTION-SELECT-STATUS")
def select_status_ignored(bench: Bench) -> None:
    """BUG: $select is ignored for executions."""
    forget(bench, "$select", "listExecutions", "getExecution")


@mutant("select-drops-filters-executions", "LM-EXECUTION-FILTER-COMBINED")
def select_drops_filters_executions(bench: Bench) -> None:
    """BUG: with $select the list of executions ignores all filters."""
    alone_or_not(bench, "$select", "listExecutions")


@mutant("pages-executions-boundary", "LM-EXECUTION-PAGE-SIZES", "LM-EXECUTION-PAGES-AGAIN")
def pages_executions_boundary(bench: Bench) -> None:
    """BUG: each page of executions but the first loses the execution that it begins with."""
    loses_one_at_a_boundary(bench, "listExecutions", 1)


@mutant("pages-executions-turn-round", "LM-EXECUTION-PAGES-AGAIN")
def pages_executions_turn_round(bench: Bench) -> None:
    """BUG: pages of executions behind the first are in the reverse order, so that some executions are on two pages."""
    turns_round(bench, "listExecutions", 1)


@mutant("count-executions-one", "LM-EXECUTION-LIST-COUNT")
def count_executions_one(bench: Bench) -> None:
    """BUG: count is 1 in each list of executions that holds something."""
    counts_one(bench, "listExecutions")


@mutant("select-before-filters-executions", "LM-EXECUTION-FILTER-COMBINED")
def select_before_filters_executions(bench: Bench) -> None:
    """BUG: with $select=status the filters scenarioId and executableIds find no executions."""
    selects_before_filters(bench, "listExecutions", "scenarioId", "executableIds")


@mutant("count-executions-any-scenario", "LM-EXECUTION-COUNT-MATCHES-LIST")
def count_executions_any_scenario(bench: Bench) -> None:
    """BUG: scenarioId is ignored when executions are counted."""
    forget(bench, "scenarioId", "countExecutions")


@mutant("count-executions-any-executable", "LM-EXECUTION-COUNT-MATCHES-LIST")
def count_executions_any_executable(bench: Bench) -> None:
    """BUG: executableIds is ignored when executions are counted."""
    forget(bench, "executableIds", "countExecutions")


@mutant("list-executions-stopped-hidden", "LM-EXECUTION-DEFAULT-PAGE")
def list_executions_stopped_hidden(bench: Bench) -> None:
    """BUG: executions that were stopped are only listed with the filter status."""
    keeps_out(bench, "listExecutions", lambda call, row: row["status"] == "STOPPED" and "status" not in call.query)


@mutant("filter-ended-count-reordered", "LM-EXECUTION-FILTER-ENDED")
def filter_ended_count_reordered(bench: Bench) -> None:
    """BUG: the filter status counts one STOPPED execution too many, and each list begins with another execution."""
    calls: list[str] = []

    @bench.after("countExecutions")
    def more(call: Call, reply: Reply) -> None:
        if call.query.get("status") == "STOPPED" and reply.text not in (None, "0"):
            reply.text = str(int(reply.text or 0) + 1)

    @bench.after("listExecutions")
    def turned(call: Call, reply: Reply) -> None:
        calls.append(call.operation.id)
        if len(calls) % 2:
            reply.json["resources"].reverse()


@mutant("count-executions-pair-scenario", "LM-EXECUTION-COUNT-COMBINED")
def count_executions_pair_scenario(bench: Bench) -> None:
    """BUG: executions are counted without scenarioId when status filters as well."""

    @bench.before("countExecutions")
    def ignored(call: Call) -> None:
        if "status" in call.query:
            call.query.pop("scenarioId", None)
