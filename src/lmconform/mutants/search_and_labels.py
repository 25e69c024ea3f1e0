"""Search, label selectors, expansion and selection that do not do what they say."""

from __future__ import annotations

import re

from lmconform.mock import query
from lmconform.mock.call import Call, Reply
from lmconform.mock.problems import Problem
from lmconform.mutants.bench import Bench
from lmconform.mutants.common import forget
from lmconform.mutants.registry import mutant


@mutant("search-artifact-ignored", "LM-ARTIFACT-SEARCH-NAME")
def artifact_ignored(bench: Bench) -> None:
    """BUG: "A search finds the artifacts whose name holds the text, and no other." It finds everything."""
    forget(bench, "$search", "listArtifacts")


@mutant("search-nothing-404", "LM-ARTIFACT-SEARCH-NOTHING", "LM-CONFIGURATION-SEARCH-NOTHING")
def nothing_404(bench: Bench) -> None:
    """BUG: "A search that matches no artifact answers an empty list with count 0." It answers 404."""

    @bench.after("listArtifacts", "listConfigurations")
    def missing(call: Call, reply: Reply) -> None:
        if "$search" in call.query and not reply.json["resources"]:
            raise Problem(404, "01010004", "Nothing was found")


@mutant("search-nothing-one", "LM-ARTIFACT-SEARCH-NOTHING")
def nothing_counts_one(bench: Bench) -> None:
    """BUG: "A search that matches no artifact answers an empty list with count 0." Its count is 1."""

    @bench.after("listArtifacts")
    def one(call: Call, reply: Reply) -> None:
        reply.json["count"] = max(1, reply.json["count"])


@mutant("search-artifact-whole-names", "LM-ARTIFACT-SEARCH-NAME")
def artifact_whole(bench: Bench) -> None:
    """BUG: "A search finds the artifacts whose name holds the text, and no other." Whole names alone."""

    @bench.after("listArtifacts")
    def whole(call: Call, reply: Reply) -> None:
        if "$search" in call.query and reply.json:
            wanted = call.query["$search"].lower()
            rows = reply.json["resources"]
            kept = [r for r in rows if wanted == r["name"].lower() or wanted in str(r.get("description")).lower()]
            reply.json = {"count": len(kept), "resources": kept}


@mutant("search-artifact-description", "LM-ARTIFACT-SEARCH-DESCRIPTION")
def artifact_description(bench: Bench) -> None:
    """BUG: "A search finds the artifact whose description holds the text." It looks at names alone."""

    @bench.after("listArtifacts")
    def names_alone(call: Call, reply: Reply) -> None:
        if "$search" in call.query and reply.json:
            rows = [r for r in reply.json["resources"] if call.query["$search"].lower() in r["name"].lower()]
            reply.json = {"count": len(rows), "resources": rows}


@mutant("search-artifact-caseless", "LM-ARTIFACT-SEARCH-CASE")
def artifact_caseless(bench: Bench) -> None:
    """BUG: "A search for artifacts minds the case unless it is told otherwise." It never does."""

    @bench.before("listArtifacts", "countArtifacts")
    def caseless(call: Call) -> None:
        call.query["searchCaseInsensitive"] = True


@mutant("search-artifact-always-cased", "LM-ARTIFACT-SEARCH-CASE-INSENSITIVE")
def artifact_cased(bench: Bench) -> None:
    """BUG: "With searchCaseInsensitive a search for artifacts, and its count, ignores the case." It does not."""
    forget(bench, "searchCaseInsensitive", "listArtifacts", "countArtifacts")


@mutant("search-artifact-count-cased", "LM-ARTIFACT-SEARCH-CASE-INSENSITIVE")
def artifact_count_cased(bench: Bench) -> None:
    """BUG: "With searchCaseInsensitive a search for artifacts, and its count, ignores the case." Not the count."""
    forget(bench, "searchCaseInsensitive", "countArtifacts")


@mutant("search-configuration-ignored", "LM-CONFIGURATION-SEARCH-NAME")
def configuration_ignored(bench: Bench) -> None:
    """BUG: "A search finds the configurations whose name holds the text, and no other." It finds everything."""
    forget(bench, "$search", "listConfigurations")


@mutant("search-configuration-caseless", "LM-CONFIGURATION-SEARCH-CASE")
def configuration_caseless(bench: Bench) -> None:
    """BUG: "A search for configurations minds the case unless it is told otherwise." It never does."""

    @bench.before("listConfigurations", "countConfigurations")
    def caseless(call: Call) -> None:
        call.query["searchCaseInsensitive"] = True


@mutant("search-configuration-always-cased", "LM-CONFIGURATION-SEARCH-CASE-INSENSITIVE")
def configuration_cased(bench: Bench) -> None:
    """BUG: "With searchCaseInsensitive a search for configurations, and its count, ignores the case." It does not."""
    forget(bench, "searchCaseInsensitive", "listConfigurations", "countConfigurations")


@mutant("search-case-by-presence", "LM-ARTIFACT-SEARCH-CASE", "LM-CONFIGURATION-SEARCH-CASE")
def case_by_presence(bench: Bench) -> None:
    """BUG: "A search for artifacts minds the case unless it is told otherwise." Not with the flag false either."""

    @bench.before("listArtifacts", "countArtifacts", "listConfigurations", "countConfigurations")
    def present(call: Call) -> None:
        if "searchCaseInsensitive" in call.query:
            call.query["searchCaseInsensitive"] = True


def _wild(bench: Bench, signs: dict[str, str]) -> None:
    """Some signs of a search stand for more than themselves; ``signs`` has the regular expression of each."""

    @bench.patch(query, "searched")
    def wild(original, resource, call, members):  # type: ignore[no-untyped-def]
        wanted = call.query.get("$search")
        if wanted is None or not any(sign in wanted for sign in signs):
            return original(resource, call, members)
        pattern = "".join(signs.get(sign) or re.escape(sign) for sign in wanted)
        flags = re.IGNORECASE if call.query.get("searchCaseInsensitive") else 0
        return any(re.search(pattern, str(resource.get(name) or ""), flags) for name in members)


@mutant("search-like-one", "LM-ARTIFACT-SEARCH-LITERAL", "LM-CONFIGURATION-SEARCH-LITERAL")
def like_one(bench: Bench) -> None:
    """BUG: "A search for artifacts knows no wildcards: _, %, . and * stand for themselves." _ is any character."""
    _wild(bench, {"_": "."})


@mutant("search-like-many", "LM-ARTIFACT-SEARCH-LITERAL", "LM-CONFIGURATION-SEARCH-LITERAL")
def like_many(bench: Bench) -> None:
    """BUG: "A search for artifacts knows no wildcards: _, %, . and * stand for themselves." % is any text."""
    _wild(bench, {"%": ".*"})


@mutant("search-expression", "LM-ARTIFACT-SEARCH-LITERAL", "LM-CONFIGURATION-SEARCH-LITERAL")
def expression(bench: Bench) -> None:
    """BUG: "A search for artifacts knows no wildcards: _, %, . and * stand for themselves." A dot is any character."""
    _wild(bench, {".": "."})


@mutant("search-glob", "LM-ARTIFACT-SEARCH-LITERAL", "LM-CONFIGURATION-SEARCH-LITERAL")
def glob(bench: Bench) -> None:
    """BUG: "A search for artifacts knows no wildcards: _, %, . and * stand for themselves." A star is any text."""
    _wild(bench, {"*": ".*"})


@mutant("labels-ignored", "LM-ARTIFACT-LABEL-EQUALS")
def labels_ignored(bench: Bench) -> None:
    """BUG: "The label selector key=value leaves the artifacts that have this label." It is not looked at."""
    forget(bench, "artifactLabelSelector", "listArtifacts")


@mutant("labels-crossed", "LM-ARTIFACT-LABEL-EQUALS", "LM-ARTIFACT-COUNT-FILTERED")
def labels_crossed(bench: Bench) -> None:
    """BUG: "The label selector key=value leaves the artifacts that have this label."

    The key of one label and the value of another will do.
    """

    @bench.patch(query, "labelled")
    def crossed(original, resource, selectors):  # type: ignore[no-untyped-def]
        labels = resource.get("labels") or []
        every = [{"key": one["key"], "value": other["value"]} for one in labels for other in labels]
        return all(
            original(resource, [s]) if "!=" in s else any(original({"labels": [pair]}, [s]) for pair in every)
            for s in selectors
        )


@mutant("labels-unequal-crossed", "LM-ARTIFACT-LABEL-NOT-EQUALS")
def labels_unequal_crossed(bench: Bench) -> None:
    """BUG: "The label selector key!=value leaves those that have the key, with another value."

    No label at all may have the value.
    """

    @bench.patch(query, "labelled")
    def crossed(original, resource, selectors):  # type: ignore[no-untyped-def]
        values = {label["value"] for label in resource.get("labels") or []}
        shut = any("!=" in s and s.partition("!=")[2] in values for s in selectors)
        return not shut and original(resource, selectors)


@mutant("labels-or", "LM-ARTIFACT-LABEL-AND")
def labels_or(bench: Bench) -> None:
    """BUG: "Several label selectors must all match." One that matches is enough."""

    @bench.patch(query, "labelled")
    def any_of(original, resource, selectors):  # type: ignore[no-untyped-def]
        chosen = list(selectors)
        return not chosen or any(original(resource, [selector]) for selector in chosen)


@mutant("labels-unequal-without-key", "LM-ARTIFACT-LABEL-NOT-EQUALS")
def labels_unequal(bench: Bench) -> None:
    """BUG: "The label selector key!=value leaves those that have the key, with another value." Those without too."""

    @bench.patch(query, "labelled")
    def without_key(original, resource, selectors):  # type: ignore[no-untyped-def]
        keys = {label["key"] for label in resource.get("labels") or []}
        kept = [s for s in selectors if "!=" not in s or s.partition("!=")[0] in keys]
        return original(resource, kept)


@mutant("labels-unequal-as-equal", "LM-ARTIFACT-LABEL-NOT-EQUALS")
def labels_as_equal(bench: Bench) -> None:
    """BUG: "The label selector key!=value leaves those that have the key, with another value." It takes != for =."""

    @bench.patch(query, "labelled")
    def equal(original, resource, selectors):  # type: ignore[no-untyped-def]
        return original(resource, [s.replace("!=", "=") for s in selectors])


@mutant("labels-comma", "LM-ARTIFACT-LABEL-COMMA")
def labels_comma(bench: Bench) -> None:
    """BUG: "In a label selector {comma} stands for a comma of the value." It stands for itself."""

    @bench.patch(query, "labelled")
    def literal(original, resource, selectors):  # type: ignore[no-untyped-def]
        return original(resource, [s.replace("{comma}", "{nothing}") for s in selectors])


@mutant("expand-artifact", "LM-ARTIFACT-EXPAND-SCENARIO")
def expand_artifact(bench: Bench) -> None:
    """BUG: "With $expand=scenario an artifact embeds its scenario, in the list and alone." Not in the list."""
    forget(bench, "$expand", "listArtifacts")


@mutant("expand-artifact-alone", "LM-ARTIFACT-EXPAND-SCENARIO")
def expand_artifact_alone(bench: Bench) -> None:
    """BUG: "With $expand=scenario an artifact embeds its scenario, in the list and alone." Not alone."""
    forget(bench, "$expand", "getArtifact")


@mutant("expand-configuration", "LM-CONFIGURATION-EXPAND-SCENARIO")
def expand_configuration(bench: Bench) -> None:
    """BUG: "With $expand=scenario a configuration embeds its scenario, in the list and alone." Never."""
    forget(bench, "$expand", "listConfigurations", "getConfiguration")


@mutant("select-status-ignored", "LM-EXECUTION-SELECT-STATUS")
def select_status(bench: Bench) -> None:
    """BUG: "With $select=status an execution shows its ids, status, details and times, and nothing else." All."""
    forget(bench, "$select", "listExecutions", "getExecution")


@mutant("select-metrics-ignored", "LM-METRICS-SELECT")
def select_metrics(bench: Bench) -> None:
    """BUG: "With $select one section of the metrics is shown with the executionId, and no other." All are."""
    forget(bench, "$select", "findMetrics")


@mutant("select-metrics-all", "LM-METRICS-SELECT-ALL")
def select_metrics_all(bench: Bench) -> None:
    """BUG: "With $select=*, or with all three names, all sections of the metrics are shown." Metrics alone."""

    @bench.before("findMetrics")
    def metrics_alone(call: Call) -> None:
        if "$select" in call.query:
            call.query["$select"] = call.query["$select"][:1] if call.query["$select"] != ["*"] else ["metrics"]


@mutant("select-metrics-without-id", "LM-HTTP-BODY-SCHEMA")
def select_without_id(bench: Bench) -> None:
    """BUG: "The body of a successful answer is valid against its schema." $select drops the executionId."""

    @bench.after("findMetrics")
    def without_id(call: Call, reply: Reply) -> None:
        if "$select" in call.query and reply.json:
            for resource in reply.json["resources"]:
                resource.pop("executionId", None)
