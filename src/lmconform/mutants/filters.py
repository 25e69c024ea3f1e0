"""Filters that are forgotten, or that let through what they should hold back."""

from __future__ import annotations

from lmconform.mock.call import Call
from lmconform.mutants.bench import Bench
from lmconform.mutants.common import forget
from lmconform.mutants.registry import mutant


@mutant("filter-artifact-kind", "LM-ARTIFACT-FILTER-KIND", "LM-ARTIFACT-FILTER-COMBINED")
def artifact_kind(bench: Bench) -> None:
    """BUG: "The filter kind leaves the artifacts of that kind, and no other." It is not looked at."""
    forget(bench, "kind", "listArtifacts")


@mutant("filter-artifact-scenario", "LM-ARTIFACT-FILTER-SCENARIO")
def artifact_scenario(bench: Bench) -> None:
    """BUG: "The filter scenarioId leaves the artifacts of that scenario, and no other." It is not looked at."""
    forget(bench, "scenarioId", "listArtifacts")


@mutant("filter-artifact-name", "LM-ARTIFACT-FILTER-NAME")
def artifact_name(bench: Bench) -> None:
    """BUG: "The filter name leaves the artifact of this name, and none of a wholly other name, also when counted."

    It is not looked at, in the list and in the count.
    """
    forget(bench, "name", "listArtifacts", "countArtifacts")


@mutant("filter-artifact-name-nothing", "LM-ARTIFACT-FILTER-NAME")
def artifact_name_nothing(bench: Bench) -> None:
    """BUG: "The filter name leaves the artifact of this name, and none of a wholly other name, also when counted."

    Of a name with spaces the first word is compared.
    """

    @bench.before("listArtifacts", "countArtifacts")
    def first_word(call: Call) -> None:
        if "name" in call.query:
            call.query["name"] = call.query["name"].split(" ")[0]


@mutant("filter-artifact-combined-or", "LM-ARTIFACT-FILTER-COMBINED")
def artifact_combined(bench: Bench) -> None:
    """BUG: "Several filters of artifacts must all match." With kind and scenarioId the kind is left out."""

    @bench.before("listArtifacts")
    def one_is_enough(call: Call) -> None:
        if "kind" in call.query and "scenarioId" in call.query:
            del call.query["kind"]


@mutant("filter-artifact-count", "LM-ARTIFACT-COUNT-FILTERED")
def artifact_count(bench: Bench) -> None:
    """BUG: "Counting artifacts applies kind, scenarioId and label selectors as the list does." Not the kind."""
    forget(bench, "kind", "countArtifacts")


@mutant("filter-artifact-count-labels", "LM-ARTIFACT-COUNT-FILTERED")
def artifact_count_labels(bench: Bench) -> None:
    """BUG: "Counting artifacts applies kind, scenarioId and label selectors as the list does." Not the labels."""
    forget(bench, "artifactLabelSelector", "countArtifacts")


@mutant("filter-outputs", "LM-EXECUTION-OUTPUT-LISTED")
def outputs(bench: Bench) -> None:
    """BUG: "The filter executionId of artifacts leaves the outputs of that execution, also when counted." Ignored."""
    forget(bench, "executionId", "listArtifacts", "countArtifacts")


@mutant("filter-configuration-scenario", "LM-CONFIGURATION-FILTER-SCENARIO")
def configuration_scenario(bench: Bench) -> None:
    """BUG: "The filter scenarioId leaves the configurations of that scenario, and no other." It is not looked at."""
    forget(bench, "scenarioId", "listConfigurations")


@mutant("filter-configuration-executable", "LM-CONFIGURATION-FILTER-EXECUTABLE")
def configuration_executable(bench: Bench) -> None:
    """BUG: "The filter executableIds leaves the configurations of those executables, and no other." Ignored."""
    forget(bench, "executableIds", "listConfigurations")


@mutant("filter-configuration-count", "LM-CONFIGURATION-COUNT-FILTERED")
def configuration_count(bench: Bench) -> None:
    """BUG: "Counting configurations applies scenarioId and executableIds as the list does." Not executableIds."""
    forget(bench, "executableIds", "countConfigurations")


@mutant("filter-execution-configuration", "LM-EXECUTION-FILTER-CONFIGURATION")
def execution_configuration(bench: Bench) -> None:
    """BUG: "The filter configurationId leaves the executions of that configuration, and no other." Ignored."""
    forget(bench, "configurationId", "listExecutions")


@mutant("filter-execution-scenario", "LM-EXECUTION-FILTER-SCENARIO")
def execution_scenario(bench: Bench) -> None:
    """BUG: "The filter scenarioId leaves the executions of that scenario, and no other." It is not looked at."""
    forget(bench, "scenarioId", "listExecutions")


@mutant("filter-execution-executable", "LM-EXECUTION-FILTER-EXECUTABLE")
def execution_executable(bench: Bench) -> None:
    """BUG: "The filter executableIds leaves the executions of those executables, and no other." Ignored."""
    forget(bench, "executableIds", "listExecutions")


@mutant("filter-execution-status", "LM-EXECUTION-FILTER-STATUS")
def execution_status(bench: Bench) -> None:
    """BUG: "The filter status leaves the executions with that status, and no other." It is not looked at."""
    forget(bench, "status", "listExecutions")


@mutant("filter-status-some", "LM-EXECUTION-FILTER-STATUS", "LM-DEPLOYMENT-FILTER-STATUS")
def some_statuses(bench: Bench) -> None:
    """BUG: "The filter status leaves the executions with that status, and no other." UNKNOWN and PENDING are all."""

    @bench.before("listExecutions", "countExecutions", "listDeployments", "countDeployments")
    def ignored(call: Call) -> None:
        if call.query.get("status") in ("UNKNOWN", "PENDING"):
            del call.query["status"]


@mutant("filter-status-stopped", "LM-EXECUTION-FILTER-STATUS")
def stopped_is_ended(bench: Bench) -> None:
    """BUG: "The filter status leaves the executions with that status, and no other." STOPPED finds COMPLETED."""

    @bench.before("listExecutions", "countExecutions")
    def ended(call: Call) -> None:
        if call.query.get("status") == "STOPPED":
            call.query["status"] = "COMPLETED"


@mutant("filter-execution-combined", "LM-EXECUTION-FILTER-COMBINED")
def execution_combined(bench: Bench) -> None:
    """BUG: "Several filters of executions must all match." The status counts only when it stands alone."""

    @bench.before("listExecutions")
    def alone(call: Call) -> None:
        if len(call.query) > 2:
            call.query.pop("status", None)


@mutant("filter-execution-count", "LM-EXECUTION-COUNT-MATCHES-LIST")
def execution_count(bench: Bench) -> None:
    """BUG: "Counting executions applies configurationId, scenarioId, executableIds and status." Not the status."""
    forget(bench, "status", "countExecutions")


@mutant("filter-executable-version", "LM-EXECUTABLE-FILTER-VERSION")
def executable_version(bench: Bench) -> None:
    """BUG: "The filter versionId leaves the executables of that version, and no other." It is not looked at."""
    forget(bench, "versionId", "listExecutables")


@mutant("filter-executable-ids-first", "LM-CONFIGURATION-FILTER-EXECUTABLES")
def executable_ids_first(bench: Bench) -> None:
    """BUG: "Several executableIds leave the configurations of any of them." Of the first alone."""

    @bench.before("listConfigurations")
    def first_alone(call: Call) -> None:
        if "executableIds" in call.query:
            call.query["executableIds"] = call.query["executableIds"][:1]


@mutant("filter-refuses-undeclared", "LM-QUERY-UNDECLARED-TOLERATED")
def refuses_undeclared(bench: Bench) -> None:
    """BUG: "The undeclared query parameter top, which SAP's Python client sends, is not refused." It is."""
    from lmconform.mock import validation
    from lmconform.mock.problems import bad_request

    @bench.patch(validation, "query")
    def strict(original, contract, operation, raw, switches):  # type: ignore[no-untyped-def]
        if raw.startswith(b"top=") or b"&top=" in raw:
            raise bad_request("query parameter 'top' is unknown")
        return original(contract, operation, raw, switches)
