"""Lists that run behind or repeat themselves, and counts that differ only when filters meet."""

from __future__ import annotations

from lmconform.mock import query
from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.common import keeps_out, refuses_when
from lmconform.mutants.registry import mutant


@mutant("list-artifacts-newest", "LM-ARTIFACT-LISTED")
def artifacts_newest(bench: Bench) -> None:
    """BUG: "An artifact is listed, once, as soon as it is registered." The newest of all is not there yet."""
    keeps_out(bench, "listArtifacts", lambda call, row: row["id"] == list(call.group.artifacts)[-1])


@mutant("list-artifacts-twice", "LM-ARTIFACT-LISTED", "LM-ARTIFACT-COUNT-MATCHES-LIST")
def artifacts_twice(bench: Bench) -> None:
    """BUG: "An artifact is listed, once, as soon as it is registered." The last is there twice."""
    _twice(bench, "listArtifacts")


@mutant("list-configurations-newest", "LM-CONFIGURATION-LISTED")
def configurations_newest(bench: Bench) -> None:
    """BUG: "A configuration is listed, once, as soon as it is created." The newest of all is not there yet."""
    keeps_out(bench, "listConfigurations", lambda call, row: row["id"] == list(call.group.configurations)[-1])


@mutant("list-configurations-twice", "LM-CONFIGURATION-LISTED", "LM-CONFIGURATION-COUNT-MATCHES-LIST")
def configurations_twice(bench: Bench) -> None:
    """BUG: "A configuration is listed, once, as soon as it is created." The last is there twice."""
    _twice(bench, "listConfigurations")


@mutant("count-artifacts-name-and-kind", "LM-ARTIFACT-COUNT-COMBINED")
def artifact_count(bench: Bench) -> None:
    """BUG: "Under each filter of artifacts, and each two of them, the count is the length of the list."

    Beside a name the kind is not looked at.
    """

    @bench.before("countArtifacts")
    def less(call: Call) -> None:
        if "name" in call.query and "kind" in call.query:
            del call.query["kind"]


@mutant("count-artifacts-unequal", "LM-ARTIFACT-COUNT-COMBINED")
def artifact_count_labels(bench: Bench) -> None:
    """BUG: "Under each filter of artifacts, and each two of them, the count is the length of the list."

    The count takes != for =.
    """

    @bench.before("countArtifacts")
    def equal(call: Call) -> None:
        if "artifactLabelSelector" in call.query:
            call.query["artifactLabelSelector"] = [s.replace("!=", "=") for s in call.query["artifactLabelSelector"]]


@mutant("count-artifacts-labels-alone", "LM-ARTIFACT-COUNT-COMBINED")
def artifact_count_search(bench: Bench) -> None:
    """BUG: "Under each filter of artifacts, and each two of them, the count is the length of the list."

    With labels the count looks at nothing else.
    """

    @bench.before("countArtifacts")
    def labels_alone(call: Call) -> None:
        if "artifactLabelSelector" in call.query:
            call.query = {"artifactLabelSelector": call.query["artifactLabelSelector"]}


@mutant("count-configurations-caseless", "LM-CONFIGURATION-COUNT-COMBINED")
def configuration_count(bench: Bench) -> None:
    """BUG: "Under each filter of configurations, and each two of them, the count is the length of the list."

    Beside another filter the count minds the case.
    """

    @bench.before("countConfigurations")
    def cased(call: Call) -> None:
        if set(call.query) & {"scenarioId", "executableIds"}:
            call.query.pop("searchCaseInsensitive", None)


@mutant("count-executions-three-filters", "LM-EXECUTION-COUNT-COMBINED")
def execution_count(bench: Bench) -> None:
    """BUG: "Under each filter of executions, and each two of them, the count is the length of the list."

    Of three filters the last says none.
    """

    @bench.after("countExecutions")
    def none(call: Call, reply: Reply) -> None:
        if len(call.query) > 2:
            reply.text = "0"


@mutant("filter-execution-executables-first", "LM-EXECUTION-FILTER-EXECUTABLES")
def executables_first(bench: Bench) -> None:
    """BUG: "Several executableIds leave the executions of any of them." Of the first alone."""

    @bench.before("listExecutions")
    def first(call: Call) -> None:
        if "executableIds" in call.query:
            call.query["executableIds"] = call.query["executableIds"][:1]


@mutant("filter-configuration-executables-all", "LM-CONFIGURATION-FILTER-EXECUTABLES")
def executables_all(bench: Bench) -> None:
    """BUG: "Several executableIds leave the configurations of any of them."

    A configuration would have to be of each of them.
    """

    @bench.before("listConfigurations")
    def each_of_them(call: Call) -> None:
        if len(call.query.get("executableIds") or ()) > 1:
            call.query["executableIds"] = [",".join(call.query["executableIds"])]


@mutant("labels-nine", "LM-ARTIFACT-LABEL-TEN")
def labels_nine(bench: Bench) -> None:
    """BUG: "Ten label selectors are taken, and all must match." The tenth is not looked at."""

    @bench.patch(query, "labelled")
    def nine(original, resource, selectors):  # type: ignore[no-untyped-def]
        return original(resource, list(selectors)[:9])


@mutant("limit-artifact-top", "LM-ARTIFACT-QUERY-AT-LIMIT")
def artifact_top(bench: Bench) -> None:
    """BUG: "The longest search and the greatest $top for artifacts are taken." $top is 1000 at most."""
    refuses_when(bench, "$top is too large", lambda call: call.query.get("$top", 0) > 1000, "listArtifacts")


@mutant("limit-artifact-search", "LM-ARTIFACT-QUERY-AT-LIMIT")
def artifact_search(bench: Bench) -> None:
    """BUG: "The longest search and the greatest $top for artifacts are taken." A search has 64 characters at most."""
    refuses_when(bench, "$search is too long", lambda call: len(call.query.get("$search", "")) > 64, "listArtifacts")


@mutant("limit-configuration-search", "LM-CONFIGURATION-QUERY-AT-LIMIT")
def configuration_search(bench: Bench) -> None:
    """BUG: "The longest search and the greatest $top for configurations are taken."

    A search has 79 characters at most.
    """
    too_long = "$search is too long"
    refuses_when(bench, too_long, lambda call: len(call.query.get("$search", "")) > 79, "listConfigurations")


@mutant("limit-execution-top", "LM-EXECUTION-TOP-AT-LIMIT")
def execution_top(bench: Bench) -> None:
    """BUG: "The greatest $top for executions is taken." It is one less."""
    refuses_when(bench, "$top is too large", lambda call: call.query.get("$top", 0) >= 100_000, "listExecutions")


@mutant("artifact-content-location", "LM-ARTIFACT-CONTENT-LOCATION")
def content_location(bench: Bench) -> None:
    """BUG: "A Content-Location on the registration of an artifact holds the artifact's id." It holds another id."""

    @bench.after("createArtifact")
    def other(call: Call, reply: Reply) -> None:
        reply.headers["Content-Location"] = "/v2/lm/artifacts/00000000-0000-0000-0000-000000000000"


@mutant("artifact-modified-before-created", "LM-ARTIFACT-TIMES-ORDERED")
def modified_before(bench: Bench) -> None:
    """BUG: "An artifact is not modified before it is created." It is, by years."""

    @bench.after("getArtifact", "listArtifacts")
    def before(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            resource["modifiedAt"] = "2001-01-01T00:00:00Z"


def _twice(bench: Bench, operation: str) -> None:
    @bench.after(operation)
    def twice(call: Call, reply: Reply) -> None:
        rows = reply.json["resources"]
        reply.json = {"count": len(rows) + len(rows[-1:]), "resources": rows + rows[-1:]}
