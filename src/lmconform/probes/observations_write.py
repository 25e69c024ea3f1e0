"""Observations that make things of our own: open references, order, repetition, forbidden transitions."""
# ruff: noqa: D103 - the decorator holds the sentence of each observation

from __future__ import annotations

import time
from urllib.parse import urlsplit

from lmconform.errors import Inconclusive, NotTestable
from lmconform.probes import trials
from lmconform.probes.artifacts import ARTIFACT
from lmconform.probes.bulk import entry
from lmconform.probes.isolation import other_group
from lmconform.probes.lab import ACTIVE, BULK, EXECUTIONS, METRICS, Json, Lab
from lmconform.probes.metrics import point, points, resource, store
from lmconform.probes.observations import answer
from lmconform.probes.registry import observation
from lmconform.probes.resources import batch
from lmconform.probes.values import instant


@observation(
    "LM-OBS-LOCATION", operation="createArtifact", source="F55", text="Form of the Location of a new artifact."
)
def location(lab: Lab) -> str:
    made = lab.artifact()
    value = made.exchange.header("Location")
    if value is None:
        return "absent"
    form = "absolute URL" if urlsplit(value).scheme else "absolute path" if value.startswith("/") else "relative"
    return f"{form} ending in {value.replace(made.id, '<id>').rstrip('/').rsplit('/', 1)[-1]}"


@observation("LM-OBS-NAME-FILTER", operation="listArtifacts", source="F8", text="What the name filter compares.")
def name_filter(lab: Lab) -> str:
    group = batch(lab, ARTIFACT)
    name = str(group.members[0].sent["name"])

    def found(text: str) -> bool:
        return group.ids[0] in lab.ids("listArtifacts", {"$search": group.token, "name": text})

    if not found(name):
        return "finds nothing"
    if found(lab.unique("nothing")):
        return "is ignored"
    parts = "a part of the name" if found(name[:-2]) else "the whole name"
    return f"{parts}, {'in any case' if found(name.upper()) else 'in the same case'}"


@observation("LM-OBS-COUNT-UNDER-TOP", operation="listArtifacts", source="F1", text="What count means under $top.")
def count_under_top(lab: Lab) -> str:
    body = lab.read("listArtifacts", {"$search": batch(lab, ARTIFACT).token, "$top": 1})
    return {1: "the page", 3: "all that match"}.get(int(body.get("count") or 0), "neither page nor total")


@observation(
    "LM-OBS-TOP-WITHOUT-DOLLAR", operation="listArtifacts", source="F4", text="Whether top without $ is heard."
)
def top_without_dollar(lab: Lab) -> str:
    exchange = lab.get("listArtifacts", {"$search": batch(lab, ARTIFACT).token, "top": 1})
    if not exchange.ok:
        return answer(exchange)
    return "heard" if len(exchange.json_object().get("resources") or []) == 1 else "ignored"


# So many in an order by chance are one in thousands.
_ENOUGH_TO_ORDER = 7


@observation("LM-OBS-LIST-ORDER", operation="listArtifacts", source="F3", text="The order of a list of artifacts.")
def list_order(lab: Lab) -> str:
    batch(lab, ARTIFACT)

    def listed() -> list[Json]:
        return [i for i in lab.items("listArtifacts", {"$search": lab.mark()}) if instant(i.get("createdAt"))]

    def times() -> list[str]:
        return [str(instant(i.get("createdAt"))) for i in found]

    found = listed()
    for _ in range(_ENOUGH_TO_ORDER - len(found)):
        lab.artifact()
    found = listed()
    if len(set(times())) < 2:
        # Times are whole seconds: things of one second tell nothing.
        time.sleep(1.1)
        lab.artifact()
        found = listed()
    ids = [str(i.get("id")) for i in found]
    orders = {
        "by id": ids,
        "oldest first": times(),
        "newest first": times()[::-1],
        "by name": [str(i.get("name")) for i in found],
    }
    return next((label for label, order in orders.items() if order == sorted(order)), "none that we know")


@observation(
    "LM-OBS-UNKNOWN-SCENARIO", operation="createArtifact", source="F21", text="An artifact of an unknown scenario."
)
def unknown_scenario(lab: Lab) -> str:
    return answer(lab.send("createArtifact", json=lab.artifact_body(scenarioId=lab.absent_id())))


@observation(
    "LM-OBS-UNKNOWN-ARTIFACT", operation="createConfiguration", source="F20", text="A binding of an unknown artifact."
)
def unknown_artifact(lab: Lab) -> str:
    bound = [{"key": key, "artifactId": lab.absent_id()} for key, _ in lab.training_executable().inputs]
    if not bound:
        raise Inconclusive("the executable has no input artifact")
    return answer(lab.send("createConfiguration", json=lab.configuration_body(inputArtifactBindings=bound)))


@observation(
    "LM-OBS-UNKNOWN-EXECUTABLE", operation="createConfiguration", source="F19", text="A configuration of nothing."
)
def unknown_executable(lab: Lab) -> str:
    return answer(lab.send("createConfiguration", json=lab.configuration_body(executableId=lab.absent_id())))


@observation(
    "LM-OBS-UNKNOWN-CONFIGURATION",
    operation="createExecution",
    source="F23",
    capability=EXECUTIONS,
    text="An execution of an unknown configuration.",
)
def unknown_configuration(lab: Lab) -> str:
    return answer(lab.send("createExecution", json={"configurationId": lab.absent_id()}))


@observation("LM-OBS-MEDIA-TYPE", operation="createArtifact", source="F62", text="JSON that is sent as text/plain.")
def media_type(lab: Lab) -> str:
    return answer(lab.send("createArtifact", json=lab.artifact_body(), media_type="text/plain"))


@observation(
    "LM-OBS-ISOLATION-STATUS",
    operation="getArtifact",
    source="F15",
    text="Answer for a thing of another resource group.",
)
def isolation_status(lab: Lab) -> str:
    other = other_group(lab)
    made = batch(lab, ARTIFACT).members[0]
    return answer(lab.send("getArtifact", {"artifactId": made.id}, resource_group=other))


@observation(
    "LM-OBS-METRIC-TWICE",
    operation="patchMetrics",
    source="F37",
    capability=METRICS,
    text="The same metric point sent twice.",
)
def metric_twice(lab: Lab) -> str:
    execution, name = trials.base(lab).id, lab.unique("twice")
    for _ in range(2):
        store(lab, execution, metrics=[point(name)])
    return f"stored {len(points(lab, execution, name))} times"


def _rewrite(name: str, section: str, text: str) -> None:
    @observation(name, operation="patchMetrics", source="F37", capability=METRICS, text=text)
    def rewrite(lab: Lab) -> str:
        execution, key = trials.base(lab).id, lab.unique("again")
        for value in ("first", "second"):
            store(lab, execution, **{section: [{"name": key, "value": value}]})
        entries = resource(lab, execution).get(section) or []
        values = sorted(str(e.get("value")) for e in entries if e.get("name") == key)
        return " and ".join(values) or "neither"


_rewrite("LM-OBS-TAG-REWRITTEN", "tags", "A tag sent again with another value.")
_rewrite("LM-OBS-CUSTOM-INFO-REWRITTEN", "customInfo", "Custom information sent again with another value.")


@observation(
    "LM-OBS-METRIC-WITHOUT-STEP",
    operation="patchMetrics",
    source="F43",
    capability=METRICS,
    text="The step of a metric sent without one.",
)
def metric_without_step(lab: Lab) -> str:
    execution, name = trials.base(lab).id, lab.unique("stepless")
    store(lab, execution, metrics=[point(name, step=None)])
    found = points(lab, execution, name)
    if not found:
        return "the metric is lost"
    return "absent" if found[0].get("step") is None else f"{found[0]['step']}"


@observation(
    "LM-OBS-METRICS-ORDER",
    operation="findMetrics",
    source="F38",
    capability=METRICS,
    text="The order of the points of one metric.",
)
def metrics_order(lab: Lab) -> str:
    execution, name = trials.base(lab).id, lab.unique("order")
    sent = [3, 1, 2]
    store(lab, execution, metrics=[point(name, float(s), s) for s in sent])
    found = [m.get("step") for m in points(lab, execution, name)]
    labels = {"as sent": sent, "steps ascending": sorted(sent), "newest first": sent[::-1]}
    return next((label for label, order in labels.items() if order == found), "none that we know")


@observation(
    "LM-OBS-METRICS-NO-FILTER",
    operation="findMetrics",
    source="F30",
    capability=METRICS,
    text="Metrics asked for without executionIds and without a filter.",
)
def metrics_without_filter(lab: Lab) -> str:
    # Where that means all of them, there are some.
    store(lab, trials.base(lab).id, metrics=[point(lab.unique("unfiltered"))])
    return answer(lab.get("findMetrics", {"$top": 1}))


@observation(
    "LM-OBS-METRICS-UNKNOWN-EXECUTION",
    operation="patchMetrics",
    source="F42",
    effect="destructive",
    capability=METRICS,
    text="Metrics for an execution that does not exist.",
)
def metrics_of_nothing(lab: Lab) -> str:
    execution = lab.absent_id()
    exchange = lab.send("patchMetrics", json={"executionId": execution, "metrics": [point("lmconform")]})
    if exchange.ok:
        lab.send("deleteMetrics", query={"executionId": execution})
        lab.session.journal.removed("metrics", execution)
    return answer(exchange)


@observation(
    "LM-OBS-STOP-ENDED",
    operation="modifyExecution",
    source="C3",
    effect="destructive",
    capability=EXECUTIONS,
    text="Stopping an execution that has ended.",
)
def stop_ended(lab: Lab) -> str:
    return answer(trials.stop(lab, trials.ended(lab)))


@observation(
    "LM-OBS-DELETE-ACTIVE",
    operation="deleteExecution",
    source="C3",
    effect="destructive",
    capability=EXECUTIONS,
    text="Deleting an execution that runs.",
)
def delete_active(lab: Lab) -> str:
    for _ in range(trials.TRIES):
        done = trials.while_in(lab, ACTIVE, lambda trial: trials.delete(lab, trial))
        if done is None:
            raise Inconclusive("executions end before anybody can ask for their deletion")
        trial, exchange = done
        if not exchange.ok:
            return answer(exchange)
        # It may have ended between our look and our request: then its deletion is right.
        trials.remove(lab, trial)
    raise Inconclusive("each was deleted: they had ended, or LM-EXECUTION-DELETE-ACTIVE is broken")


@observation(
    "LM-OBS-METRICS-OUTLIVE-EXECUTION",
    operation="findMetrics",
    source="F47",
    effect="destructive",
    capability=METRICS,
    text="Metrics of an execution that was deleted.",
)
def metrics_outlive(lab: Lab) -> str:
    trial = trials.ended(lab)
    store(lab, trial.id, metrics=[point(lab.unique("outlives"))])
    if not trials.delete(lab, trial).ok:
        raise NotTestable("an execution that has ended cannot be deleted")
    trials.remove(lab, trial)
    trials.wait_until_gone(lab, trial)
    exchange = lab.get("findMetrics", {"executionIds": [trial.id]})
    return "kept" if exchange.ok else answer(exchange)


def _bulk(name: str, text: str, number: int, distinct: bool) -> None:
    @observation(name, operation="modifyExecutions", source="J", capability=BULK, text=text)
    def bulk(lab: Lab) -> str:
        same = lab.absent_id()
        targets = ("STOPPED", "DELETED")
        entries: list[Json] = [entry(lab.absent_id() if distinct else same, targets[n % 2]) for n in range(number)]
        return answer(lab.send("modifyExecutions", json={"executions": entries}))


_bulk("LM-OBS-BULK-TOO-MANY", "A bulk request with 101 entries.", 101, True)
_bulk("LM-OBS-BULK-SAME-ID", "A bulk request that names one execution twice.", 2, False)
