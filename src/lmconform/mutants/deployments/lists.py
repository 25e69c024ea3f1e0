"""Lists, counts and filters of deployments."""

from __future__ import annotations

from dataclasses import replace

from lmconform.mock import enactments, executions
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.answers import elsewhere
from lmconform.mutants.defects.lists import (
    alone_or_not,
    counted_wrongly,
    counts_one,
    fills_no_page,
    forget,
    keeps_out,
    off_by_one,
    second_walk_differs,
    selects_before_filters,
    shown_at_most,
    takes_the_first,
    takes_the_last,
)
from lmconform.mutants.registry import mutant


@mutant("deployment-newest-unlisted", "LM-DEPLOYMENT-LISTED")
def deployment_newest_unlisted(bench: Bench) -> None:
    """BUG: the newest deployment is missing in the list."""
    keeps_out(bench, "listDeployments", lambda call, row: row["id"] == list(call.group.deployments)[-1])


@mutant("deployment-url-stale-in-list", "LM-DEPLOYMENT-URL-LISTED")
def deployment_url_stale_in_list(bench: Bench) -> None:
    """BUG: the list shows every deploymentUrl as empty."""
    elsewhere(bench, "listDeployments", "deploymentUrl", "")


@mutant("deployment-list-status-stale", "LM-DEPLOYMENT-LIST-EQUALS-GET", "LM-DEPLOYMENT-FILTER-STATUS")
def deployment_list_status_stale(bench: Bench) -> None:
    """BUG: the list shows every deployment as UNKNOWN, and filters by that status."""

    @bench.instead("listDeployments")
    def stale(call: Call, handler: Handler) -> Reply:
        wanted = call.query.pop("status", "UNKNOWN")
        reply = handler(call)
        rows = [{**row, "status": "UNKNOWN"} for row in reply.json["resources"]] if wanted == "UNKNOWN" else []
        return Reply(200, {"count": len(rows), "resources": rows})


@mutant("deployment-list-count", "LM-DEPLOYMENT-LIST-COUNT")
def deployment_list_count(bench: Bench) -> None:
    """BUG: count in the list of deployments is one too high."""
    off_by_one(bench, "listDeployments")


@mutant("deployment-count-all", "LM-DEPLOYMENT-COUNT-MATCHES-LIST")
def deployment_count_all(bench: Bench) -> None:
    """BUG: status is ignored when deployments are counted."""
    forget(bench, "status", "countDeployments")


@mutant("deployment-count-one-more", "LM-DEPLOYMENT-COUNT-MATCHES-LIST")
def deployment_count_one_more(bench: Bench) -> None:
    """BUG: $count of deployments is one too high."""
    counted_wrongly(bench, "countDeployments")


@mutant("deployment-filter-configuration", "LM-DEPLOYMENT-FILTER-CONFIGURATION")
def deployment_filter_configuration(bench: Bench) -> None:
    """BUG: configurationId is ignored when deployments are listed."""
    forget(bench, "configurationId", "listDeployments")


@mutant("deployment-filter-scenario", "LM-DEPLOYMENT-FILTER-SCENARIO")
def deployment_filter_scenario(bench: Bench) -> None:
    """BUG: scenarioId is ignored when deployments are listed."""
    forget(bench, "scenarioId", "listDeployments")


@mutant("deployment-filter-executable", "LM-DEPLOYMENT-FILTER-EXECUTABLE")
def deployment_filter_executable(bench: Bench) -> None:
    """BUG: executableIds matches every deployment of the executable's scenario."""

    @bench.before("listDeployments")
    def of_scenario(call: Call) -> None:
        wanted = call.query.pop("executableIds", None)
        if wanted is not None:
            owners = [s for s in call.catalog.scenarios for e in call.catalog.executables(s) if e.id in wanted]
            call.query.setdefault("scenarioId", owners[0] if owners else "none")


@mutant("deployment-filter-executables-last", "LM-DEPLOYMENT-FILTER-EXECUTABLE")
def deployment_filter_executables_last(bench: Bench) -> None:
    """BUG: of several executableIds only the last filters deployments."""
    takes_the_last(bench, "executableIds", "listDeployments")


@mutant("deployment-filter-executables-first", "LM-DEPLOYMENT-FILTER-EXECUTABLE")
def deployment_filter_executables_first(bench: Bench) -> None:
    """BUG: of several executableIds only the first filters the list of deployments."""
    takes_the_first(bench, "executableIds", 1, "listDeployments")


@mutant("deployment-filter-status", "LM-DEPLOYMENT-FILTER-STATUS", "LM-DEPLOYMENT-FILTER-COMBINED")
def deployment_filter_status(bench: Bench) -> None:
    """BUG: status is ignored when deployments are listed."""
    forget(bench, "status", "listDeployments")


@mutant("deployment-filters-or", "LM-DEPLOYMENT-FILTER-COMBINED")
def deployment_filters_or(bench: Bench) -> None:
    """BUG: status is ignored when deployments are listed by executableIds and status."""

    @bench.before("listDeployments")
    def less(call: Call) -> None:
        if "executableIds" in call.query:
            call.query.pop("status", None)


@mutant("deployment-top", "LM-DEPLOYMENT-TOP")
def deployment_top(bench: Bench) -> None:
    """BUG: $top gives one deployment too many."""

    @bench.before("listDeployments")
    def more(call: Call) -> None:
        if "$top" in call.query:
            call.query["$top"] += 1


@mutant("deployment-top-first-page-empty", "LM-DEPLOYMENT-TOP")
def deployment_top_first_page_empty(bench: Bench) -> None:
    """BUG: the first page of a list with $top is empty."""

    @bench.before("listDeployments")
    def second(call: Call) -> None:
        if "$top" in call.query:
            call.query["$skip"] = call.query.get("$skip", 0) + len(call.group.deployments)


@mutant("deployment-skip", "LM-DEPLOYMENT-SKIP")
def deployment_skip(bench: Bench) -> None:
    """BUG: $skip leaves out one deployment too few."""

    @bench.before("listDeployments")
    def less(call: Call) -> None:
        if call.query.get("$skip"):
            call.query["$skip"] -= 1


@mutant("deployment-select-status", "LM-DEPLOYMENT-SELECT-STATUS")
def deployment_select_status(bench: Bench) -> None:
    """BUG: $select is ignored when deployments are listed."""
    forget(bench, "$select", "listDeployments")


@mutant("select-drops-filters-deployments", "LM-DEPLOYMENT-FILTER-COMBINED")
def select_drops_filters_deployments(bench: Bench) -> None:
    """BUG: with $select the list of deployments ignores all filters."""
    alone_or_not(bench, "$select", "listDeployments")


@mutant("deployment-select-alone", "LM-DEPLOYMENT-SELECT-STATUS")
def deployment_select_alone(bench: Bench) -> None:
    """BUG: $select is ignored when a deployment is read by its id."""
    forget(bench, "$select", "getDeployment")


@mutant("deployment-select-without-status", "LM-DEPLOYMENT-SELECT-STATUS", "LM-HTTP-BODY-SCHEMA")
def deployment_select_without_status(bench: Bench) -> None:
    """BUG: a deployment read with $select=status comes without its status."""

    @bench.after("getDeployment")
    def without(call: Call, reply: Reply) -> None:
        if "$select" in call.query:
            reply.json.pop("status", None)


@mutant("pages-deployments-never-full", "LM-DEPLOYMENT-PAGE-SIZES", "LM-DEPLOYMENT-PAGES-AGAIN")
def pages_deployments_never_full(bench: Bench) -> None:
    """BUG: each full page of deployments but the first lacks its last one."""
    fills_no_page(bench, "listDeployments")


@mutant("pages-deployments-second-walk", "LM-DEPLOYMENT-PAGES-AGAIN")
def pages_deployments_second_walk(bench: Bench) -> None:
    """BUG: a second walk over the pages of deployments shows some of them twice."""
    second_walk_differs(bench, "listDeployments", 1)


@mutant("count-deployments-one", "LM-DEPLOYMENT-LIST-COUNT")
def count_deployments_one(bench: Bench) -> None:
    """BUG: count is 1 in each list of deployments that holds something."""
    counts_one(bench, "listDeployments")


@mutant("select-before-filters-deployments", "LM-DEPLOYMENT-FILTER-COMBINED")
def select_before_filters_deployments(bench: Bench) -> None:
    """BUG: with $select=status the filters scenarioId and executableIds find no deployments."""
    selects_before_filters(bench, "listDeployments", "scenarioId", "executableIds")


@mutant("count-deployments-any-scenario", "LM-DEPLOYMENT-COUNT-MATCHES-LIST")
def count_deployments_any_scenario(bench: Bench) -> None:
    """BUG: scenarioId is ignored when deployments are counted."""
    forget(bench, "scenarioId", "countDeployments")


@mutant("count-deployments-any-executable", "LM-DEPLOYMENT-COUNT-MATCHES-LIST")
def count_deployments_any_executable(bench: Bench) -> None:
    """BUG: executableIds is ignored when deployments are counted."""
    forget(bench, "executableIds", "countDeployments")


@mutant("list-deployments-one-by-default", "LM-DEPLOYMENT-DEFAULT-PAGE")
def list_deployments_one_by_default(bench: Bench) -> None:
    """BUG: without $top the list of deployments holds one."""
    shown_at_most(bench, 1, "listDeployments")


@mutant("list-deployments-with-executions", "LM-DEPLOYMENT-FILTER-CONFIGURATION")
def list_deployments_with_executions(bench: Bench) -> None:
    """BUG: the filter configurationId finds executions in the list of deployments."""

    @bench.after("listDeployments")
    def more(call: Call, reply: Reply) -> None:
        wanted = call.query.get("configurationId")
        found = [one for one in call.group.executions.values() if wanted and one.configuration["id"] == wanted]
        for one in found:
            rows = enactments.list_(executions.KIND, replace(call, query={"configurationId": wanted})).json["resources"]
            reply.json["resources"] += [row for row in rows if row["id"] == one.id]
            reply.json["count"] += 1
