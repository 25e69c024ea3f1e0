"""Observations of meta and of undeclared paths beside it."""
# ruff: noqa: D103 - the decorator holds the sentence of each observation

from __future__ import annotations

from lmconform.probes.context import Context
from lmconform.probes.observing import answer, raw
from lmconform.probes.registry import observation
from lmconform.probes.shared.auth import send_with_authorization


@observation(
    "LM-OBS-META-WITHOUT-TOKEN", operation="getMeta", effect="read", source="D2", text="Whether meta needs a token."
)
def meta_without_token(ctx: Context) -> str:
    return answer(send_with_authorization(ctx, "getMeta"))


@observation(
    "LM-OBS-META-WITHOUT-GROUP",
    operation="getMeta",
    effect="read",
    source="A1",
    text="Whether meta needs a resource group, which the description does not give it.",
)
def meta_without_group(ctx: Context) -> str:
    return answer(ctx.send("getMeta", resource_group=None, judge=False))


@observation("LM-OBS-HEALTHZ", operation="", effect="read", source="D1", text="Answer of the undeclared /lm/healthz.")
def healthz(ctx: Context) -> str:
    exchange = raw(ctx, "GET", "/lm/healthz")
    return answer(exchange) + (f" {exchange.json_object().get('status')}" if exchange.ok else "")


@observation(
    "LM-OBS-META-VERSIONS", operation="", effect="read", source="D1", text="Answer of the undeclared /lm/meta/versions."
)
def meta_versions(ctx: Context) -> str:
    return answer(raw(ctx, "GET", "/lm/meta/versions"))


@observation(
    "LM-OBS-KPIS", operation="", source="F56", effect="read", text="Answer of /lm/kpis, which is in no description."
)
def kpis(ctx: Context) -> str:
    return answer(raw(ctx, "GET", "/lm/kpis"))
