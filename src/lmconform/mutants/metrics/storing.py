"""Metrics that are stored, and kept or lost."""

from __future__ import annotations

from lmconform.mock import enactments, validation
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem, bad_request
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.defects.answers import malformed_422, refuses_when
from lmconform.mutants.defects.bodies import SCHEMAS, loosen, optional
from lmconform.mutants.registry import mutant


@mutant("metrics-replace", "LM-METRICS-PATCH-APPENDS")
def metrics_replace(bench: Bench) -> None:
    """BUG: a second PATCH replaces the metrics of the first, as RFC 7396 describes."""

    @bench.before("patchMetrics")
    def empty(call: Call) -> None:
        tracking = call.group.tracking.get(call.body["executionId"])
        if tracking is not None and call.body.get("metrics"):
            tracking.metrics = []


@mutant("metrics-batch-twice", "LM-METRICS-THOUSAND")
def metrics_batch_twice(bench: Bench) -> None:
    """BUG: of more than 500 metrics in one PATCH, the last one is stored twice."""

    @bench.after("patchMetrics")
    def again(call: Call, reply: Reply) -> None:
        if len(call.body.get("metrics") or ()) > 500:
            tracking = call.group.tracking[call.body["executionId"]]
            tracking.metrics.append(tracking.metrics[-1])


@mutant("metrics-begin-with-the-run", "LM-METRICS-FRESH-KEPT")
def metrics_begin_with_the_run(bench: Bench) -> None:
    """BUG: metrics that were stored before an execution runs are lost when it does."""
    early: set[str] = set()

    def is_to_run(call: Call, execution: str) -> bool:
        found = call.group.executions.get(execution)
        return found is not None and enactments.moment(call, found).status in ("UNKNOWN", "PENDING")

    @bench.after("patchMetrics")
    def note(call: Call, reply: Reply) -> None:
        if is_to_run(call, call.body["executionId"]):
            early.update(metric["name"] for metric in call.body.get("metrics") or ())

    @bench.after("findMetrics")
    def lost(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if resource.get("metrics") and not is_to_run(call, resource["executionId"]):
                resource["metrics"] = [metric for metric in resource["metrics"] if metric["name"] not in early]


@mutant("metrics-sections-dropped", "LM-METRICS-PATCH-KEEPS-SECTIONS")
def metrics_sections_dropped(bench: Bench) -> None:
    """BUG: a PATCH without tags deletes the tags that were stored before."""

    @bench.before("patchMetrics")
    def empty(call: Call) -> None:
        tracking = call.group.tracking.get(call.body["executionId"])
        if tracking is not None and "tags" not in call.body:
            tracking.tags = {}


@mutant("metrics-tags-replace", "LM-METRICS-TAGS-ACCUMULATE")
def metrics_tags_replace(bench: Bench) -> None:
    """BUG: a PATCH with tags replaces the tags that were stored before."""

    @bench.before("patchMetrics")
    def empty(call: Call) -> None:
        tracking = call.group.tracking.get(call.body["executionId"])
        if tracking is not None and call.body.get("tags"):
            tracking.tags = {}


@mutant("metrics-one-point-per-name", "LM-METRICS-STEPS-COEXIST")
def metrics_one_point_per_name(bench: Bench) -> None:
    """BUG: only the last point of each metric is kept."""
    _last_of(bench, "name")


@mutant("metrics-one-point-per-value", "LM-METRICS-STEPS-COEXIST")
def metrics_one_point_per_value(bench: Bench) -> None:
    """BUG: of the points of a metric that have one value only the last is kept."""
    _last_of(bench, "name", "value")


@mutant("metrics-steps-ascend", "LM-METRICS-STEPS-COEXIST")
def metrics_steps_ascend(bench: Bench) -> None:
    """BUG: a point whose step is smaller than that of an earlier point is taken with 204, and lost."""

    @bench.before("patchMetrics")
    def ascending(call: Call) -> None:
        tracking = call.group.tracking.get(call.body["executionId"])
        kept = [(point["name"], point["step"]) for point in tracking.metrics] if tracking else []
        sent, call.body["metrics"] = call.body.get("metrics") or [], []
        for point in sent:
            own = (point["name"], point.get("step") or 0)
            if own[1] >= max((step for name, step in kept if name == own[0]), default=0):
                kept.append(own)
                call.body["metrics"].append(point)


@mutant("metrics-names-fold", "LM-METRICS-STEPS-COEXIST")
def metrics_names_fold(bench: Bench) -> None:
    """BUG: metrics whose names differ in their case alone get the name of the first of them."""
    first: dict[str, str] = {}

    @bench.before("patchMetrics")
    def folded(call: Call) -> None:
        for point in call.body.get("metrics") or []:
            point["name"] = first.setdefault(point["name"].lower(), point["name"])


@mutant("metrics-tags-fold", "LM-METRICS-TAGS-ACCUMULATE")
def metrics_tags_fold(bench: Bench) -> None:
    """BUG: a tag replaces another whose name differs in its case alone."""

    @bench.before("patchMetrics")
    def folded(call: Call) -> None:
        tracking, new = call.group.tracking.get(call.body["executionId"]), call.body.get("tags") or []
        if tracking is not None and new:
            sent = {tag["name"].lower(): tag["name"] for tag in new}
            known = tracking.tags.items()
            tracking.tags = {n: t for n, t in known if sent.get(n.lower(), n) == n}


@mutant("metrics-one-point-per-step", "LM-METRICS-TIMES-COEXIST")
def metrics_one_point_per_step(bench: Bench) -> None:
    """BUG: only the last point of each metric and step is kept."""
    _last_of(bench, "name", "step")


@mutant("metrics-labels-merged", "LM-METRICS-POINT-ECHO")
def metrics_labels_merged(bench: Bench) -> None:
    """BUG: a point of a metric gets the labels of the earlier points with that name as well."""

    @bench.before("patchMetrics")
    def merged(call: Call) -> None:
        tracking = call.group.tracking.get(call.body["executionId"])
        for point in call.body.get("metrics") or []:
            earlier = [old for old in tracking.metrics if old["name"] == point["name"]] if tracking else []
            sent = point.get("labels") or []
            point["labels"] = sent + [one for old in earlier[-1:] for one in old["labels"] if one not in sent]


@mutant("metrics-tags-shared", "LM-METRICS-FIND-SEVERAL")
def metrics_tags_shared(bench: Bench) -> None:
    """BUG: an execution is shown with the tags of all executions."""

    @bench.after("findMetrics")
    def every(call: Call, reply: Reply) -> None:
        shared = {name: tag for one in call.group.tracking.values() for name, tag in one.tags.items()}
        for resource in resources(reply):
            if "tags" in resource:
                resource["tags"] = list(shared.values())


@mutant("metrics-lost-before-start", "LM-METRICS-PATCH-FRESH")
def metrics_lost_before_start(bench: Bench) -> None:
    """BUG: metrics of an execution that is UNKNOWN are taken with 204, and lost."""

    @bench.instead("patchMetrics")
    def lost(call: Call, handler: Handler) -> Reply:
        found = call.group.executions.get(call.body["executionId"])
        is_lost = found is not None and enactments.moment(call, found).status == "UNKNOWN"
        return Reply(204) if is_lost else handler(call)


@mutant("metrics-value-rounded", "LM-METRICS-POINT-ECHO")
def metrics_value_rounded(bench: Bench) -> None:
    """BUG: the values of metrics are rounded to whole numbers."""

    @bench.after("findMetrics")
    def whole(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for point in resource.get("metrics") or []:
                point["value"] = round(point["value"])


@mutant("metrics-instant-shifted", "LM-METRICS-POINT-ECHO")
def metrics_instant_shifted(bench: Bench) -> None:
    """BUG: the timestamps of metrics are shifted by an hour."""

    @bench.after("findMetrics")
    def later(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for point in resource.get("metrics") or []:
                point["timestamp"] = point["timestamp"].replace("Z", "+01:00")


@mutant("metrics-labels-lost", "LM-METRICS-POINT-ECHO", "LM-METRICS-LABELS-TWENTY")
def metrics_labels_lost(bench: Bench) -> None:
    """BUG: the labels of metrics are lost."""

    @bench.after("findMetrics")
    def without(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for point in resource.get("metrics") or []:
                point["labels"] = []


@mutant("metrics-few-labels", "LM-METRICS-LABELS-TWENTY")
def metrics_few_labels(bench: Bench) -> None:
    """BUG: a metric with more than ten labels is refused."""

    @bench.before("patchMetrics")
    def ten(call: Call) -> None:
        if any(len(metric.get("labels") or []) > 10 for metric in call.body.get("metrics") or []):
            raise bad_request("a metric has at most 10 labels")


@mutant("metrics-no-timestamp", "LM-METRICS-TIMESTAMP-FILLED")
def metrics_no_timestamp(bench: Bench) -> None:
    """BUG: a metric stored without a timestamp is read back without one."""
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
def metrics_tag_value(bench: Bench) -> None:
    """BUG: the case of tag values is swapped."""

    @bench.after("findMetrics")
    def lower(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for tag in resource.get("tags") or []:
                tag["value"] = tag["value"].swapcase()


@mutant("metrics-tag-cut", "LM-METRICS-AT-LIMIT")
def metrics_tag_cut(bench: Bench) -> None:
    """BUG: the value of a tag is cut after 255 characters."""

    @bench.before("patchMetrics")
    def cut(call: Call) -> None:
        for tag in call.body.get("tags") or []:
            tag["value"] = tag["value"][:255]


@mutant("metrics-custom-info-cut", "LM-METRICS-CUSTOM-INFO-ECHO")
def metrics_custom_info_cut(bench: Bench) -> None:
    """BUG: custom information is cut after 256 characters."""

    @bench.after("findMetrics")
    def cut(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for info in resource.get("customInfo") or []:
                info["value"] = info["value"][:256]


@mutant("metrics-merge-patch-only", "LM-METRICS-PATCH-JSON")
def metrics_merge_patch_only(bench: Bench) -> None:
    """BUG: metrics sent as application/json are refused with 415."""

    @bench.patch(validation, "body")
    def strict(original, contract, operation, media_type, raw, switches):  # type: ignore[no-untyped-def]
        if operation.id == "patchMetrics" and "merge-patch" not in media_type:
            raise Problem(415, "01010015", "application/merge-patch+json is wanted")
        return original(contract, operation, media_type, raw, switches)


@mutant("metrics-not-on-fresh", "LM-METRICS-PATCH-FRESH")
def metrics_not_on_fresh(bench: Bench) -> None:
    """BUG: metrics of an execution with the status UNKNOWN are refused."""

    @bench.before("patchMetrics")
    def wait(call: Call) -> None:
        found = call.group.executions.get(call.body["executionId"])
        if found is not None and enactments.moment(call, found).status == "UNKNOWN":
            raise bad_request("the execution has not started yet")


@mutant("metrics-null-id-accepted", "LM-METRICS-PATCH-NULL-ID")
def metrics_null_id_accepted(bench: Bench) -> None:
    """BUG: metrics whose executionId is null are accepted and lost."""

    @bench.patch(validation, "body")
    def lax(original, contract, operation, media_type, raw, switches):  # type: ignore[no-untyped-def]
        if operation.id == "patchMetrics" and b'"executionId":null' in raw.replace(b" ", b""):
            raw = raw.replace(b" ", b"").replace(b'"executionId":null', b'"executionId":"lost-metrics"')
        return original(contract, operation, media_type, raw, switches)


@mutant("metrics-label-prefix", "LM-METRICS-ARTIFACT-LABEL")
def metrics_label_prefix(bench: Bench) -> None:
    """BUG: the prefix of a label name is lost."""

    @bench.after("findMetrics")
    def bare(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for point in resource.get("metrics") or []:
                for label in point["labels"]:
                    label["name"] = label["name"].rpartition("/")[2]


@mutant("metrics-reserved-label", "LM-METRICS-ARTIFACT-LABEL")
def metrics_reserved_label(bench: Bench) -> None:
    """BUG: labels whose names begin with metrics.ai are refused."""

    def reserved(call: Call) -> bool:
        points = call.body.get("metrics") or []
        return any(label["name"].startswith("metrics.ai") for p in points for label in p.get("labels") or [])

    refuses_when(bench, "the label is reserved", reserved, "patchMetrics")


@mutant("metrics-label-at-limit", "LM-METRICS-AT-LIMIT")
def metrics_label_at_limit(bench: Bench) -> None:
    """BUG: the name of a label may have 128 characters instead of 256."""
    bench.schema(f"{SCHEMAS}/MetricLabel/properties/name")["maxLength"] = 128


@mutant("metrics-five-hundred", "LM-METRICS-THOUSAND")
def metrics_five_hundred(bench: Bench) -> None:
    """BUG: more than 500 metrics in one request are refused."""
    too_many = "too many metrics"
    refuses_when(bench, too_many, lambda call: len(call.body.get("metrics") or ()) > 500, "patchMetrics")


@mutant("metrics-empty-info", "LM-METRICS-BODY-EMPTY")
def metrics_empty_info(bench: Bench) -> None:
    """BUG: empty custom information is accepted."""
    bench.schema(f"{SCHEMAS}/CustomInfo/properties/value").pop("minLength")


@mutant("metrics-empty-tag-name", "LM-METRICS-BODY-EMPTY")
def metrics_empty_tag_name(bench: Bench) -> None:
    """BUG: tags with an empty name are left out instead of refused."""
    bench.schema(f"{SCHEMAS}/Tag/properties/name").pop("minLength")

    @bench.before("patchMetrics")
    def passed_over(call: Call) -> None:
        call.body["tags"] = [tag for tag in call.body.get("tags") or [] if tag["name"]]


@mutant("accepts-metrics-malformed", "LM-METRICS-BODY-MALFORMED")
def accepts_metrics_malformed(bench: Bench) -> None:
    """BUG: metrics whose JSON is broken are refused with 422 instead of 400."""
    malformed_422(bench, "patchMetrics")


@mutant("accepts-metrics-step", "LM-METRICS-BODY-TYPE")
def accepts_metrics_step(bench: Bench) -> None:
    """BUG: a negative step is accepted."""
    loosen(bench, "Metric", "step", {"type": "integer"})


@mutant("accepts-metrics-long-tag", "LM-METRICS-BODY-TOO-LONG")
def accepts_metrics_long_tag(bench: Bench) -> None:
    """BUG: tag values of any length are accepted."""
    loosen(bench, "Tag", "value", {"type": "string"})


@mutant("accepts-metrics-without-name", "LM-METRICS-BODY-REQUIRED")
def accepts_metrics_without_name(bench: Bench) -> None:
    """BUG: a metric without a name is stored with the name metric."""
    optional(bench, "Metric", "name")

    @bench.before("patchMetrics")
    def default(call: Call) -> None:
        for metric in call.body.get("metrics") or []:
            metric.setdefault("name", "metric")


def _last_of(bench: Bench, *members: str) -> None:
    """Keep one point for each combination of the members."""

    @bench.after("findMetrics")
    def last(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            points = {tuple(p[m] for m in members): p for p in resource.get("metrics") or []}
            resource["metrics"] = list(points.values())
