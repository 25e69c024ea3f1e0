"""Observations that only read: gateway answers, limits of queries, ids of nothing."""
# ruff: noqa: D103 - the decorator holds the sentence of each observation

from __future__ import annotations

from typing import Any

from lmconform.evidence.exchange import Exchange
from lmconform.probes import auth
from lmconform.probes.context import METRICS, Context
from lmconform.probes.registry import observation


def answer(exchange: Exchange) -> str:
    """An answer as a value: status, media type, code of the error; nothing that changes between runs."""
    error = exchange.json_object().get("error")
    code = error.get("code") if isinstance(error, dict) else None
    kind = (exchange.media_type or "no media type") if exchange.body else "no body"
    return f"{exchange.status} {kind}" + (f" code {code}" if code else "")


def listed(exchange: Exchange) -> str:
    """The answer of a list as a value: how many it holds, or the refusal."""
    if not exchange.ok:
        return answer(exchange)
    body = exchange.json_object()
    return f"{exchange.status} with {len(body.get('resources') or [])} of count {body.get('count')}"


def raw(ctx: Context, method: str, path: str, **rest: Any) -> Exchange:
    """Send a request that belongs to no operation."""
    request = ctx.session.raw(ctx.client.item, method, path, **rest)
    return ctx.client.dispatch(None, request, {}, {})


@observation(
    "LM-OBS-AUTH-MISSING", operation="listScenarios", effect="read", source="D2", text="Answer without a token."
)
def auth_missing(ctx: Context) -> str:
    return answer(auth.without_token(ctx, "listScenarios"))


@observation(
    "LM-OBS-AUTH-GARBAGE", operation="listScenarios", effect="read", source="D2", text="Answer to a token of garbage."
)
def auth_garbage(ctx: Context) -> str:
    return answer(auth.without_token(ctx, "listScenarios", "Bearer lmconform"))


@observation(
    "LM-OBS-META-WITHOUT-TOKEN", operation="getMeta", effect="read", source="D2", text="Whether meta needs a token."
)
def meta_without_token(ctx: Context) -> str:
    return answer(auth.without_token(ctx, "getMeta"))


@observation(
    "LM-OBS-GROUP-MISSING",
    operation="listArtifacts",
    effect="read",
    source="F17",
    text="Answer without AI-Resource-Group.",
)
def group_missing(ctx: Context) -> str:
    # Who refuses it, the API or a gateway, and in which words, nobody published.
    exchange = ctx.send("listArtifacts", query={"$top": 1}, resource_group=None, judge=False)
    return answer(exchange)


@observation(
    "LM-OBS-GROUP-UNKNOWN",
    operation="listArtifacts",
    effect="read",
    source="F18",
    text="Answer for an unknown resource group.",
)
def group_unknown(ctx: Context) -> str:
    exchange = ctx.send("listArtifacts", query={"$top": 1}, resource_group="lmconform-absent-group", judge=False)
    return answer(exchange)


@observation(
    "LM-OBS-FILTER-UNKNOWN-SCENARIO",
    operation="listArtifacts",
    effect="read",
    source="F12",
    text="A list filtered by a scenario that does not exist.",
)
def filter_unknown_scenario(ctx: Context) -> str:
    return listed(ctx.get("listArtifacts", {"scenarioId": ctx.absent_id()}))


@observation(
    "LM-OBS-FILTER-UNKNOWN-CONFIGURATION",
    operation="listExecutions",
    effect="read",
    source="F12",
    text="A list filtered by a configuration that does not exist.",
)
def filter_unknown_configuration(ctx: Context) -> str:
    return listed(ctx.get("listExecutions", {"configurationId": ctx.absent_id()}))


@observation(
    "LM-OBS-EXECUTABLES-UNKNOWN-SCENARIO",
    operation="listExecutables",
    effect="read",
    source="J",
    text="Executables of a scenario that does not exist.",
)
def executables_of_nothing(ctx: Context) -> str:
    return listed(ctx.get("listExecutables", scenarioId=ctx.absent_id()))


@observation(
    "LM-OBS-VERSIONS-UNKNOWN-SCENARIO",
    operation="listScenarioVersions",
    effect="read",
    source="J",
    text="Versions of a scenario that does not exist.",
)
def versions_of_nothing(ctx: Context) -> str:
    return listed(ctx.get("listScenarioVersions", scenarioId=ctx.absent_id()))


def _limit(name: str, query: dict[str, Any], text: str, source: str = "F3") -> None:
    @observation(name, operation="listArtifacts", effect="read", source=source, text=text)
    def limit(ctx: Context) -> str:
        # The search keeps the answer small, and its number out of the value.
        return answer(ctx.get("listArtifacts", {"$search": ctx.unique("nothing"), "$top": 1, **query}))


_limit("LM-OBS-TOP-ZERO", {"$top": 0}, "Answer to $top=0.")
_limit("LM-OBS-TOP-NEGATIVE", {"$top": -1}, "Answer to $top=-1.")
_limit("LM-OBS-TOP-TOO-LARGE", {"$top": 100001}, "Answer to a $top above the maximum.")
_limit("LM-OBS-TOP-TEXT", {"$top": "ten"}, "Answer to a $top that is no number.")
_limit("LM-OBS-SKIP-NEGATIVE", {"$skip": -1}, "Answer to $skip=-1.")
_limit("LM-OBS-KIND-UNKNOWN", {"kind": "lmconform"}, "Answer to a kind that the description does not have.")
_limit("LM-OBS-BOOLEAN-CAPITAL", {"searchCaseInsensitive": "True"}, "Answer to a boolean as Python writes it.", "F5")
_limit("LM-OBS-SEARCH-EMPTY", {"$search": ""}, "Answer to an empty search.")


@observation(
    "LM-OBS-BAD-ID", operation="getArtifact", effect="read", source="F63", text="Answer to an id that is too short."
)
def bad_id(ctx: Context) -> str:
    return answer(ctx.get("getArtifact", artifactId="abc"))


@observation(
    "LM-OBS-METRICS-ELEVEN-IDS",
    operation="findMetrics",
    effect="read",
    source="F30",
    capability=METRICS,
    text="Metrics of eleven executions asked for at once.",
)
def metrics_of_eleven(ctx: Context) -> str:
    return answer(ctx.get("findMetrics", {"executionIds": [ctx.absent_id() for _ in range(11)]}))


@observation(
    "LM-OBS-UNKNOWN-PATH", operation="", effect="read", source="F57", text="Answer for a path that is not there."
)
def unknown_path(ctx: Context) -> str:
    return answer(raw(ctx, "GET", "/lm/lmconform-absent"))


@observation("LM-OBS-HEALTHZ", operation="", effect="read", source="D1", text="Answer of the undeclared /lm/healthz.")
def healthz(ctx: Context) -> str:
    exchange = raw(ctx, "GET", "/lm/healthz")
    return answer(exchange) + (f" {exchange.json_object().get('status')}" if exchange.ok else "")


@observation(
    "LM-OBS-META-VERSIONS", operation="", effect="read", source="D1", text="Answer of the undeclared /lm/meta/versions."
)
def meta_versions(ctx: Context) -> str:
    return answer(raw(ctx, "GET", "/lm/meta/versions"))
