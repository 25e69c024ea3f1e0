"""Filters and label selectors of artifacts that are ignored, or that let through too much."""

from __future__ import annotations

from lmconform.mock import query
from lmconform.mock.call import Call
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.answers import refuses_when
from lmconform.mutants.defects.lists import cut_before_filters, forget
from lmconform.mutants.defects.texts import as_number
from lmconform.mutants.registry import mutant


@mutant("filter-artifact-kind", "LM-ARTIFACT-FILTER-KIND", "LM-ARTIFACT-FILTER-COMBINED")
def filter_artifact_kind(bench: Bench) -> None:
    """BUG: kind is ignored when artifacts are listed."""
    forget(bench, "kind", "listArtifacts")


@mutant("filter-artifact-scenario", "LM-ARTIFACT-FILTER-SCENARIO")
def filter_artifact_scenario(bench: Bench) -> None:
    """BUG: scenarioId is ignored when artifacts are listed."""
    forget(bench, "scenarioId", "listArtifacts")


@mutant("filter-artifact-name", "LM-ARTIFACT-FILTER-NAME")
def filter_artifact_name(bench: Bench) -> None:
    """BUG: name is ignored when artifacts are listed and counted."""
    forget(bench, "name", "listArtifacts", "countArtifacts")


@mutant("filter-artifact-name-nothing", "LM-ARTIFACT-FILTER-NAME")
def filter_artifact_name_nothing(bench: Bench) -> None:
    """BUG: of a name with spaces the filter compares only the first word."""

    @bench.before("listArtifacts", "countArtifacts")
    def first_word(call: Call) -> None:
        if "name" in call.query:
            call.query["name"] = call.query["name"].split(" ")[0]


@mutant("filter-artifact-combined-or", "LM-ARTIFACT-FILTER-COMBINED")
def filter_artifact_combined_or(bench: Bench) -> None:
    """BUG: kind is ignored when artifacts are listed by kind and scenarioId."""

    @bench.before("listArtifacts")
    def one_is_enough(call: Call) -> None:
        if "kind" in call.query and "scenarioId" in call.query:
            del call.query["kind"]


@mutant("filter-artifact-page-kind", "LM-ARTIFACT-FILTER-COMBINED")
def filter_artifact_page_kind(bench: Bench) -> None:
    """BUG: a page of artifacts is cut before kind filters it."""
    cut_before_filters(bench, "listArtifacts", "kind")


@mutant("filter-artifact-page-labels", "LM-ARTIFACT-FILTER-COMBINED")
def filter_artifact_page_labels(bench: Bench) -> None:
    """BUG: a page of artifacts is cut before the label selector filters it."""
    cut_before_filters(bench, "listArtifacts", "artifactLabelSelector")


@mutant("filter-artifact-count", "LM-ARTIFACT-COUNT-FILTERED")
def filter_artifact_count(bench: Bench) -> None:
    """BUG: kind is ignored when artifacts are counted."""
    forget(bench, "kind", "countArtifacts")


@mutant("filter-artifact-count-labels", "LM-ARTIFACT-COUNT-FILTERED")
def filter_artifact_count_labels(bench: Bench) -> None:
    """BUG: the label selector is ignored when artifacts are counted."""
    forget(bench, "artifactLabelSelector", "countArtifacts")


@mutant("labels-ignored", "LM-ARTIFACT-LABEL-EQUALS")
def labels_ignored(bench: Bench) -> None:
    """BUG: the label selector is ignored when artifacts are listed."""
    forget(bench, "artifactLabelSelector", "listArtifacts")


@mutant("labels-crossed", "LM-ARTIFACT-LABEL-EQUALS", "LM-ARTIFACT-COUNT-FILTERED")
def labels_crossed(bench: Bench) -> None:
    """BUG: the label selector key=value matches the key of one label and the value of another."""

    @bench.patch(query, "labelled")
    def crossed(original, resource, selectors):  # type: ignore[no-untyped-def]
        labels = resource.get("labels") or []
        every = [{"key": one["key"], "value": other["value"]} for one in labels for other in labels]
        return all(
            original(resource, [s]) if "!=" in s else any(original({"labels": [pair]}, [s]) for pair in every)
            for s in selectors
        )


@mutant("labels-begin", "LM-ARTIFACT-LABEL-EQUALS")
def labels_begin(bench: Bench) -> None:
    """BUG: the label selector key=value matches each value that begins so."""

    @bench.patch(query, "labelled")
    def begins(original, resource, selectors):  # type: ignore[no-untyped-def]
        labels = [f"{one['key']}={one['value']}" for one in resource.get("labels") or []]
        return all(
            original(resource, [s]) if "!=" in s else any(label.startswith(s) for label in labels) for s in selectors
        )


@mutant("labels-last-of-a-key", "LM-ARTIFACT-LABEL-AND")
def labels_last_of_a_key(bench: Bench) -> None:
    """BUG: of several label selectors with one key only the last one counts."""

    @bench.patch(query, "labelled")
    def last(original, resource, selectors):  # type: ignore[no-untyped-def]
        return original(resource, {s.partition("=")[0].rstrip("!"): s for s in selectors}.values())


@mutant("labels-or-in-a-key", "LM-ARTIFACT-LABEL-AND")
def labels_or_in_a_key(bench: Bench) -> None:
    """BUG: of several label selectors with one key one that matches is enough."""

    @bench.patch(query, "labelled")
    def one_of(original, resource, selectors):  # type: ignore[no-untyped-def]
        keys: dict[str, list[str]] = {}
        for selector in selectors:
            keys.setdefault(selector.partition("=")[0].rstrip("!"), []).append(selector)
        return all(any(original(resource, [s]) for s in group) for group in keys.values())


@mutant("labels-or", "LM-ARTIFACT-LABEL-AND")
def labels_or(bench: Bench) -> None:
    """BUG: one matching label selector of several is enough."""

    @bench.patch(query, "labelled")
    def any_of(original, resource, selectors):  # type: ignore[no-untyped-def]
        chosen = list(selectors)
        return not chosen or any(original(resource, [selector]) for selector in chosen)


@mutant("labels-nine", "LM-ARTIFACT-LABEL-TEN")
def labels_nine(bench: Bench) -> None:
    """BUG: the tenth label selector is ignored."""

    @bench.patch(query, "labelled")
    def nine(original, resource, selectors):  # type: ignore[no-untyped-def]
        return original(resource, list(selectors)[:9])


@mutant("labels-ten-refused", "LM-ARTIFACT-LABEL-TEN")
def labels_ten_refused(bench: Bench) -> None:
    """BUG: ten label selectors are refused; nine is the limit."""
    words = "artifactLabelSelector has too many entries"
    refuses_when(bench, words, lambda call: len(call.query.get("artifactLabelSelector") or ()) > 9, "listArtifacts")


@mutant("labels-comma", "LM-ARTIFACT-LABEL-COMMA")
def labels_comma(bench: Bench) -> None:
    """BUG: {comma} in a label selector stands for itself instead of a comma."""

    @bench.patch(query, "labelled")
    def literal(original, resource, selectors):  # type: ignore[no-untyped-def]
        return original(resource, [s.replace("{comma}", "{nothing}") for s in selectors])


@mutant("labels-unequal-crossed", "LM-ARTIFACT-LABEL-NOT-EQUALS")
def labels_unequal_crossed(bench: Bench) -> None:
    """BUG: the label selector key!=value also leaves out artifacts whose other labels have the value."""

    @bench.patch(query, "labelled")
    def crossed(original, resource, selectors):  # type: ignore[no-untyped-def]
        values = {label["value"] for label in resource.get("labels") or []}
        shut = any("!=" in s and s.partition("!=")[2] in values for s in selectors)
        return not shut and original(resource, selectors)


@mutant("labels-unequal-without-key", "LM-ARTIFACT-LABEL-NOT-EQUALS")
def labels_unequal_without_key(bench: Bench) -> None:
    """BUG: the label selector key!=value also matches artifacts without the key."""

    @bench.patch(query, "labelled")
    def without_key(original, resource, selectors):  # type: ignore[no-untyped-def]
        keys = {label["key"] for label in resource.get("labels") or []}
        kept = [s for s in selectors if "!=" not in s or s.partition("!=")[0] in keys]
        return original(resource, kept)


@mutant("labels-unequal-as-equal", "LM-ARTIFACT-LABEL-NOT-EQUALS")
def labels_unequal_as_equal(bench: Bench) -> None:
    """BUG: the label selector key!=value is taken for key=value."""

    @bench.patch(query, "labelled")
    def equal(original, resource, selectors):  # type: ignore[no-untyped-def]
        return original(resource, [s.replace("!=", "=") for s in selectors])


@mutant("labels-as-numbers", "LM-ARTIFACT-LABEL-EQUALS")
def labels_as_numbers(bench: Bench) -> None:
    """BUG: the label selector key=value compares numbers, so that 1 selects 1.0."""

    @bench.patch(query, "labelled")
    def numbers(original, resource, selectors):  # type: ignore[no-untyped-def]
        labels = [{**label, "value": as_number(label["value"])} for label in resource.get("labels") or []]
        split = (selector.partition("=") for selector in selectors)
        return original({"labels": labels}, [f"{key}={as_number(value)}" for key, _, value in split])
