"""Observations of spelling, limits and time: messages, empty members, ids, deletions, what is beyond a limit."""
# ruff: noqa: D103 - the decorator holds the sentence of each observation

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from lmconform.errors import Inconclusive, NotTestable
from lmconform.probes import auth, enactment_pool, endings, executables
from lmconform.probes.artifacts import ARTIFACT
from lmconform.probes.configurations import CONFIGURATION
from lmconform.probes.context import EXECUTIONS, METRICS, Context, Json
from lmconform.probes.metrics import point
from lmconform.probes.metrics_more import MOST_METRICS, MOST_NAMED, bulk, emptied
from lmconform.probes.observations import answer, listed, raw
from lmconform.probes.registry import observation
from lmconform.probes.resources import batch

_UUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_DECLARED_OPTIONAL: Final = ("statusMessage", "executionScheduleId", "completionTime", "outputArtifacts")
# Upper ends in seconds: fine enough to tell targets apart, and coarse enough to be the same in each run.
_SPANS: Final = ((5.0, "within 5 s"), (60.0, "within a minute"), (600.0, "within ten minutes"))
_TRIES: Final = 3


def _without_ids(text: object) -> str:
    return re.sub(r"\s+", " ", _UUID.sub("<id>", str(text)))[:80]


@observation("LM-OBS-MESSAGES", operation="createArtifact", source="D13", text="Words of the answers to creations.")
def messages(ctx: Context) -> str:
    made = [batch(ctx, ARTIFACT).members[0], batch(ctx, CONFIGURATION).members[0]]
    return ", ".join(_without_ids(m.exchange.json_object().get("message")) for m in made)


@observation(
    "LM-OBS-MESSAGES-EXECUTION",
    operation="createExecution",
    source="D13",
    capability=EXECUTIONS,
    text="Words of the answer to the start of an execution.",
)
def execution_message(ctx: Context) -> str:
    return _without_ids(enactment_pool.base(ctx).created.exchange.json_object().get("message"))


def _form(identifier: str) -> str:
    if _UUID.fullmatch(identifier):
        return "UUID"
    if re.fullmatch(r"[0-9a-f]+", identifier):
        return f"{len(identifier)} hexadecimal digits"
    return f"{len(identifier)} characters"


@observation("LM-OBS-IDS", operation="createArtifact", source="D12", text="Form of ids of artifacts, configurations.")
def ids(ctx: Context) -> str:
    return ", ".join(_form(batch(ctx, kind).ids[0]) for kind in (ARTIFACT, CONFIGURATION))


@observation(
    "LM-OBS-IDS-EXECUTION",
    operation="createExecution",
    source="D12",
    capability=EXECUTIONS,
    text="Form of ids of executions.",
)
def execution_ids(ctx: Context) -> str:
    return _form(enactment_pool.base(ctx).id)


def _time_form(value: object) -> str:
    found = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", str(value))
    if not found:
        return "no RFC 3339"
    digits = f"{len(found[1]) - 1} digits of seconds" if found[1] else "whole seconds"
    return f"{digits}, {'Z' if found[2] == 'Z' else 'offset'}"


@observation(
    "LM-OBS-TIMES", operation="getArtifact", source="D1", text="How the creation time of an artifact is written."
)
def times(ctx: Context) -> str:
    return _time_form(ARTIFACT.fetch(ctx, batch(ctx, ARTIFACT).members[0]).get("createdAt"))


@observation(
    "LM-OBS-TIMES-SCENARIO",
    operation="listScenarios",
    source="D1",
    effect="read",
    text="How the creation time of a scenario is written.",
)
def scenario_times(ctx: Context) -> str:
    return _time_form(executables.first_scenario(ctx).get("createdAt"))


@observation("LM-OBS-LABELS-NONE", operation="getArtifact", source="D1", text="Labels of an artifact that has none.")
def labels_when_none(ctx: Context) -> str:
    return _emptiness(ARTIFACT.fetch(ctx, batch(ctx, ARTIFACT).members[2]), ["labels"])


@observation(
    "LM-OBS-EMPTY-MEMBERS",
    operation="getExecution",
    source="I7",
    capability=EXECUTIONS,
    text="Members without a value of an execution that was just started.",
)
def empty_members(ctx: Context) -> str:
    first = enactment_pool.base(ctx).first
    if first.status != 200:
        raise NotTestable(f"{ctx.label(first)} answered {first.brief}")
    return _emptiness(first.json_object(), _DECLARED_OPTIONAL)


def _emptiness(body: Any, names: Iterable[str]) -> str:
    words = {
        name: "absent" if name not in body else "null" if body[name] is None else "empty" if not body[name] else "set"
        for name in names
    }
    different = set(words.values())
    return different.pop() if len(different) == 1 else ", ".join(f"{name} {word}" for name, word in words.items())


@observation(
    "LM-OBS-EXECUTION-MEMBERS",
    operation="getExecution",
    source="I11",
    capability=EXECUTIONS,
    text="Members of an execution that the description does not have.",
)
def further_members(ctx: Context) -> str:
    declared = ctx.session.contract.document["components"]["schemas"]["ExecutionWithDetails"]["properties"]
    return ", ".join(sorted(set(enactment_pool.at_rest(ctx)) - set(declared))) or "none"


@observation("LM-OBS-ERROR-MEMBERS", operation="getArtifact", source="D2", effect="read", text="Members of an error.")
def error_members(ctx: Context) -> str:
    error = ctx.get("getArtifact", artifactId=ctx.absent_id()).json_object().get("error")
    if not isinstance(error, dict):
        return "no error object"
    kinds = {dict: "object", list: "list", str: "text", type(None): "null"}
    return ", ".join(f"{name}: {kinds.get(type(error[name]), 'other')}" for name in sorted(error))


@observation("LM-OBS-COUNT-FORM", operation="countArtifacts", source="A1", effect="read", text="Media type of a count.")
def count_form(ctx: Context) -> str:
    exchange = ctx.get("countArtifacts", {"$search": ctx.unique("nothing")})
    return str(exchange.media_type) if exchange.ok else answer(exchange)


@observation(
    "LM-OBS-CHECK-ORDER",
    operation="createArtifact",
    source="F64",
    text="What is wrong first of all: token, resource group or body.",
)
def check_order(ctx: Context) -> str:
    # Whose error it is tells who answers, and in what form (F18): nothing to judge.
    wrong: Json = {"body": b"{", "judge": False}
    everything = ctx.send("createArtifact", **wrong, resource_group=None, authorize=False)
    group_and_body = ctx.send("createArtifact", **wrong, resource_group="lmconform-absent-group")
    return f"all three: {answer(everything)}; group and body: {answer(group_and_body)}"


@observation("LM-OBS-TOKEN-OR-PATH", operation="", source="F64", effect="read", text="An unknown path without a token.")
def token_or_path(ctx: Context) -> str:
    return answer(raw(ctx, "GET", "/lm/lmconform-absent", authorize=False))


@observation(
    "LM-OBS-TOKEN-OR-ID", operation="getArtifact", source="F64", effect="read", text="A bad id without a token."
)
def token_or_id(ctx: Context) -> str:
    return answer(ctx.send("getArtifact", {"artifactId": "abc"}, authorize=False))


@observation(
    "LM-OBS-TOKEN-LOWER-CASE",
    operation="listScenarios",
    source="D2",
    effect="read",
    text="Garbage under a scheme in small letters.",
)
def lower_case_scheme(ctx: Context) -> str:
    return answer(auth.without_token(ctx, "listScenarios", "bearer lmconform"))


@observation(
    "LM-OBS-KPIS", operation="", source="F56", effect="read", text="Answer of /lm/kpis, which is in no description."
)
def kpis(ctx: Context) -> str:
    return answer(raw(ctx, "GET", "/lm/kpis"))


def _query(name: str, query: Json, text: str, source: str) -> None:
    @observation(name, operation="listArtifacts", effect="read", source=source, text=text)
    def look(ctx: Context) -> str:
        return listed(ctx.get("listArtifacts", {"$search": ctx.unique("nothing"), "$top": 1, **query}))


_query("LM-OBS-SEARCH-TOO-LONG", {"$search": "lmconform" * 9}, "A search of 81 characters.", "F3")
_query(
    "LM-OBS-SEARCH-TILDE", {"$search": "lmconform~absent"}, "A search with a tilde, which its pattern forbids.", "F3"
)
_query(
    "LM-OBS-LABELS-TOO-MANY",
    {"artifactLabelSelector": [f"ext.ai.sap.com/lmconform-{n}=1" for n in range(11)]},
    "Eleven label selectors.",
    "F9",
)
_query("LM-OBS-LABEL-FOREIGN", {"artifactLabelSelector": ["color=red"]}, "A selector of a foreign key.", "F9")
_query("LM-OBS-EXPAND-UNKNOWN", {"$expand": "lmconform"}, "An $expand that there is not.", "F3")


@observation("LM-OBS-NAME-EMPTY", operation="createArtifact", source="F62", text="An artifact with an empty name.")
def empty_name(ctx: Context) -> str:
    return answer(ctx.send("createArtifact", json=ctx.artifact_body(name="")))


@observation("LM-OBS-LABEL-TWICE", operation="createArtifact", source="F62", text="A label key twice on one artifact.")
def label_twice(ctx: Context) -> str:
    labels = [{"key": "ext.ai.sap.com/color", "value": value} for value in ("red", "blue")]
    made = ctx.send("createArtifact", json=ctx.artifact_body(labels=labels))
    if not made.ok:
        return answer(made)
    found = ctx.get_or_fail("getArtifact", artifactId=str(made.json_object().get("id"))).get("labels") or []
    return f"kept: {' and '.join(sorted(str(e.get('value')) for e in found))}"


@observation(
    "LM-OBS-WRONG-KEYS",
    operation="createExecution",
    source="F22",
    capability=EXECUTIONS,
    text="What becomes of an execution whose bindings its executable does not know.",
)
def wrong_keys(ctx: Context) -> str:
    return endings.fate(ctx)[1]


@observation(
    "LM-OBS-DELETE-TWICE",
    operation="deleteExecution",
    source="J",
    effect="destructive",
    capability=EXECUTIONS,
    text="A second deletion while the first is under way.",
)
def delete_twice(ctx: Context) -> str:
    for _ in range(_TRIES):
        pooled = enactment_pool.any_terminal(ctx)
        if not enactment_pool.delete(ctx, pooled).ok:
            raise NotTestable("an execution that has ended cannot be deleted")
        enactment_pool.remove(ctx, pooled)
        again = enactment_pool.delete(ctx, pooled)
        # Once it is gone the answer is about something that is not there.
        if again.status != 404 or ctx.get("getExecution", **pooled.path).ok:
            return answer(again)
    raise Inconclusive("deleted executions are gone at once")


@observation(
    "LM-OBS-DELETION-TIME",
    operation="deleteExecution",
    source="C1",
    effect="destructive",
    capability=EXECUTIONS,
    text="Time until a deleted execution is gone.",
)
def deletion_time(ctx: Context) -> str:
    seconds = endings.departure(ctx).seconds
    return next((words for most, words in _SPANS if seconds <= most), "later")


@observation(
    "LM-OBS-METRICS-PARTLY-UNKNOWN",
    operation="findMetrics",
    source="F32",
    capability=METRICS,
    text="Metrics of two executions, one of which does not exist.",
)
def partly_unknown(ctx: Context) -> str:
    execution = enactment_pool.base(ctx).id
    ctx.send("patchMetrics", json={"executionId": execution, "metrics": [point(ctx.unique("known"))]})
    return listed(ctx.get("findMetrics", {"executionIds": [execution, ctx.absent_id()]}))


@observation(
    "LM-OBS-METRICS-TAGS-ALONE",
    operation="findMetrics",
    source="F48",
    effect="read",
    capability=METRICS,
    text="Metrics asked for by a tag filter alone.",
)
def tags_alone(ctx: Context) -> str:
    return answer(ctx.get_raw("findMetrics", f"tagFilters={ctx.unique('nothing')}"))


@observation(
    "LM-OBS-METRICS-EMPTY-ID",
    operation="patchMetrics",
    source="F41",
    capability=METRICS,
    text="Metrics for an execution whose id is empty.",
)
def metrics_without_id(ctx: Context) -> str:
    return answer(ctx.send("patchMetrics", json={"executionId": "", "metrics": [point("lmconform")]}))


@observation(
    "LM-OBS-METRICS-NOTHING",
    operation="patchMetrics",
    source="F42",
    capability=METRICS,
    text="A PATCH of metrics that holds none.",
)
def metrics_of_nothing(ctx: Context) -> str:
    return answer(ctx.send("patchMetrics", json={"executionId": enactment_pool.base(ctx).id}))


@observation(
    "LM-OBS-METRIC-NO-TIME",
    operation="patchMetrics",
    source="F43",
    capability=METRICS,
    text="A metric whose timestamp is no time.",
)
def metric_without_a_time(ctx: Context) -> str:
    metric = point(ctx.unique("odd")) | {"timestamp": "lmconform"}
    return answer(ctx.send("patchMetrics", json={"executionId": enactment_pool.base(ctx).id, "metrics": [metric]}))


def _beyond(name: str, text: str, sections: Json) -> None:
    @observation(name, operation="patchMetrics", source="F44", effect="destructive", capability=METRICS, text=text)
    def look(ctx: Context) -> str:
        with emptied(ctx) as execution:
            return answer(ctx.send("patchMetrics", json={"executionId": execution, **sections}))


_LABELS: Final = [{"name": f"label-{n}", "value": f"{n}"} for n in range(21)]
_beyond("LM-OBS-METRICS-LABELS-21", "A metric with 21 labels.", {"metrics": [point("loss", labels=_LABELS)]})
_beyond("LM-OBS-METRICS-1001", "1001 metrics at once.", {"metrics": bulk(MOST_METRICS + 1, 0)["metrics"]})
_beyond("LM-OBS-METRICS-TAGS-101", "101 tags at once.", {"tags": bulk(0, MOST_NAMED + 1)["tags"]})
_beyond(
    "LM-OBS-METRICS-INFOS-101", "101 pieces of custom information.", {"customInfo": bulk(0, MOST_NAMED + 1)["tags"]}
)


@observation(
    "LM-OBS-CLOCK", operation="createArtifact", source="D1", text="Whether the target's clock agrees with ours."
)
def clock(ctx: Context) -> str:
    made = ctx.artifact()
    created = ARTIFACT.fetch(ctx, made).get("createdAt")
    try:
        away = abs((datetime.now(UTC) - datetime.fromisoformat(str(created))).total_seconds())
    except (ValueError, TypeError):
        return "createdAt is no time"
    return "within a minute" if away < 60 else "within an hour" if away < 3600 else "more than an hour away"
