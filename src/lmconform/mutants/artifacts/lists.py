"""Lists and counts of artifacts: incomplete, repeated, cut in the wrong place."""

from __future__ import annotations

from lmconform.mock.call import Call
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.answers import refuses_when
from lmconform.mutants.defects.lists import (
    counted_wrongly,
    forget,
    keeps_out,
    last_twice,
    moves_on,
    off_by_one,
    shown_at_most,
    skips_from_one,
    skips_one_more,
    takes_the_first,
    turns_round,
)
from lmconform.mutants.registry import mutant


@mutant("list-artifacts-newest", "LM-ARTIFACT-LISTED")
def list_artifacts_newest(bench: Bench) -> None:
    """BUG: the newest artifact is missing in the list."""
    keeps_out(bench, "listArtifacts", lambda call, row: row["id"] == list(call.group.artifacts)[-1])


@mutant("list-artifacts-twice", "LM-ARTIFACT-LISTED", "LM-ARTIFACT-COUNT-MATCHES-LIST")
def list_artifacts_twice(bench: Bench) -> None:
    """BUG: the last artifact is listed twice."""
    last_twice(bench, "listArtifacts")


@mutant("count-artifacts", "LM-ARTIFACT-LIST-COUNT")
def count_artifacts(bench: Bench) -> None:
    """BUG: count in the list of artifacts is one too high."""
    off_by_one(bench, "listArtifacts")


@mutant("count-artifacts-differs", "LM-ARTIFACT-COUNT-MATCHES-LIST", "LM-ARTIFACT-COUNT-NOTHING")
def count_artifacts_differs(bench: Bench) -> None:
    """BUG: $count of artifacts is one too high."""
    counted_wrongly(bench, "countArtifacts")


@mutant("count-artifacts-unsearched", "LM-ARTIFACT-COUNT-MATCHES-LIST")
def count_artifacts_unsearched(bench: Bench) -> None:
    """BUG: $search is ignored when artifacts are counted."""
    forget(bench, "$search", "countArtifacts")


@mutant("count-artifacts-name-and-kind", "LM-ARTIFACT-COUNT-COMBINED")
def count_artifacts_name_and_kind(bench: Bench) -> None:
    """BUG: kind is ignored when artifacts are counted by name and kind."""

    @bench.before("countArtifacts")
    def less(call: Call) -> None:
        if "name" in call.query and "kind" in call.query:
            del call.query["kind"]


@mutant("count-artifacts-unequal", "LM-ARTIFACT-COUNT-COMBINED")
def count_artifacts_unequal(bench: Bench) -> None:
    """BUG: counting artifacts takes != in a label selector for =."""

    @bench.before("countArtifacts")
    def equal(call: Call) -> None:
        if "artifactLabelSelector" in call.query:
            call.query["artifactLabelSelector"] = [s.replace("!=", "=") for s in call.query["artifactLabelSelector"]]


@mutant("count-artifacts-labels-alone", "LM-ARTIFACT-COUNT-COMBINED")
def count_artifacts_labels_alone(bench: Bench) -> None:
    """BUG: counting artifacts with a label selector ignores every other filter."""

    @bench.before("countArtifacts")
    def labels_alone(call: Call) -> None:
        if "artifactLabelSelector" in call.query:
            call.query = {"artifactLabelSelector": call.query["artifactLabelSelector"]}


@mutant("top-artifacts", "LM-ARTIFACT-TOP", "LM-ARTIFACT-PAGES-COVER")
def top_artifacts(bench: Bench) -> None:
    """BUG: $top is ignored when artifacts are listed."""
    forget(bench, "$top", "listArtifacts")


@mutant("top-default-artifacts", "LM-ARTIFACT-DEFAULT-PAGE")
def top_default_artifacts(bench: Bench) -> None:
    """BUG: without $top the list of artifacts holds three at most."""
    shown_at_most(bench, 3, "listArtifacts")


@mutant("limit-artifact-top", "LM-ARTIFACT-QUERY-AT-LIMIT")
def limit_artifact_top(bench: Bench) -> None:
    """BUG: $top beyond 1000 is refused when artifacts are listed."""
    refuses_when(bench, "$top is too large", lambda call: call.query.get("$top", 0) > 1000, "listArtifacts")


@mutant("skip-artifacts", "LM-ARTIFACT-SKIP", "LM-ARTIFACT-PAGES-COVER")
def skip_artifacts(bench: Bench) -> None:
    """BUG: $skip leaves out one artifact too many."""
    skips_one_more(bench, "listArtifacts")


@mutant(
    "skip-whole-pages",
    "LM-ARTIFACT-SKIP",
    "LM-CONFIGURATION-SKIP",
    "LM-EXECUTION-SKIP",
    "LM-DEPLOYMENT-SKIP",
    "LM-SCHEDULE-SKIP",
)
def skip_whole_pages(bench: Bench) -> None:
    """BUG: $skip is rounded down to a multiple of $top in every list."""

    @bench.before("listArtifacts", "listConfigurations", "listExecutions", "listDeployments", "listExecutionSchedules")
    def pages(call: Call) -> None:
        top, skip = call.query.get("$top"), call.query.get("$skip")
        if top and skip and skip > 0:
            call.query["$skip"] = skip // top * top


@mutant(
    "skip-ignored",
    "LM-ARTIFACT-SKIP",
    "LM-ARTIFACT-PAGES-COVER",
    "LM-CONFIGURATION-SKIP",
    "LM-DEPLOYMENT-SKIP",
    "LM-SCHEDULE-SKIP",
    "LM-METRICS-SKIP",
)
def skip_ignored(bench: Bench) -> None:
    """BUG: $skip is ignored when artifacts, configurations, deployments, schedules and metrics are listed."""
    others = ("listConfigurations", "listDeployments", "listExecutionSchedules", "findMetrics")
    forget(bench, "$skip", "listArtifacts", *others)


@mutant("pages-artifacts-repeat", "LM-ARTIFACT-PAGES-COVER", "LM-ARTIFACT-SKIP")
def pages_artifacts_repeat(bench: Bench) -> None:
    """BUG: $skip leaves out one artifact too few, so that pages overlap."""

    @bench.before("listArtifacts")
    def repeat(call: Call) -> None:
        if call.query.get("$skip"):
            call.query["$skip"] -= 1


@mutant("pages-artifacts-from-one", "LM-ARTIFACT-PAGE-SIZES", "LM-ARTIFACT-PAGES-AGAIN")
def pages_artifacts_from_one(bench: Bench) -> None:
    """BUG: $skip of artifacts counts from one."""
    skips_from_one(bench, "listArtifacts")


@mutant("pages-artifacts-turn-round", "LM-ARTIFACT-PAGES-AGAIN")
def pages_artifacts_turn_round(bench: Bench) -> None:
    """BUG: pages of artifacts behind the first are in the reverse order, so that some artifacts are on two pages."""
    turns_round(bench, "listArtifacts")


@mutant("pages-artifacts-move-on", "LM-ARTIFACT-PAGES-AGAIN")
def pages_artifacts_move_on(bench: Bench) -> None:
    """BUG: the order of artifacts is another one for each page."""
    moves_on(bench, "listArtifacts")


@mutant("count-artifacts-first-label", "LM-ARTIFACT-COUNT-FILTERED")
def count_artifacts_first_label(bench: Bench) -> None:
    """BUG: counting artifacts applies the first of several label selectors alone."""
    takes_the_first(bench, "artifactLabelSelector", 1, "countArtifacts")


@mutant("count-artifacts-named", "LM-ARTIFACT-COUNT-FILTERED")
def count_artifacts_named(bench: Bench) -> None:
    """BUG: kind is ignored when artifacts are listed and counted by name."""

    @bench.before("listArtifacts", "countArtifacts")
    def less(call: Call) -> None:
        if "name" in call.query:
            call.query.pop("kind", None)


@mutant("count-artifacts-part-of-a-name", "LM-ARTIFACT-COUNT-COMBINED")
def count_artifacts_part_of_a_name(bench: Bench) -> None:
    """BUG: the filter name counts artifacts whose name holds the text, and lists those that are named so."""

    @bench.before("countArtifacts")
    def held(call: Call) -> None:
        wanted = call.query.get("name", "")
        names = [one["name"] for one in call.group.artifacts.values() if wanted and wanted in one["name"]]
        call.query |= {"name": names[0]} if names else {}
