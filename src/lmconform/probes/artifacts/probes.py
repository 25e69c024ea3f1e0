"""Probes of artifacts: creation, echo, bodies to refuse and to accept."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from datetime import timedelta
from typing import Final

from lmconform.errors import NotTestable
from lmconform.probes.builders.artifacts import ARTIFACT, LABEL_PREFIX, artifact_body, create_artifact
from lmconform.probes.builders.resource_type import batch
from lmconform.probes.comparison import instant
from lmconform.probes.context import Context
from lmconform.probes.registry import probe
from lmconform.probes.shared import creation, paging, search, unknown_ids, views
from lmconform.probes.shared.creation import (
    BAD_REFERENCE,
    MALFORMED,
    accepts,
    expect_header_names_id,
    refuses,
    without_each,
)
from lmconform.probes.shared.round_trip import expect_as_sent

# Its path is filled up to a length.
_URL: Final = "ai://default/"

unknown_ids.install(ARTIFACT)
creation.install(ARTIFACT)
creation.install_named(ARTIFACT)
views.install(ARTIFACT)
views.install_expand(ARTIFACT)
search.install(ARTIFACT)
paging.install(ARTIFACT)
paging.install_default_page(ARTIFACT)
paging.install_limits(ARTIFACT)


@probe("LM-ARTIFACT-CREATE-ECHO")
def creation_echoes_the_url(ctx: Context) -> None:
    created = create_artifact(ctx, url="ai://default/lmconform/data")
    expect_as_sent(ctx, {"url": created.sent["url"]}, created.exchange.json_object(), what="the answer to POST")


@probe("LM-ARTIFACT-CONTENT-LOCATION")
def content_location_names_the_id(ctx: Context) -> None:
    expect_header_names_id(ctx, create_artifact(ctx), "Content-Location")


@probe("LM-ARTIFACT-GET-ECHO")
def get_returns_what_was_sent(ctx: Context) -> None:
    labels = [{"key": f"{LABEL_PREFIX}b", "value": "2 {comma} 3"}, {"key": f"{LABEL_PREFIX}a.b-c_d", "value": "x y"}]
    name = ctx.unique("Artifact  As Sent")
    created = create_artifact(ctx, name=name, kind="resultset", description='Größe "1",\n\t<b> 日本', labels=labels)
    expect_as_sent(ctx, {**created.sent, "id": created.id}, ARTIFACT.fetch(ctx, created), what="GET")


@probe("LM-ARTIFACT-URL-VERBATIM")
def url_is_not_normalised(ctx: Context) -> None:
    for url in ("ai://default/data", "ai://default/data/", "ai://default/A//b%20c/./d"):
        created = create_artifact(ctx, url=url)
        expect_as_sent(ctx, {"url": url}, created.exchange.json_object(), what="the answer to POST")
        expect_as_sent(ctx, {"url": url}, ARTIFACT.fetch(ctx, created), what="GET")


@probe("LM-ARTIFACT-UNKNOWN-SCENARIO")
def unknown_scenario_is_refused(ctx: Context) -> None:
    body = artifact_body(ctx, scenarioId=ctx.absent_id())
    ctx.expect_refused(ctx.send("createArtifact", json=body), {400})
    ids = ctx.ids("listArtifacts", {"$search": body["name"]})
    ctx.expect(not ids, expected="no artifact with the name of the refused body", actual=f"{ids}")


@probe("LM-ARTIFACT-TIMES-ORDERED")
def modified_is_not_before_created(ctx: Context) -> None:
    body = ARTIFACT.fetch(ctx, batch(ctx, ARTIFACT).members[0])
    created, modified = instant(body.get("createdAt")), instant(body.get("modifiedAt"))
    if created is None or modified is None:
        raise NotTestable("createdAt or modifiedAt is no time")
    # One may be in whole seconds and the other with fractions (D1).
    good = created - modified < timedelta(seconds=1)
    ctx.expect(good, expected="createdAt <= modifiedAt", actual=f"createdAt {created} is after modifiedAt {modified}")


refuses(
    "LM-ARTIFACT-BODY-REQUIRED",
    "createArtifact",
    lambda ctx: without_each(artifact_body(ctx), ("name", "kind", "url", "scenarioId")),
)
refuses(
    "LM-ARTIFACT-BODY-TYPE",
    "createArtifact",
    lambda ctx: [
        artifact_body(ctx, name=7),
        artifact_body(ctx, labels="red"),
        artifact_body(ctx, url=["ai://a/b"]),
    ],
)
refuses("LM-ARTIFACT-BODY-MALFORMED", "createArtifact", lambda ctx: [MALFORMED])
refuses("LM-ARTIFACT-BODY-KIND", "createArtifact", lambda ctx: [artifact_body(ctx, kind="elephant")])
refuses("LM-ARTIFACT-BODY-URL", "createArtifact", lambda ctx: [artifact_body(ctx, url="default/data")])
refuses(
    "LM-ARTIFACT-BODY-SCENARIO-ID",
    "createArtifact",
    lambda ctx: [artifact_body(ctx, scenarioId=i) for i in ("a b c d", "abc", "a" * 65)],
    allowed=BAD_REFERENCE,
)
refuses(
    "LM-ARTIFACT-BODY-LABEL",
    "createArtifact",
    lambda ctx: [
        artifact_body(ctx, labels=[label])
        for label in ({"key": "color", "value": "red"}, {"key": f"{LABEL_PREFIX}color"}, {"value": "red"})
    ],
)
refuses(
    "LM-ARTIFACT-BODY-TOO-LONG",
    "createArtifact",
    lambda ctx: [
        artifact_body(ctx, name=ctx.unique("long").ljust(257, "x")),
        artifact_body(ctx, url=_URL.ljust(1025, "x")),
        artifact_body(ctx, description="x" * 5001),
        artifact_body(ctx, labels=[{"key": f"{LABEL_PREFIX}color", "value": "x" * 5001}]),
        artifact_body(ctx, labels=[{"key": LABEL_PREFIX.ljust(257, "x"), "value": "red"}]),
    ],
)
accepts(
    "LM-ARTIFACT-BODY-AT-LIMIT",
    "createArtifact",
    lambda ctx: [
        artifact_body(
            ctx,
            name=ctx.unique("long").ljust(256 - less, "x"),
            url=_URL.ljust(1024 - less, "x"),
            description="x" * (5000 - less),
            labels=[{"key": LABEL_PREFIX.ljust(256 - less, "x"), "value": "x" * (5000 - less)}],
        )
        for less in (1, 0)
    ],
    success=201,
)
accepts(
    "LM-ARTIFACT-URL-SCHEMES",
    "createArtifact",
    lambda ctx: [artifact_body(ctx, url=u) for u in ("ai://default/a", "gs://bucket/a", "https://example.com/a.csv")],
    success=201,
)
