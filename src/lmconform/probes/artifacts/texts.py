"""Probes and observations of what becomes of the texts and the url of an artifact."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from typing import Final

from lmconform.errors import NotTestable
from lmconform.probes.builders.artifacts import ARTIFACT, LABEL_PREFIX, create_artifact
from lmconform.probes.builders.texts import Family, single, values
from lmconform.probes.context import Context, Json
from lmconform.probes.registry import observation, probe
from lmconform.probes.shared import round_trip
from lmconform.probes.shared.round_trip import schema_of

# Signs that a url may have (RFC 3986), and some of them percent-encoded.
_URL_SIGNS: Final = "ai://default/A+b%20c%2Bd&e=f,g'(h)@i!$j*k;l:m~n?o=p#q//r/./s"
_CREATE: Final = "createArtifact"


def _fields(ctx: Context, family: Family, token: str) -> Json:
    seed = ctx.session.config.seed
    label = schema_of(ctx, _CREATE, "labels", "*", "value")
    # Ten labels at most: a selector takes no more of them.
    texts = values(family, label, seed)[-10:]
    if family is Family.LENGTHS:
        # The schema allows an empty value, too.
        texts[0] = ""
    urls = {Family.SIGNS: _URL_SIGNS, Family.LENGTHS: single(family, schema_of(ctx, _CREATE, "url"), seed, "ai://a/")}
    return {
        "name": single(family, schema_of(ctx, _CREATE, "name"), seed, token),
        "description": single(family, schema_of(ctx, _CREATE, "description"), seed),
        "url": urls.get(family, "ai://default/data"),
        "labels": [{"key": f"{LABEL_PREFIX}Key_{number}.x-Y", "value": text} for number, text in enumerate(texts)],
    }


round_trip.install(ARTIFACT, _fields, Family)


@probe("LM-ARTIFACT-URL-CONSISTENT")
def url_is_the_same_everywhere(ctx: Context) -> None:
    begun, created = time.monotonic(), create_artifact(ctx, url="ai://default/data")
    answered = {"url": created.exchange.json_object().get("url")}
    ctx.expect_same(answered, ARTIFACT.fetch(ctx, created), what="GET as the answer to POST")

    def judge() -> None:
        listed = ctx.items("listArtifacts", {"$search": created.sent["name"]})
        if not listed:
            raise NotTestable("listArtifacts does not hold the artifact")
        ctx.expect_same(answered, listed[0], what="the list as the answer to POST")

    ctx.retry_in_grace(begun, judge)


@observation(
    "LM-OBS-ARTIFACT-URL-SLASH", operation="createArtifact", source="M2", text="A url that does not end in a slash."
)
def url_slash(ctx: Context) -> str:
    answered = create_artifact(ctx, url="ai://default/data").exchange.json_object().get("url")
    return {"ai://default/data": "kept", "ai://default/data/": "gets a slash"}.get(str(answered), "is another url")
