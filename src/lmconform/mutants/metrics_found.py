"""Metrics that are found, paged, selected and bounded otherwise than they should be."""

from __future__ import annotations

from lmconform.mock import metrics, validation
from lmconform.mock.call import Call, Reply
from lmconform.mock.problems import bad_request
from lmconform.mock.records import Tracking
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.common import SCHEMAS, forget, refuses_when, skips_one_more
from lmconform.mutants.registry import mutant


@mutant("metrics-label-prefix", "LM-METRICS-ARTIFACT-LABEL")
def label_prefix(bench: Bench) -> None:
    """BUG: "The label metrics.ai.sap.com/Artifact.name ties a metric to an output, and is read back."

    Its prefix is lost.
    """

    @bench.after("findMetrics")
    def bare(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for point in resource.get("metrics") or []:
                for label in point["labels"]:
                    label["name"] = label["name"].rpartition("/")[2]


@mutant("metrics-reserved-label", "LM-METRICS-ARTIFACT-LABEL")
def reserved_label(bench: Bench) -> None:
    """BUG: "The label metrics.ai.sap.com/Artifact.name ties a metric to an output, and is read back."

    Labels of this prefix are refused.
    """

    def reserved(call: Call) -> bool:
        points = call.body.get("metrics") or []
        return any(label["name"].startswith("metrics.ai") for p in points for label in p.get("labels") or [])

    refuses_when(bench, "the label is reserved", reserved, "patchMetrics")


@mutant("metrics-five-hundred", "LM-METRICS-THOUSAND")
def five_hundred(bench: Bench) -> None:
    """BUG: "A thousand metrics, a hundred tags and a hundred pieces of custom information are taken at once."

    500 metrics are the most.
    """
    too_many = "too many metrics"
    refuses_when(bench, too_many, lambda call: len(call.body.get("metrics") or ()) > 500, "patchMetrics")


@mutant("metrics-shown-in-part", "LM-METRICS-THOUSAND")
def in_part(bench: Bench) -> None:
    """BUG: "A thousand metrics, a hundred tags and a hundred pieces of custom information are taken at once."

    Of the tags fifty come back.
    """

    @bench.after("findMetrics")
    def fifty(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if resource.get("tags"):
                resource["tags"] = resource["tags"][:50]


@mutant("metrics-tag-cut", "LM-METRICS-AT-LIMIT")
def tag_cut(bench: Bench) -> None:
    """BUG: "Names and values of the greatest length are taken and read back."

    A tag's value is cut after 255 characters.
    """

    @bench.before("patchMetrics")
    def cut(call: Call) -> None:
        for tag in call.body.get("tags") or []:
            tag["value"] = tag["value"][:255]


@mutant("metrics-label-at-limit", "LM-METRICS-AT-LIMIT")
def label_at_limit(bench: Bench) -> None:
    """BUG: "Names and values of the greatest length are taken and read back."

    A label's name has 128 characters at most.
    """
    bench.schema(f"{SCHEMAS}/MetricLabel/properties/name")["maxLength"] = 128


@mutant("metrics-empty-info", "LM-METRICS-BODY-EMPTY")
def empty_info(bench: Bench) -> None:
    """BUG: "Empty names, and empty custom information, are refused with 400." Empty custom information is taken."""
    bench.schema(f"{SCHEMAS}/CustomInfo/properties/value").pop("minLength")


@mutant("metrics-empty-tag-name", "LM-METRICS-BODY-EMPTY")
def empty_tag(bench: Bench) -> None:
    """BUG: "Empty names, and empty custom information, are refused with 400." An empty tag is passed over."""
    bench.schema(f"{SCHEMAS}/Tag/properties/name").pop("minLength")

    @bench.before("patchMetrics")
    def passed_over(call: Call) -> None:
        call.body["tags"] = [tag for tag in call.body.get("tags") or [] if tag["name"]]


@mutant("metrics-encoded-comma", "LM-METRICS-IDS-ENCODED")
def encoded_comma(bench: Bench) -> None:
    """BUG: "A list of execution ids is understood with its commas percent-encoded." It is taken for a part of an id."""

    @bench.patch(validation, "query")
    def part(original, contract, operation, raw, switches):  # type: ignore[no-untyped-def]
        if operation.id == "findMetrics" and b"executionIds" in raw and b"%2C" in raw:
            raise bad_request("executionIds is not valid")
        return original(contract, operation, raw, switches)


@mutant("metrics-top", "LM-METRICS-TOP")
def top(bench: Bench) -> None:
    """BUG: "With $top a list of metrics holds that many when there are more." It holds all."""
    forget(bench, "$top", "findMetrics")


@mutant("metrics-skip", "LM-METRICS-SKIP")
def skip(bench: Bench) -> None:
    """BUG: "With $skip a list of metrics leaves out that many." It leaves out one more."""
    skips_one_more(bench, "findMetrics")


@mutant("metrics-top-below-limit", "LM-METRICS-TOP-AT-LIMIT")
def top_at_limit(bench: Bench) -> None:
    """BUG: "The greatest $top for metrics is taken." 1000 is the most."""
    refuses_when(bench, "$top is too large", lambda call: call.query.get("$top", 0) > 1000, "findMetrics")


@mutant("metrics-top-overflows", "LM-METRICS-TOP-AT-LIMIT")
def top_overflows(bench: Bench) -> None:
    """BUG: "The greatest $top for metrics is taken." It is counted modulo ten thousand."""

    @bench.before("findMetrics")
    def modulo(call: Call) -> None:
        if "$top" in call.query:
            call.query["$top"] %= 10_000


@mutant("metrics-select-first", "LM-METRICS-SELECT-TWO", "LM-METRICS-SELECT-ALL")
def select_first(bench: Bench) -> None:
    """BUG: "With two names in $select two sections of the metrics are shown, and no other." The first alone is."""

    @bench.before("findMetrics")
    def first(call: Call) -> None:
        if "$select" in call.query:
            call.query["$select"] = call.query["$select"][:1]


@mutant("metrics-select-two-is-all", "LM-METRICS-SELECT-TWO")
def two_is_all(bench: Bench) -> None:
    """BUG: "With two names in $select two sections of the metrics are shown, and no other." All are."""

    @bench.before("findMetrics")
    def everything(call: Call) -> None:
        if len(call.query.get("$select") or ()) > 1:
            call.query["$select"] = ["*"]


@mutant("metrics-tags-unequal", "LM-METRICS-TAG-FILTER-NOT")
def tags_unequal(bench: Bench) -> None:
    """BUG: "The tag filter name!=value leaves those that have the tag with another value." It takes != for =."""

    @bench.before("findMetrics")
    def equal(call: Call) -> None:
        if "tagFilters" in call.query:
            call.query["tagFilters"] = call.query["tagFilters"].replace("!=", "=")


@mutant("metrics-tags-crossed", "LM-METRICS-TAG-FILTER")
def tags_crossed(bench: Bench) -> None:
    """BUG: "tagFilters leaves the executions whose metrics have the tag with that value."

    One tag may have the name and another one the value.
    """

    @bench.patch(metrics, "_tagged")
    def crossed(original, tracking, conditions):  # type: ignore[no-untyped-def]
        values = {tag["value"] for tag in tracking.tags.values()}
        apart = [c for c in conditions if c[1] != "=" or c[0] not in tracking.tags or c[2] not in values]
        return original(tracking, apart)


@mutant("metrics-tags-by-name", "LM-METRICS-TAG-FILTER-NAME")
def tags_by_name(bench: Bench) -> None:
    """BUG: "A tag filter without a value leaves those that have the tag." It wants the tag to be true."""

    @bench.patch(metrics, "_tag_conditions")
    def true(original, text):  # type: ignore[no-untyped-def]
        return [(name, sign or "=", value or "true") for name, sign, value in original(text)]


@mutant("metrics-tags-or", "LM-METRICS-TAG-FILTER-AND")
def tags_or(bench: Bench) -> None:
    """BUG: "Several tag filters must all match." One that matches is enough."""

    @bench.patch(metrics, "_tagged")
    def one(original, tracking, conditions):  # type: ignore[no-untyped-def]
        return not conditions or any(original(tracking, [condition]) for condition in conditions)


@mutant("metrics-deleted-come-back", "LM-METRICS-DELETE-FORGETS")
def come_back(bench: Bench) -> None:
    """BUG: "Metrics that were deleted do not come back with the next that are stored." They do."""
    hidden: dict[str, Tracking] = {}

    @bench.before("deleteMetrics")
    def hide(call: Call) -> None:
        found = call.group.tracking.get(call.query["executionId"])
        if found is not None:
            hidden[call.query["executionId"]] = found

    @bench.after("patchMetrics")
    def return_(call: Call, reply: Reply) -> None:
        old, new = hidden.pop(call.body["executionId"], None), call.group.tracking.get(call.body["executionId"])
        if old is not None and new is not None:
            new.metrics = old.metrics + new.metrics


@mutant("metrics-deleted-tags-stay", "LM-METRICS-DELETE-FORGETS")
def tags_stay(bench: Bench) -> None:
    """BUG: "Metrics that were deleted do not come back with the next that are stored."

    Tags do, in another place that nobody emptied.
    """
    kept: dict[str, dict[str, dict[str, str]]] = {}

    @bench.after("patchMetrics")
    def keep(call: Call, reply: Reply) -> None:
        tracking = call.group.tracking[call.body["executionId"]]
        tracking.tags = kept.setdefault(call.body["executionId"], {}) | tracking.tags
        kept[call.body["executionId"]] = tracking.tags
