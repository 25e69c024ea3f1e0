"""Observations of artifacts: creation, the spelling of values, order, references."""
# ruff: noqa: D103 - the decorator holds the sentence of each observation

from __future__ import annotations

from typing import Final

from lmconform.client.polling import rest
from lmconform.contract import urls
from lmconform.probes.builders.artifacts import ARTIFACT, LABEL_PREFIX, artifact_body, create_artifact
from lmconform.probes.builders.configurations import CONFIGURATION
from lmconform.probes.builders.resource_type import batch
from lmconform.probes.comparison import instant
from lmconform.probes.context import Context, Json
from lmconform.probes.observing import answer, empty_form, id_form, time_form, without_ids
from lmconform.probes.reading import objects
from lmconform.probes.registry import observation
from lmconform.probes.shared import walks
from lmconform.probes.shared.other_group import other_group


@observation(
    "LM-OBS-LOCATION", operation="createArtifact", source="F55", text="Form of the Location of a new artifact."
)
def location(ctx: Context) -> str:
    created = create_artifact(ctx)
    value = created.exchange.header("Location")
    if value is None:
        return "absent"
    form = "absolute URL" if urls.parts(value).scheme else "absolute path" if value.startswith("/") else "relative"
    return f"{form} ending in {value.replace(created.id, '<id>').rstrip('/').rsplit('/', 1)[-1]}"


@observation(
    "LM-OBS-UNKNOWN-SCENARIO", operation="createArtifact", source="M1", text="An artifact of an unknown scenario."
)
def unknown_scenario(ctx: Context) -> str:
    return answer(ctx.send("createArtifact", json=artifact_body(ctx, scenarioId=ctx.absent_id())))


@observation("LM-OBS-MEDIA-TYPE", operation="createArtifact", source="F62", text="JSON that is sent as text/plain.")
def media_type(ctx: Context) -> str:
    return answer(ctx.send("createArtifact", json=artifact_body(ctx), media_type="text/plain"))


@observation(
    "LM-OBS-ISOLATION-STATUS",
    operation="getArtifact",
    source="F15",
    text="Answer for a thing of another resource group.",
)
def isolation_status(ctx: Context) -> str:
    other = other_group(ctx)
    created = batch(ctx, ARTIFACT).members[0]
    return answer(ctx.send("getArtifact", {"artifactId": created.id}, resource_group=other))


# The chance that so many are in a given order is one in thousands.
_ENOUGH_TO_ORDER: Final = 7


@observation("LM-OBS-LIST-ORDER", operation="listArtifacts", source="F3", text="The order of a list of artifacts.")
def list_order(ctx: Context) -> str:
    batch(ctx, ARTIFACT)

    def listed() -> list[Json]:
        return [i for i in ctx.items("listArtifacts", {"$search": ctx.mark()}) if instant(i.get("createdAt"))]

    def times() -> list[str]:
        return [str(instant(i.get("createdAt"))) for i in artifacts]

    artifacts = listed()
    for _ in range(_ENOUGH_TO_ORDER - len(artifacts)):
        create_artifact(ctx)
    artifacts = listed()
    if len(set(times())) < 2:
        # Times may be whole seconds: artifacts of one second have no order by time.
        rest(1.1)
        create_artifact(ctx)
        artifacts = listed()
    orders = {
        "by id": [str(i.get("id")) for i in artifacts],
        "oldest first": times(),
        "newest first": times()[::-1],
        "by name": [str(i.get("name")) for i in artifacts],
    }
    return next((label for label, order in orders.items() if order == sorted(order)), "none that we know")


@observation(
    "LM-OBS-PAGES-ORDER",
    operation="listArtifacts",
    source="F3, M16",
    text="Whether two walks over the pages of a list come in one order.",
)
def order_of_pages(ctx: Context) -> str:
    group = batch(ctx, ARTIFACT)
    query, total = walks.as_filter(group.query), len(group.members)
    first, second = (walks.walk(ctx, ARTIFACT.list, query, total, 2, number) for number in (1, 2))
    return "the same order in both" if first == second else "another order in the second"


@observation("LM-OBS-MESSAGES", operation="createArtifact", source="D13", text="Words of the answers to creations.")
def messages(ctx: Context) -> str:
    created = [batch(ctx, ARTIFACT).members[0], batch(ctx, CONFIGURATION).members[0]]
    return ", ".join(without_ids(m.exchange.json_object().get("message")) for m in created)


@observation("LM-OBS-IDS", operation="createArtifact", source="D12", text="Form of ids of artifacts, configurations.")
def ids(ctx: Context) -> str:
    return ", ".join(id_form(batch(ctx, resource).ids[0]) for resource in (ARTIFACT, CONFIGURATION))


@observation(
    "LM-OBS-TIMES", operation="getArtifact", source="D1", text="How the creation time of an artifact is written."
)
def times(ctx: Context) -> str:
    return time_form(ARTIFACT.fetch(ctx, batch(ctx, ARTIFACT).members[0]).get("createdAt"))


@observation("LM-OBS-LABELS-NONE", operation="getArtifact", source="D1", text="Labels of an artifact that has none.")
def labels_when_none(ctx: Context) -> str:
    return empty_form(ARTIFACT.fetch(ctx, batch(ctx, ARTIFACT).members[2]), ["labels"])


@observation("LM-OBS-ERROR-MEMBERS", operation="getArtifact", source="D2", effect="read", text="Members of an error.")
def error_members(ctx: Context) -> str:
    error = ctx.get("getArtifact", artifactId=ctx.absent_id()).json_object().get("error")
    if not isinstance(error, dict):
        return "no error object"
    kinds = {dict: "object", list: "list", str: "text", type(None): "null"}
    return ", ".join(f"{name}: {kinds.get(type(error[name]), 'other')}" for name in sorted(error))


@observation("LM-OBS-NAME-EMPTY", operation="createArtifact", source="F62", text="An artifact with an empty name.")
def empty_name(ctx: Context) -> str:
    return answer(ctx.send("createArtifact", json=artifact_body(ctx, name="")))


@observation(
    "LM-OBS-LABEL-TWICE",
    costly=True,
    operation="createArtifact",
    source="F62",
    text="A label key twice on one artifact.",
)
def label_twice(ctx: Context) -> str:
    labels = [{"key": f"{LABEL_PREFIX}color", "value": value} for value in ("red", "blue")]
    creation = ctx.send("createArtifact", json=artifact_body(ctx, labels=labels))
    if not creation.ok:
        return answer(creation)
    artifact = ctx.get_or_fail("getArtifact", artifactId=str(creation.json_object().get("id")))
    # The label of the run is there as well.
    kept = (str(e.get("value")) for e in objects(artifact, "labels") if e.get("key") == f"{LABEL_PREFIX}color")
    return f"kept: {' and '.join(sorted(kept))}"


@observation(
    "LM-OBS-CLOCK", operation="createArtifact", source="D1", text="Whether createdAt agrees with the target's clock."
)
def clock(ctx: Context) -> str:
    created_at = instant(ARTIFACT.fetch(ctx, create_artifact(ctx)).get("createdAt"))
    if created_at is None:
        return "createdAt is no time"
    away = abs((ctx.session.target.now() - created_at).total_seconds())
    return "within a minute" if away < 60 else "within an hour" if away < 3600 else "more than an hour away"


@observation(
    "LM-OBS-BAD-ID", operation="getArtifact", effect="read", source="F63", text="Answer to an id that is too short."
)
def malformed_id(ctx: Context) -> str:
    return answer(ctx.get("getArtifact", artifactId="abc"))
