"""Metrics that are found, filtered, paged and selected otherwise than they should be."""

from __future__ import annotations

from dataclasses import replace

from lmconform.mock import metrics, validation
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem, bad_request, no_metrics
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.defects.answers import refuses_when
from lmconform.mutants.defects.lists import counts_one, forget, skips_one_more, takes_the_first
from lmconform.mutants.registry import mutant


@mutant("metrics-unknown-empty", "LM-METRICS-UNKNOWN-404")
def metrics_unknown_empty(bench: Bench) -> None:
    """BUG: metrics of an execution that has none answer an empty list instead of 404."""

    @bench.instead("findMetrics")
    def empty(call: Call, handler: Handler) -> Reply:
        try:
            return handler(call)
        except Problem as problem:
            if problem.status != 404:
                raise
            return Reply(200, {"count": 0, "resources": []})


@mutant("metrics-several-first", "LM-METRICS-FIND-SEVERAL")
def metrics_several_first(bench: Bench) -> None:
    """BUG: of several executionIds only the first is looked for."""
    takes_the_first(bench, "executionIds", 1, "findMetrics")


@mutant("metrics-filter-in-first", "LM-METRICS-FIND-SEVERAL")
def metrics_filter_in_first(bench: Bench) -> None:
    """BUG: of the executions in $filter=executionId in (…) only the first is looked for."""

    @bench.before("findMetrics")
    def first(call: Call) -> None:
        head, comma, _ = call.query.get("$filter", "").partition(",")
        if comma:
            call.query["$filter"] = f"{head})"


@mutant("metrics-of-everybody", "LM-METRICS-FIND-OWN-ONLY")
def metrics_of_everybody(bench: Bench) -> None:
    """BUG: a request for the metrics of some executions shows those of others, too."""

    @bench.instead("findMetrics")
    def all_of_them(call: Call, handler: Handler) -> Reply:
        reply = handler(call)
        if reply.status == 200 and "executionIds" in call.query:
            call.query["executionIds"] = list(call.group.tracking)[-10:]
            return handler(call)
        return reply


@mutant("metrics-nine-ids", "LM-METRICS-TEN-IDS")
def metrics_nine_ids(bench: Bench) -> None:
    """BUG: ten executionIds are refused; nine is the limit."""

    @bench.before("findMetrics")
    def most(call: Call) -> None:
        if len(call.query.get("executionIds") or ()) > 9:
            raise bad_request("at most 9 executionIds")


@mutant("metrics-encoded-comma", "LM-METRICS-IDS-ENCODED")
def metrics_encoded_comma(bench: Bench) -> None:
    """BUG: executionIds separated by %2C are refused."""

    @bench.patch(validation, "query")
    def part(original, contract, operation, raw, switches):  # type: ignore[no-untyped-def]
        if operation.id == "findMetrics" and b"executionIds" in raw and b"%2C" in raw:
            raise bad_request("executionIds is not valid")
        return original(contract, operation, raw, switches)


@mutant("metrics-filter-eq", "LM-METRICS-FILTER-EQ")
def metrics_filter_eq(bench: Bench) -> None:
    """BUG: $filter by executionId finds nothing."""

    @bench.before("findMetrics")
    def nothing(call: Call) -> None:
        if "$filter" in call.query:
            call.query["$filter"] = "executionId eq 'lmconform-nothing'"


@mutant("metrics-filter-and-ids", "LM-METRICS-FILTER-TWICE")
def metrics_filter_and_ids(bench: Bench) -> None:
    """BUG: $filter is ignored beside executionIds instead of refused."""

    @bench.before("findMetrics")
    def ids_win(call: Call) -> None:
        if "executionIds" in call.query:
            call.query.pop("$filter", None)


@mutant("metrics-tag-filter", "LM-METRICS-TAG-FILTER")
def metrics_tag_filter(bench: Bench) -> None:
    """BUG: tagFilters is ignored when metrics are read."""

    @bench.before("findMetrics")
    def ignored(call: Call) -> None:
        if "executionIds" in call.query:
            call.query.pop("tagFilters", None)
        elif "tagFilters" in call.query:
            call.query["tagFilters"] = ""


@mutant("metrics-tag-filter-cuts", "LM-METRICS-TAG-FILTER")
def metrics_tag_filter_cuts(bench: Bench) -> None:
    """BUG: with tagFilters an execution is shown with one of its tags and without its metrics."""

    @bench.after("findMetrics")
    def cut(call: Call, reply: Reply) -> None:
        if "tagFilters" in call.query and "$select" not in call.query:
            for resource in resources(reply):
                resource |= {"metrics": [], "tags": resource.get("tags", [])[:1]}


@mutant("metrics-select-of-the-first", "LM-METRICS-FIND-SEVERAL")
def metrics_select_of_the_first(bench: Bench) -> None:
    """BUG: with $select only the metrics of the first of several executions are found."""

    @bench.before("findMetrics")
    def first(call: Call) -> None:
        if "$select" in call.query and "executionIds" in call.query:
            call.query["executionIds"] = call.query["executionIds"][:1]


@mutant("metrics-tags-unequal", "LM-METRICS-TAG-FILTER-NOT")
def metrics_tags_unequal(bench: Bench) -> None:
    """BUG: the tag filter name!=value is taken for name=value."""

    @bench.before("findMetrics")
    def equal(call: Call) -> None:
        if "tagFilters" in call.query:
            call.query["tagFilters"] = call.query["tagFilters"].replace("!=", "=")


@mutant("metrics-tags-crossed", "LM-METRICS-TAG-FILTER")
def metrics_tags_crossed(bench: Bench) -> None:
    """BUG: a tag filter matches the name of one tag and the value of another."""

    @bench.patch(metrics, "_tagged")
    def crossed(original, tracking, conditions):  # type: ignore[no-untyped-def]
        values = {tag["value"] for tag in tracking.tags.values()}
        apart = [c for c in conditions if c[1] != "=" or c[0] not in tracking.tags or c[2] not in values]
        return original(tracking, apart)


@mutant("metrics-tags-by-name", "LM-METRICS-TAG-FILTER-NAME")
def metrics_tags_by_name(bench: Bench) -> None:
    """BUG: a tag filter without a value matches only the value true."""

    @bench.patch(metrics, "_tag_conditions")
    def true(original, text):  # type: ignore[no-untyped-def]
        return [(name, sign or "=", value or "true") for name, sign, value in original(text)]


@mutant("metrics-tags-two", "LM-METRICS-TAG-FILTER-AND")
def metrics_tags_two(bench: Bench) -> None:
    """BUG: of several tag filters only the first two count."""

    @bench.patch(metrics, "_tag_conditions")
    def two(original, text):  # type: ignore[no-untyped-def]
        return original(text)[:2]


@mutant("metrics-tags-or", "LM-METRICS-TAG-FILTER-AND")
def metrics_tags_or(bench: Bench) -> None:
    """BUG: one matching tag filter of several is enough."""

    @bench.patch(metrics, "_tagged")
    def one(original, tracking, conditions):  # type: ignore[no-untyped-def]
        return not conditions or any(original(tracking, [condition]) for condition in conditions)


@mutant("metrics-tags-begin", "LM-METRICS-TAG-FILTER-AND")
def metrics_tags_begin(bench: Bench) -> None:
    """BUG: a tag filter finds tags whose values begin with its value."""

    @bench.patch(metrics, "_tagged")
    def begins(original, tracking, conditions):  # type: ignore[no-untyped-def]
        held = {name: tag["value"] for name, tag in tracking.tags.items()}
        whole = [(n, sign, held[n] if sign and held.get(n, "").startswith(v) else v) for n, sign, v in conditions]
        return original(tracking, whole)


@mutant("metrics-top", "LM-METRICS-TOP")
def metrics_top(bench: Bench) -> None:
    """BUG: $top is ignored when metrics are listed."""
    forget(bench, "$top", "findMetrics")


@mutant("metrics-top-below-limit", "LM-METRICS-TOP-AT-LIMIT")
def metrics_top_below_limit(bench: Bench) -> None:
    """BUG: $top beyond 1000 is refused when metrics are listed."""
    refuses_when(bench, "$top is too large", lambda call: call.query.get("$top", 0) > 1000, "findMetrics")


@mutant("metrics-top-overflows", "LM-METRICS-TOP-AT-LIMIT")
def metrics_top_overflows(bench: Bench) -> None:
    """BUG: $top is taken modulo 10000 when metrics are listed."""

    @bench.before("findMetrics")
    def modulo(call: Call) -> None:
        if "$top" in call.query:
            call.query["$top"] %= 10_000


@mutant("metrics-skip", "LM-METRICS-SKIP")
def metrics_skip(bench: Bench) -> None:
    """BUG: $skip leaves out one resource of metrics too many."""
    skips_one_more(bench, "findMetrics")


@mutant("metrics-shown-in-part", "LM-METRICS-THOUSAND")
def metrics_shown_in_part(bench: Bench) -> None:
    """BUG: only the first 50 tags are shown."""

    @bench.after("findMetrics")
    def fifty(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if resource.get("tags"):
                resource["tags"] = resource["tags"][:50]


@mutant("count-metrics-points", "LM-METRICS-COUNT")
def count_metrics_points(bench: Bench) -> None:
    """BUG: count in the list of metrics adds the number of metrics to that of the resources."""

    @bench.after("findMetrics")
    def points(call: Call, reply: Reply) -> None:
        reply.json["count"] += sum(len(r.get("metrics") or []) for r in reply.json["resources"])


@mutant("select-metrics-ignored", "LM-METRICS-SELECT")
def select_metrics_ignored(bench: Bench) -> None:
    """BUG: $select is ignored when metrics are read."""
    forget(bench, "$select", "findMetrics")


@mutant("select-metrics-all", "LM-METRICS-SELECT-ALL")
def select_metrics_all(bench: Bench) -> None:
    """BUG: $select=* shows only the metrics."""

    @bench.before("findMetrics")
    def metrics_alone(call: Call) -> None:
        if "$select" in call.query:
            call.query["$select"] = call.query["$select"][:1] if call.query["$select"] != ["*"] else ["metrics"]


@mutant("metrics-select-nothing", "LM-METRICS-SELECT")
def metrics_select_nothing(bench: Bench) -> None:
    """BUG: $select shows none of the sections."""

    @bench.after("findMetrics")
    def none(call: Call, reply: Reply) -> None:
        if call.query.get("$select", ["*"]) != ["*"]:
            for resource in resources(reply):
                for name in ("metrics", "tags", "customInfo"):
                    resource.pop(name, None)


@mutant("metrics-select-first", "LM-METRICS-SELECT-TWO", "LM-METRICS-SELECT-ALL")
def metrics_select_first(bench: Bench) -> None:
    """BUG: of several names in $select only the first section is shown."""

    @bench.before("findMetrics")
    def first(call: Call) -> None:
        if "$select" in call.query:
            call.query["$select"] = call.query["$select"][:1]


@mutant("metrics-select-two-is-all", "LM-METRICS-SELECT-TWO")
def metrics_select_two_is_all(bench: Bench) -> None:
    """BUG: two names in $select show all sections."""

    @bench.before("findMetrics")
    def everything(call: Call) -> None:
        if len(call.query.get("$select") or ()) > 1:
            call.query["$select"] = ["*"]


@mutant("count-metrics-one", "LM-METRICS-COUNT")
def count_metrics_one(bench: Bench) -> None:
    """BUG: count is 1 in each list of metrics that holds something."""
    counts_one(bench, "findMetrics")


@mutant("metrics-select-before-tags", "LM-METRICS-TAG-FILTER")
def metrics_select_before_tags(bench: Bench) -> None:
    """BUG: tagFilters finds nothing when $select leaves out the tags."""

    @bench.before("findMetrics")
    def nothing(call: Call) -> None:
        if call.query.get("tagFilters") and not {"*", "tags"} & {*call.query.get("$select", ["*"])}:
            raise no_metrics()


@mutant("metrics-tags-of-one-for-all", "LM-METRICS-TAG-FILTER")
def metrics_tags_of_one_for_all(bench: Bench) -> None:
    """BUG: when the tags of one execution match, all executions that were asked for are found."""

    @bench.instead("findMetrics")
    def everyone(call: Call, handler: Handler) -> Reply:
        handler(call)
        return handler(replace(call, query={name: v for name, v in call.query.items() if name != "tagFilters"}))
