"""Metrics that are replaced, lost, mixed up or kept for ever."""

from __future__ import annotations

from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem, bad_request
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.registry import mutant


@mutant("metrics-replace", "LM-METRICS-PATCH-APPENDS")
def replace(bench: Bench) -> None:
    """BUG: "A second PATCH of metrics adds to those that are there." It replaces them, as RFC 7396 would."""

    @bench.before("patchMetrics")
    def empty(call: Call) -> None:
        tracking = call.group.tracking.get(call.body["executionId"])
        if tracking is not None and call.body.get("metrics"):
            tracking.metrics = []


@mutant("metrics-sections-dropped", "LM-METRICS-PATCH-KEEPS-SECTIONS")
def sections(bench: Bench) -> None:
    """BUG: "Metrics, tags and custom information that a PATCH does not name stay." Tags not named go."""

    @bench.before("patchMetrics")
    def empty(call: Call) -> None:
        tracking = call.group.tracking.get(call.body["executionId"])
        if tracking is not None and "tags" not in call.body:
            tracking.tags = {}


@mutant("metrics-tags-replace", "LM-METRICS-TAGS-ACCUMULATE")
def tags_replace(bench: Bench) -> None:
    """BUG: "Tags and custom information of several PATCHes are all kept when their names differ." The last alone."""

    @bench.before("patchMetrics")
    def empty(call: Call) -> None:
        tracking = call.group.tracking.get(call.body["executionId"])
        if tracking is not None and call.body.get("tags"):
            tracking.tags = {}


@mutant("metrics-one-point-per-name", "LM-METRICS-STEPS-COEXIST")
def one_point(bench: Bench) -> None:
    """BUG: "Points of one metric with different steps coexist, from one PATCH or from several." The last alone."""
    _last_of(bench, "name")


@mutant("metrics-one-point-per-step", "LM-METRICS-TIMES-COEXIST")
def one_time(bench: Bench) -> None:
    """BUG: "Points of one metric with different timestamps coexist." The last of a step alone."""
    _last_of(bench, "name", "step")


@mutant("metrics-value-rounded", "LM-METRICS-POINT-ECHO")
def rounded(bench: Bench) -> None:
    """BUG: "A metric is read back with value, step, labels and the same instant." The value is rounded."""

    @bench.after("findMetrics")
    def whole(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for point in resource.get("metrics") or []:
                point["value"] = round(point["value"])


@mutant("metrics-instant-shifted", "LM-METRICS-POINT-ECHO")
def shifted(bench: Bench) -> None:
    """BUG: "A metric is read back with value, step, labels and the same instant." It is an hour later."""

    @bench.after("findMetrics")
    def later(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for point in resource.get("metrics") or []:
                point["timestamp"] = point["timestamp"].replace("Z", "+01:00")


@mutant("metrics-labels-lost", "LM-METRICS-POINT-ECHO", "LM-METRICS-LABELS-TWENTY")
def labels_lost(bench: Bench) -> None:
    """BUG: "A metric is read back with value, step, labels and the same instant." The labels are lost."""

    @bench.after("findMetrics")
    def without(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for point in resource.get("metrics") or []:
                point["labels"] = []


@mutant("metrics-few-labels", "LM-METRICS-LABELS-TWENTY")
def few_labels(bench: Bench) -> None:
    """BUG: "A metric with twenty labels is taken and read back." Ten are the most."""

    @bench.before("patchMetrics")
    def ten(call: Call) -> None:
        if any(len(metric.get("labels") or []) > 10 for metric in call.body.get("metrics") or []):
            raise bad_request("a metric has at most 10 labels")


@mutant("metrics-no-timestamp", "LM-METRICS-TIMESTAMP-FILLED")
def no_timestamp(bench: Bench) -> None:
    """BUG: "A metric that was taken without a timestamp is read back with one." It has none."""
    bare: set[str] = set()

    @bench.before("patchMetrics")
    def remember(call: Call) -> None:
        bare.update(m["name"] for m in call.body.get("metrics") or [] if "timestamp" not in m)

    @bench.after("findMetrics")
    def without(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for point in resource.get("metrics") or []:
                if point["name"] in bare:
                    del point["timestamp"]


@mutant("metrics-tag-value", "LM-METRICS-TAGS-ECHO")
def tag_value(bench: Bench) -> None:
    """BUG: "Tags are read back as sent, beside those that the server adds." Their values are in lower case."""

    @bench.after("findMetrics")
    def lower(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for tag in resource.get("tags") or []:
                tag["value"] = tag["value"].swapcase()


@mutant("metrics-custom-info-cut", "LM-METRICS-CUSTOM-INFO-ECHO")
def custom_info_cut(bench: Bench) -> None:
    """BUG: "Custom information is read back as sent, however long a text it is." It is cut after 256 characters."""

    @bench.after("findMetrics")
    def cut(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for info in resource.get("customInfo") or []:
                info["value"] = info["value"][:256]


@mutant("metrics-merge-patch-only", "LM-METRICS-PATCH-JSON")
def merge_patch_only(bench: Bench) -> None:
    """BUG: "Metrics are also taken as application/json, which SAP's Python client sends." They are not."""
    from lmconform.mock import validation

    @bench.patch(validation, "body")
    def strict(original, contract, operation, media_type, raw, switches):  # type: ignore[no-untyped-def]
        if operation.id == "patchMetrics" and "merge-patch" not in media_type:
            raise Problem(415, "01010015", "application/merge-patch+json is wanted")
        return original(contract, operation, media_type, raw, switches)


@mutant("metrics-not-on-fresh", "LM-METRICS-PATCH-FRESH")
def not_on_fresh(bench: Bench) -> None:
    """BUG: "Metrics of an execution are taken with 204 as soon as it is started." Only once it runs."""
    from lmconform.mock import enactments

    @bench.before("patchMetrics")
    def wait(call: Call) -> None:
        found = call.group.executions.get(call.body["executionId"])
        if found is not None and enactments.moment(call, found).status == "UNKNOWN":
            raise bad_request("the execution has not started yet")


@mutant("metrics-null-id-accepted", "LM-METRICS-PATCH-NULL-ID")
def null_id(bench: Bench) -> None:
    """BUG: "Metrics whose executionId is null are refused with 400." They are taken and lost."""
    from lmconform.mock import validation

    @bench.patch(validation, "body")
    def lax(original, contract, operation, media_type, raw, switches):  # type: ignore[no-untyped-def]
        if operation.id == "patchMetrics" and b'"executionId":null' in raw.replace(b" ", b""):
            raw = raw.replace(b" ", b"").replace(b'"executionId":null', b'"executionId":"lost-metrics"')
        return original(contract, operation, media_type, raw, switches)


@mutant("metrics-several-first", "LM-METRICS-FIND-SEVERAL")
def several(bench: Bench) -> None:
    """BUG: "Metrics of several executions are found at once, one resource each." The first alone."""

    @bench.before("findMetrics")
    def first(call: Call) -> None:
        if "executionIds" in call.query:
            call.query["executionIds"] = call.query["executionIds"][:1]


@mutant("metrics-of-everybody", "LM-METRICS-FIND-OWN-ONLY")
def everybody(bench: Bench) -> None:
    """BUG: "Metrics of executions that were not asked for are not shown." All of the group are."""

    @bench.instead("findMetrics")
    def all_of_them(call: Call, handler: Handler) -> Reply:
        reply = handler(call)
        if reply.status == 200 and "executionIds" in call.query:
            call.query["executionIds"] = list(call.group.tracking)[-10:]
            return handler(call)
        return reply


@mutant("metrics-filter-eq", "LM-METRICS-FILTER-EQ")
def filter_eq(bench: Bench) -> None:
    """BUG: "The filter executionId eq finds the metrics of that execution, where $filter is implemented." Nothing."""

    @bench.before("findMetrics")
    def nothing(call: Call) -> None:
        if "$filter" in call.query:
            call.query["$filter"] = "executionId eq 'lmconform-nothing'"


@mutant("metrics-filter-and-ids", "LM-METRICS-FILTER-TWICE")
def filter_and_ids(bench: Bench) -> None:
    """BUG: "Asking for metrics with both $filter and executionIds is refused with 400." The ids win."""

    @bench.before("findMetrics")
    def ids_win(call: Call) -> None:
        if "executionIds" in call.query:
            call.query.pop("$filter", None)


@mutant("metrics-nine-ids", "LM-METRICS-TEN-IDS")
def nine(bench: Bench) -> None:
    """BUG: "Ten execution ids in one request for metrics are not too many." Nine are the most."""

    @bench.before("findMetrics")
    def most(call: Call) -> None:
        if len(call.query.get("executionIds") or ()) > 9:
            raise bad_request("at most 9 executionIds")


@mutant("metrics-tag-filter", "LM-METRICS-TAG-FILTER")
def tag_filter(bench: Bench) -> None:
    """BUG: "tagFilters leaves the executions whose metrics have the tag with that value." It is not looked at."""

    @bench.before("findMetrics")
    def ignored(call: Call) -> None:
        if "executionIds" in call.query:
            call.query.pop("tagFilters", None)
        elif "tagFilters" in call.query:
            call.query["tagFilters"] = ""


@mutant("metrics-unknown-empty", "LM-METRICS-UNKNOWN-404")
def unknown_empty(bench: Bench) -> None:
    """BUG: "Metrics of an execution that has none answer 404." An empty list answers."""

    @bench.instead("findMetrics")
    def empty(call: Call, handler: Handler) -> Reply:
        try:
            return handler(call)
        except Problem as problem:
            if problem.status != 404:
                raise
            return Reply(200, {"count": 0, "resources": []})


@mutant("metrics-delete-nothing", "LM-METRICS-DELETE", "LM-METRICS-DELETE-TWICE")
def delete_nothing(bench: Bench) -> None:
    """BUG: "Deleting metrics answers 200, and then they are answered with 404." They stay."""

    @bench.instead("deleteMetrics")
    def pretend(call: Call, handler: Handler) -> Reply:
        kept = call.group.tracking.get(call.query["executionId"])
        reply = handler(call)
        if kept is not None:
            call.group.tracking[call.query["executionId"]] = kept
        return reply


@mutant("metrics-delete-twice", "LM-METRICS-DELETE-TWICE", "LM-METRICS-DELETE-404")
def delete_twice(bench: Bench) -> None:
    """BUG: "Deleting metrics a second time answers 404." It answers 200 whatever there was."""

    @bench.instead("deleteMetrics")
    def always(call: Call, handler: Handler) -> Reply:
        try:
            return handler(call)
        except Problem:
            message = "Metric Resource was successfully deleted"
            return Reply(200, {"id": call.query["executionId"], "message": message})


@mutant("metrics-delete-all", "LM-METRICS-DELETE-OTHERS-STAY")
def delete_all(bench: Bench) -> None:
    """BUG: "Deleting the metrics of one execution leaves those of others." It leaves none."""

    @bench.instead("deleteMetrics")
    def all_of_them(call: Call, handler: Handler) -> Reply:
        reply = handler(call)
        call.group.tracking.clear()
        return reply


@mutant("metrics-select-nothing", "LM-METRICS-SELECT")
def select_nothing(bench: Bench) -> None:
    """BUG: "With $select one section of the metrics is shown with the executionId, and no other." None is."""

    @bench.after("findMetrics")
    def none(call: Call, reply: Reply) -> None:
        if call.query.get("$select", ["*"]) != ["*"]:
            for resource in resources(reply):
                for name in ("metrics", "tags", "customInfo"):
                    resource.pop(name, None)


@mutant("metrics-outside-group", "LM-ISOLATION-METRICS")
def outside_group(bench: Bench) -> None:
    """BUG: "Metrics of an execution are not shown in another resource group." They are."""
    from lmconform.mock.records import Tracking

    shared: dict[str, Tracking] = {}

    @bench.before("patchMetrics", "findMetrics", "deleteMetrics")
    def one_shelf(call: Call) -> None:
        call.group.tracking = shared


def _last_of(bench: Bench, *members: str) -> None:
    """Keep one point for each combination of the members."""

    @bench.after("findMetrics")
    def last(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            points = {tuple(p[m] for m in members): p for p in resource.get("metrics") or []}
            resource["metrics"] = list(points.values())


@mutant("metrics-patch-200", "LM-HTTP-STATUS-DECLARED")
def created_status(bench: Bench) -> None:
    """BUG: "The status of an answer is declared for its operation, or comes from a gateway." PATCH answers 200."""

    @bench.after("patchMetrics")
    def ok(call: Call, reply: Reply) -> None:
        reply.status, reply.json = 200, {}
