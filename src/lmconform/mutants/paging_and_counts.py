"""Pages that are cut wrongly, and counts that are not what they count."""

from __future__ import annotations

from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench
from lmconform.mutants.common import counted_wrongly, forget, off_by_one, skips_one_more
from lmconform.mutants.registry import mutant


@mutant("count-scenarios", "LM-SCENARIO-LIST-COUNT")
def scenarios(bench: Bench) -> None:
    """BUG: "In the list of scenarios count is the number of resources." It is one more."""
    off_by_one(bench, "listScenarios")


@mutant("count-versions", "LM-SCENARIO-VERSIONS-COUNT")
def versions(bench: Bench) -> None:
    """BUG: "In the list of a scenario's versions count is the number of resources." It is one more."""
    off_by_one(bench, "listScenarioVersions")


@mutant("count-executables", "LM-EXECUTABLE-LIST-COUNT")
def executables(bench: Bench) -> None:
    """BUG: "In the list of executables count is the number of resources." It is one more."""
    off_by_one(bench, "listExecutables")


@mutant("count-artifacts", "LM-ARTIFACT-LIST-COUNT")
def artifacts(bench: Bench) -> None:
    """BUG: "In an unpaged list of artifacts count is the number of resources." It is one more."""
    off_by_one(bench, "listArtifacts")


@mutant("count-configurations", "LM-CONFIGURATION-LIST-COUNT")
def configurations(bench: Bench) -> None:
    """BUG: "In an unpaged list of configurations count is the number of resources." It is one more."""
    off_by_one(bench, "listConfigurations")


@mutant("count-executions", "LM-EXECUTION-LIST-COUNT")
def executions(bench: Bench) -> None:
    """BUG: "In an unpaged list of executions count is the number of resources." It is one more."""
    off_by_one(bench, "listExecutions")


@mutant("count-metrics-points", "LM-METRICS-COUNT")
def metrics(bench: Bench) -> None:
    """BUG: "In a list of metrics count, where it is given, is the number of resources."

    It is the number of resources and of their metrics.
    """

    @bench.after("findMetrics")
    def points(call: Call, reply: Reply) -> None:
        reply.json["count"] += sum(len(r.get("metrics") or []) for r in reply.json["resources"])


@mutant("count-artifacts-differs", "LM-ARTIFACT-COUNT-MATCHES-LIST", "LM-ARTIFACT-COUNT-NOTHING")
def artifact_count(bench: Bench) -> None:
    """BUG: "Counting artifacts gives as many as the list with the same search." It gives one more."""
    counted_wrongly(bench, "countArtifacts")


@mutant("count-artifacts-unsearched", "LM-ARTIFACT-COUNT-MATCHES-LIST")
def artifact_count_unsearched(bench: Bench) -> None:
    """BUG: "Counting artifacts gives as many as the list with the same search." The search is not looked at."""
    forget(bench, "$search", "countArtifacts")


@mutant("count-configurations-differs", "LM-CONFIGURATION-COUNT-MATCHES-LIST", "LM-CONFIGURATION-COUNT-NOTHING")
def configuration_count(bench: Bench) -> None:
    """BUG: "Counting configurations gives as many as the list with the same search." It gives one more."""
    counted_wrongly(bench, "countConfigurations")


@mutant("top-artifacts", "LM-ARTIFACT-TOP", "LM-ARTIFACT-PAGES-COVER")
def artifact_top(bench: Bench) -> None:
    """BUG: "With $top a list of artifacts holds that many when there are more." It holds all."""
    forget(bench, "$top", "listArtifacts")


@mutant("skip-artifacts", "LM-ARTIFACT-SKIP", "LM-ARTIFACT-PAGES-COVER")
def artifact_skip(bench: Bench) -> None:
    """BUG: "With $skip a list of artifacts leaves out that many." It leaves out one more."""
    skips_one_more(bench, "listArtifacts")


@mutant("pages-artifacts-repeat", "LM-ARTIFACT-PAGES-COVER", "LM-ARTIFACT-SKIP")
def artifact_pages(bench: Bench) -> None:
    """BUG: "Pages of a list of artifacts hold each artifact exactly once." The last of a page comes again."""

    @bench.before("listArtifacts")
    def repeat(call: Call) -> None:
        if call.query.get("$skip"):
            call.query["$skip"] -= 1


@mutant("top-configurations", "LM-CONFIGURATION-TOP", "LM-CONFIGURATION-PAGES-COVER")
def configuration_top(bench: Bench) -> None:
    """BUG: "With $top a list of configurations holds that many when there are more." It holds all."""
    forget(bench, "$top", "listConfigurations")


@mutant("skip-configurations", "LM-CONFIGURATION-SKIP", "LM-CONFIGURATION-PAGES-COVER")
def configuration_skip(bench: Bench) -> None:
    """BUG: "With $skip a list of configurations leaves out that many." It leaves out one more."""
    skips_one_more(bench, "listConfigurations")


@mutant("top-executions", "LM-EXECUTION-TOP")
def execution_top(bench: Bench) -> None:
    """BUG: "With $top a list of executions holds that many when there are more." It holds all."""
    forget(bench, "$top", "listExecutions")


@mutant("skip-executions", "LM-EXECUTION-SKIP")
def execution_skip(bench: Bench) -> None:
    """BUG: "With $skip a list of executions leaves out that many." It leaves out none."""
    forget(bench, "$skip", "listExecutions")


@mutant(
    "skip-whole-pages",
    "LM-ARTIFACT-SKIP",
    "LM-CONFIGURATION-SKIP",
    "LM-EXECUTION-SKIP",
    "LM-DEPLOYMENT-SKIP",
    "LM-SCHEDULE-SKIP",
)
def whole_pages(bench: Bench) -> None:
    """BUG: "With $skip a list of artifacts leaves out that many." With $top it leaves out whole pages alone."""

    @bench.before("listArtifacts", "listConfigurations", "listExecutions", "listDeployments", "listExecutionSchedules")
    def pages(call: Call) -> None:
        top, skip = call.query.get("$top"), call.query.get("$skip")
        if top and skip and skip > 0:
            call.query["$skip"] = skip // top * top


@mutant("top-default-artifacts", "LM-ARTIFACT-DEFAULT-PAGE")
def artifact_default(bench: Bench) -> None:
    """BUG: "Without $top a list of artifacts holds all that match, up to 10000." It holds three."""
    _shown_at_most(bench, 3, "listArtifacts")


@mutant("top-default-configurations", "LM-CONFIGURATION-DEFAULT-PAGE")
def configuration_default(bench: Bench) -> None:
    """BUG: "Without $top a list of configurations holds all that match, up to 10000." It holds three."""
    _shown_at_most(bench, 3, "listConfigurations")


def _shown_at_most(bench: Bench, most: int, operation: str) -> None:
    """A page that nobody asked for is a short one."""

    @bench.before(operation)
    def short(call: Call) -> None:
        call.query.setdefault("$top", most)


@mutant("count-is-text", "LM-HTTP-BODY-SCHEMA")
def count_is_text(bench: Bench) -> None:
    """BUG: "The body of a successful answer is valid against its schema." A count reads "3 artifacts"."""

    @bench.after("countArtifacts")
    def words(call: Call, reply: Reply) -> None:
        reply.text = f"{reply.text} artifacts"
