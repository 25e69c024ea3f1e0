"""Observations of tokens, resource groups and unknown paths: a gateway may answer these."""
# ruff: noqa: D103 - the decorator holds the sentence of each observation

from __future__ import annotations

from lmconform.probes.context import Context, Json
from lmconform.probes.observing import answer, raw
from lmconform.probes.registry import observation
from lmconform.probes.shared.auth import send_with_authorization


@observation(
    "LM-OBS-AUTH-MISSING", operation="listScenarios", effect="read", source="D2", text="Answer without a token."
)
def auth_missing(ctx: Context) -> str:
    return answer(send_with_authorization(ctx, "listScenarios"))


@observation(
    "LM-OBS-AUTH-GARBAGE", operation="listScenarios", effect="read", source="D2", text="Answer to a token of garbage."
)
def auth_garbage(ctx: Context) -> str:
    return answer(send_with_authorization(ctx, "listScenarios", "Bearer lmconform"))


@observation(
    "LM-OBS-GROUP-MISSING",
    operation="listArtifacts",
    effect="read",
    source="F17",
    text="Answer without AI-Resource-Group.",
)
def group_missing(ctx: Context) -> str:
    # Whether the API or a gateway refuses it, and in which form, is not published.
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
    "LM-OBS-UNKNOWN-PATH", operation="", effect="read", source="F57", text="Answer for a path that is not there."
)
def unknown_path(ctx: Context) -> str:
    return answer(raw(ctx, "GET", "/lm/lmconform-absent"))


@observation(
    "LM-OBS-CHECK-ORDER",
    operation="createArtifact",
    source="F64",
    text="What is wrong first of all: token, resource group or body.",
)
def check_order(ctx: Context) -> str:
    # The API or a gateway may answer, each with an error of another form (F18): not judged.
    malformed: Json = {"body": b"{", "judge": False}
    everything = ctx.send("createArtifact", **malformed, resource_group=None, authorize=False)
    group_and_body = ctx.send("createArtifact", **malformed, resource_group="lmconform-absent-group")
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
    return answer(send_with_authorization(ctx, "listScenarios", "bearer lmconform"))
