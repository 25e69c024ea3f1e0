"""Deployments whose times move, or that show one status or time to live here and another there."""

from __future__ import annotations

from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.defects.bulk import each
from lmconform.mutants.defects.texts import shown, stored
from lmconform.mutants.defects.times import every_second_read, has_settled, is_stopped, selected_as, shown_as
from lmconform.mutants.registry import mutant

_GET = ("getDeployment",)
_LIST = ("listDeployments",)


@mutant("deployment-created-when-running", "LM-DEPLOYMENT-CREATED-AT-STAYS")
def deployment_created_when_running(bench: Bench) -> None:
    """BUG: a deployment that runs has another createdAt than before."""
    shown_as(bench, (*_GET, *_LIST), has_settled, createdAt="2039-01-01T00:00:00Z")


@mutant("deployment-created-when-stopped", "LM-DEPLOYMENT-CREATED-AT-STAYS")
def deployment_created_when_stopped(bench: Bench) -> None:
    """BUG: stopping a deployment moves its createdAt."""
    shown_as(bench, (*_GET, *_LIST), is_stopped, createdAt="1970-01-01T00:00:00Z")


@mutant("deployment-modified-before-created", "LM-DEPLOYMENT-MODIFIED-ORDERED")
def deployment_modified_before_created(bench: Bench) -> None:
    """BUG: modifiedAt of a deployment is years before its createdAt."""
    shown_as(bench, _GET, lambda resource: True, modifiedAt="2001-01-01T00:00:00Z")


@mutant("deployment-stopped-before-started", "LM-DEPLOYMENT-STOP-TIMES-ORDERED")
def deployment_stopped_before_started(bench: Bench) -> None:
    """BUG: completionTime of a deployment that was stopped is the beginning of the epoch."""
    shown_as(bench, _GET, is_stopped, completionTime="1970-01-01T00:00:00Z")


@mutant("deployment-select-another-status", "LM-DEPLOYMENT-VIEWS-AGREE")
def deployment_select_another_status(bench: Bench) -> None:
    """BUG: with $select=status a deployment that runs is shown as PENDING."""
    selected_as(bench, _GET, has_settled, "PENDING")


@mutant("deployment-list-select-stale", "LM-DEPLOYMENT-VIEWS-AGREE")
def deployment_list_select_stale(bench: Bench) -> None:
    """BUG: the list with $select=status shows deployments that run as UNKNOWN."""
    selected_as(bench, _LIST, has_settled, "UNKNOWN")


@mutant("deployment-list-other-operation", "LM-DEPLOYMENT-VIEWS-AGREE")
def deployment_list_other_operation(bench: Bench) -> None:
    """BUG: the list shows UPDATE as the last operation of a deployment that was only created."""

    @bench.after(*_LIST)
    def other(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if resource.get("lastOperation") == "CREATE":
                resource["lastOperation"] = "UPDATE"


@mutant("deployment-replicas-differ", "LM-DEPLOYMENT-VIEWS-AGREE")
def deployment_replicas_differ(bench: Bench) -> None:
    """BUG: every second read of a deployment that runs shows an old startTime."""
    every_second_read(bench, "getDeployment", has_settled, startTime="2001-01-01T00:00:00Z")


@mutant("deployment-ttl-in-hours", "LM-DEPLOYMENT-TTL-VERBATIM")
def deployment_ttl_in_hours(bench: Bench) -> None:
    """BUG: a time to live in days is shown in hours."""
    shown(bench, (*_GET, *_LIST), lambda ttl: f"{int(ttl[:-1]) * 24}h" if ttl[-1] in "dD" else ttl, "ttl")


@mutant("deployment-ttl-small", "LM-DEPLOYMENT-TTL-VERBATIM")
def deployment_ttl_small(bench: Bench) -> None:
    """BUG: the unit of a time to live is stored as a small letter."""
    stored(bench, "createDeployment", str.lower, "ttl")


@mutant("deployment-ttl-answered-small", "LM-DEPLOYMENT-TTL-VERBATIM")
def deployment_ttl_answered_small(bench: Bench) -> None:
    """BUG: the answer to the creation of a deployment shows the unit of its time to live as a small letter."""
    shown(bench, ("createDeployment",), str.lower, "ttl")


@mutant("deployment-bulk-stop-ended", "LM-DEPLOYMENT-BULK-STOP-ENDED")
def deployment_bulk_stop_ended(bench: Bench) -> None:
    """BUG: stopping a deployment that is stopped is a success of a bulk update."""

    @bench.after("modifyDeployments")
    def success(call: Call, reply: Reply) -> None:
        for entry in each(reply, "deployments"):
            if entry["id"] in call.group.deployments and entry.pop("error", None):
                entry["message"] = "Deployment modification scheduled"


@mutant("deployment-stops-at-no-time", "LM-DEPLOYMENT-STOP-TIMES-ORDERED")
def deployment_stops_at_no_time(bench: Bench) -> None:
    """BUG: completionTime of a deployment that was stopped is null."""
    shown_as(bench, ("getDeployment", "listDeployments"), is_stopped, completionTime=None)
