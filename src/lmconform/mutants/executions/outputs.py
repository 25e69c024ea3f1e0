"""Output artifacts of executions."""

from __future__ import annotations

from typing import Any

from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.defects.lists import (
    forget,
    keeps_out,
)
from lmconform.mutants.defects.times import has_ended, shown_as
from lmconform.mutants.registry import mutant


@mutant("execution-outputs-renamed", "LM-EXECUTION-OUTPUT-NAMES")
def execution_outputs_renamed(bench: Bench) -> None:
    """BUG: the outputs of an execution are numbered instead of named as its executable declares."""

    @bench.after("getExecution", "listExecutions")
    def numbered(call: Call, reply: Reply) -> None:
        for resource in reply.json.get("resources", [reply.json]):
            for place, artifact in enumerate(resource.get("outputArtifacts") or []):
                artifact["name"] = f"output-{place}"


@mutant("execution-unexpected-output", "LM-EXECUTION-OUTPUT-NAMES")
def execution_unexpected_output(bench: Bench) -> None:
    """BUG: an execution shows an input among its outputs."""

    @bench.after("getExecution")
    def more(call: Call, reply: Reply) -> None:
        for artifact in (reply.json.get("outputArtifacts") or [])[:1]:
            reply.json["outputArtifacts"].append({**artifact, "name": "text-data-tutorial"})


@mutant("view-execution-output-owner", "LM-EXECUTION-OUTPUT-OWNER")
def view_execution_output_owner(bench: Bench) -> None:
    """BUG: an output artifact names another execution."""

    @bench.after("getExecution", "getArtifact", "listArtifacts")
    def other(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for artifact in resource.get("outputArtifacts") or [resource]:
                if "executionId" in artifact:
                    artifact["executionId"] = "e000000000000000"


@mutant("view-execution-output-owner-missing", "LM-EXECUTION-OUTPUT-OWNER")
def view_execution_output_owner_missing(bench: Bench) -> None:
    """BUG: the output artifacts in an execution do not name their execution."""

    @bench.after("getExecution")
    def missing(call: Call, reply: Reply) -> None:
        for artifact in reply.json.get("outputArtifacts") or []:
            artifact.pop("executionId", None)


@mutant("view-execution-output-gone", "LM-EXECUTION-OUTPUT-GET")
def view_execution_output_gone(bench: Bench) -> None:
    """BUG: an execution shows outputs whose ids do not exist."""

    @bench.after("getExecution")
    def other(call: Call, reply: Reply) -> None:
        for artifact in reply.json.get("outputArtifacts") or []:
            artifact["id"] = artifact["id"][:-4] + "0000"


@mutant("view-execution-output-url", "LM-EXECUTION-OUTPUT-URL")
def view_execution_output_url(bench: Bench) -> None:
    """BUG: the url of an output does not hold the id of its execution."""

    @bench.after("getExecution")
    def other(call: Call, reply: Reply) -> None:
        for artifact in reply.json.get("outputArtifacts") or []:
            artifact["url"] = "ai://default/model"


@mutant("filter-outputs", "LM-EXECUTION-OUTPUT-LISTED")
def filter_outputs(bench: Bench) -> None:
    """BUG: executionId is ignored when artifacts are listed and counted."""
    forget(bench, "executionId", "listArtifacts", "countArtifacts")


@mutant("list-execution-without-outputs", "LM-EXECUTION-VIEWS-AGREE")
def list_execution_without_outputs(bench: Bench) -> None:
    """BUG: the list of executions shows an empty list of output artifacts."""
    shown_as(bench, ("listExecutions",), has_ended, outputArtifacts=[])


@mutant("list-execution-outputs-elsewhere", "LM-EXECUTION-VIEWS-AGREE")
def list_execution_outputs_elsewhere(bench: Bench) -> None:
    """BUG: the list of executions shows another url of each output artifact than GET."""

    @bench.after("listExecutions")
    def elsewhere(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for artifact in resource.get("outputArtifacts") or []:
                artifact["url"] += "-copy"


@mutant("execution-outputs-vanish", "LM-EXECUTION-VIEWS-AGREE")
def execution_outputs_vanish(bench: Bench) -> None:
    """BUG: the output artifacts of an execution are no longer shown once it was read COMPLETED twice."""
    reads: dict[str, int] = {}

    @bench.after("getExecution", "listExecutions")
    def fewer(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if resource.get("status") == "COMPLETED" and "outputArtifacts" in resource:
                reads[resource["id"]] = reads.get(resource["id"], 0) + 1
                if reads[resource["id"]] > 2:
                    resource["outputArtifacts"] = []


@mutant("execution-outputs-of-the-first", "LM-EXECUTION-OUTPUT-OWNER")
def execution_outputs_of_the_first(bench: Bench) -> None:
    """BUG: each further execution of a configuration shows the output artifacts of the first."""
    first: dict[str, list[dict[str, Any]]] = {}

    @bench.after("getExecution", "listExecutions")
    def same(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if resource.get("outputArtifacts"):
                configuration = resource["configurationId"]
                resource["outputArtifacts"] = first.setdefault(configuration, resource["outputArtifacts"])


@mutant("execution-outputs-of-kind-other", "LM-EXECUTION-OUTPUT-NAMES")
def execution_outputs_of_kind_other(bench: Bench) -> None:
    """BUG: the outputs of an execution are of kind other, whatever its executable declares."""

    @bench.after("getExecution")
    def other(call: Call, reply: Reply) -> None:
        for artifact in reply.json.get("outputArtifacts") or []:
            artifact["kind"] = "other"


@mutant("filter-outputs-any-kind", "LM-EXECUTION-OUTPUT-LISTED")
def filter_outputs_any_kind(bench: Bench) -> None:
    """BUG: beside executionId all other filters of artifacts are ignored."""

    @bench.before("listArtifacts")
    def only(call: Call) -> None:
        if "executionId" in call.query:
            call.query = {"executionId": call.query["executionId"]}


@mutant("list-outputs-by-execution-only", "LM-EXECUTION-OUTPUT-LISTED", "LM-EXECUTION-DELETE-KEEPS-OUTPUTS")
def list_outputs_by_execution_alone(bench: Bench) -> None:
    """BUG: output artifacts are only listed by executionId."""
    keeps_out(
        bench, "listArtifacts", lambda call, row: bool(row.get("executionId")) and "executionId" not in call.query
    )
