"""Lists of deployments: stale, unfiltered, miscounted, cut in the wrong place."""

from __future__ import annotations

from lmconform.mock.call import Call, Handler, Reply
from lmconform.mutants.bench import Bench
from lmconform.mutants.common import counted_wrongly, elsewhere, forget, keeps_out, off_by_one
from lmconform.mutants.registry import mutant


@mutant("deployment-url-stale-in-list", "LM-DEPLOYMENT-URL-LISTED")
def url_unlisted(bench: Bench) -> None:
    """BUG: "The list shows the deploymentUrl of a deployment that runs, as reading it does."

    The list keeps the url as it was at the creation.
    """
    elsewhere(bench, "listDeployments", "deploymentUrl", "")


@mutant("deployment-newest-unlisted", "LM-DEPLOYMENT-LISTED")
def newest_unlisted(bench: Bench) -> None:
    """BUG: "A deployment is listed, alone, under its own configuration shortly after its creation."

    The newest of all is not in the list yet.
    """
    keeps_out(bench, "listDeployments", lambda call, row: row["id"] == list(call.group.deployments)[-1])


@mutant("deployment-list-status-stale", "LM-DEPLOYMENT-LIST-EQUALS-GET", "LM-DEPLOYMENT-FILTER-STATUS")
def list_stale(bench: Bench) -> None:
    """BUG: "A deployment that runs is the same in the list and when it is read by its id."

    Lists show and filter by the status of the creation.
    """

    @bench.instead("listDeployments")
    def stale(call: Call, handler: Handler) -> Reply:
        wanted = call.query.pop("status", "UNKNOWN")
        reply = handler(call)
        rows = [{**row, "status": "UNKNOWN"} for row in reply.json["resources"]] if wanted == "UNKNOWN" else []
        return Reply(200, {"count": len(rows), "resources": rows})


@mutant("deployment-list-count", "LM-DEPLOYMENT-LIST-COUNT")
def list_count(bench: Bench) -> None:
    """BUG: "In an unpaged list of deployments count is the number of resources." It is one more."""
    off_by_one(bench, "listDeployments")


@mutant("deployment-count-all", "LM-DEPLOYMENT-COUNT-MATCHES-LIST")
def count_all(bench: Bench) -> None:
    """BUG: "Counting deployments applies configurationId, scenarioId, executableIds and status."

    The status is not looked at.
    """
    forget(bench, "status", "countDeployments")


@mutant("deployment-count-one-more", "LM-DEPLOYMENT-COUNT-MATCHES-LIST")
def count_more(bench: Bench) -> None:
    """BUG: "Counting deployments applies configurationId, scenarioId, executableIds and status."

    It counts one that is not there.
    """
    counted_wrongly(bench, "countDeployments")


@mutant("deployment-filter-configuration", "LM-DEPLOYMENT-FILTER-CONFIGURATION")
def filter_configuration(bench: Bench) -> None:
    """BUG: "The filter configurationId leaves the deployments of that configuration, and no other."

    It is not looked at.
    """
    forget(bench, "configurationId", "listDeployments")


@mutant("deployment-filter-scenario", "LM-DEPLOYMENT-FILTER-SCENARIO")
def filter_scenario(bench: Bench) -> None:
    """BUG: "The filter scenarioId leaves the deployments of that scenario, and no other." It is not looked at."""
    forget(bench, "scenarioId", "listDeployments")


@mutant("deployment-filter-executable", "LM-DEPLOYMENT-FILTER-EXECUTABLE")
def filter_executable(bench: Bench) -> None:
    """BUG: "The filter executableIds leaves the deployments of those executables, and no other."

    The scenario of the executable decides.
    """

    @bench.before("listDeployments")
    def of_scenario(call: Call) -> None:
        wanted = call.query.pop("executableIds", None)
        if wanted is not None:
            owners = [s for s in call.catalog.scenarios for e in call.catalog.executables(s) if e.id in wanted]
            call.query.setdefault("scenarioId", owners[0] if owners else "none")


@mutant("deployment-filter-status", "LM-DEPLOYMENT-FILTER-STATUS", "LM-DEPLOYMENT-FILTER-COMBINED")
def filter_status(bench: Bench) -> None:
    """BUG: "The filter status leaves the deployments with that status, and no other." It is not looked at."""
    forget(bench, "status", "listDeployments")


@mutant("deployment-filters-or", "LM-DEPLOYMENT-FILTER-COMBINED")
def filters_or(bench: Bench) -> None:
    """BUG: "Several filters of deployments must all match." Beside executableIds the status is not looked at."""

    @bench.before("listDeployments")
    def less(call: Call) -> None:
        if "executableIds" in call.query:
            call.query.pop("status", None)


@mutant("deployment-top", "LM-DEPLOYMENT-TOP")
def top(bench: Bench) -> None:
    """BUG: "With $top a list of deployments holds that many when there are more." It holds one more."""

    @bench.before("listDeployments")
    def more(call: Call) -> None:
        if "$top" in call.query:
            call.query["$top"] += 1


@mutant("deployment-skip", "LM-DEPLOYMENT-SKIP")
def skip(bench: Bench) -> None:
    """BUG: "With $skip a list of deployments leaves out that many." It leaves out one less."""

    @bench.before("listDeployments")
    def less(call: Call) -> None:
        if call.query.get("$skip"):
            call.query["$skip"] -= 1


@mutant("deployment-select-status", "LM-DEPLOYMENT-SELECT-STATUS")
def select_status(bench: Bench) -> None:
    """BUG: "With $select=status a deployment shows its ids, status, details and times, and nothing else."

    The list shows everything.
    """
    forget(bench, "$select", "listDeployments")


@mutant("deployment-select-without-status", "LM-DEPLOYMENT-SELECT-STATUS", "LM-HTTP-BODY-SCHEMA")
def select_without_status(bench: Bench) -> None:
    """BUG: "With $select=status a deployment shows its ids, status, details and times, and nothing else."

    The status itself is not shown.
    """

    @bench.after("getDeployment")
    def without(call: Call, reply: Reply) -> None:
        if "$select" in call.query:
            reply.json.pop("status", None)


@mutant("deployment-top-first-page-empty", "LM-DEPLOYMENT-TOP")
def pages(bench: Bench) -> None:
    """BUG: "With $top a list of deployments holds that many when there are more." The first page is empty."""

    @bench.before("listDeployments")
    def second(call: Call) -> None:
        if "$top" in call.query:
            call.query["$skip"] = call.query.get("$skip", 0) + len(call.group.deployments)
