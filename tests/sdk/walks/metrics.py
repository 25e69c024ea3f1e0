"""Metrics of an execution, as training code records them through Tracking."""

import os
import uuid
import warnings
from datetime import UTC, datetime

from ai_core_sdk.models import Metric, MetricCustomInfo, MetricLabel, MetricTag
from ai_core_sdk.tracking import Tracking
from walking import TRAINING, configure, core, dataset, refused, tell

client = core()
tracking = Tracking(
    base_url=os.environ["AICORE_BASE_URL"],
    auth_url=os.environ["AICORE_AUTH_URL"],
    client_id=os.environ["AICORE_CLIENT_ID"],
    client_secret=os.environ["AICORE_CLIENT_SECRET"],
    resource_group=os.environ["AICORE_RESOURCE_GROUP"],
)
configuration = configure(client, TRAINING, {"text-data": dataset(client)})
execution, other = (client.execution.create(configuration).id for _ in range(2))
when = datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)


def point(name, value, step, *labels):
    """A metric at a time of its own."""
    return Metric(name, value, when.replace(minute=step), step, [MetricLabel(n, v) for n, v in labels])


def read(**more):
    """The metrics of the execution."""
    answer = tracking.query(execution_ids=[execution], **more)
    assert answer.count == len(answer.resources) == 1
    assert answer.resources[0].execution_id == execution
    return answer.resources[0]


def shown(metric):
    """A metric as something that can be compared and printed."""
    assert metric.timestamp == when.replace(minute=metric.step), metric.timestamp
    return [metric.name, metric.value, metric.step, sorted([label.name, label.value] for label in metric.labels)]


before = refused(tracking.query, execution_ids=[execution])
tracking.log_metrics([point("Error Rate", 0.5, 1, ("fold", "a")), point("Error Rate", 0.25, 2)], execution)
tracking.log_metrics([point("loss", 1.5, 1)], execution, artifact_name="text-model-tutorial")
tracking.set_tags([MetricTag("owner", "walk"), MetricTag("colour", "red")], execution)
tracking.set_custom_info([MetricCustomInfo("confusion", '[{"a": 1}]')], execution)
client.metrics.modify(execution, metrics=[point("loss", 1.25, 2)], tags=[MetricTag("more", "yes")])
tracking.log_metrics([point("loss", 9.0, 1)], other)

everything = read()
only = read(select=["tags"])
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    filtered = tracking.query(filter=f"executionId eq '{execution}'").resources
    both = refused(tracking.query, filter=f"executionId eq '{execution}'", execution_ids=[execution])
two = tracking.query(execution_ids=[execution, other])

refusals = {
    "before": before,
    "both": both,
    "no execution": refused(client.metrics.modify, "", tags=[MetricTag("a", "b")]),
    "nobody's": refused(tracking.query, execution_ids=["e" + uuid.uuid4().hex[:15]]),
}
tracking.delete(execution)
refusals["deleted"] = refused(tracking.query, execution_ids=[execution])
refusals["deleted again"] = refused(tracking.delete, execution)

tell(
    metrics=sorted(shown(metric) for metric in everything.metrics),
    tags={tag.name: tag.value for tag in everything.tags},
    custom_info={info.name: info.value for info in everything.custom_info},
    only={"metrics": only.metrics, "custom_info": only.custom_info, "tags": {tag.name: tag.value for tag in only.tags}},
    filtered=[len(resource.metrics) for resource in filtered],
    two=[two.count, sorted(resource.execution_id == execution for resource in two.resources)],
    refusals={name: found["exception"] for name, found in refusals.items()},
)
