"""Probes of artifacts: echo, filters, labels, limits."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from datetime import timedelta

from lmconform.errors import NotTestable
from lmconform.probes import executables
from lmconform.probes.comparison import instant
from lmconform.probes.context import Context, Json
from lmconform.probes.families import LOOKED_UP, MALFORMED, accepts, refuses, without_each
from lmconform.probes.registry import probe
from lmconform.probes.resources import Kind, batch, install, selected

_PREFIX = "ext.ai.sap.com/"
_KINDS = ("model", "dataset", "resultset")


def _vary(ctx: Context, index: int) -> Json:
    # The first has both labels, the second one of them with another value, the third none.
    labels = (
        [{"key": f"{_PREFIX}color", "value": "red"}, {"key": f"{_PREFIX}size", "value": "big"}],
        [{"key": f"{_PREFIX}color", "value": "blue"}],
        None,
    )[index]
    return {"kind": _KINDS[index], "labels": labels}


ARTIFACT = Kind(
    noun="ARTIFACT",
    list="listArtifacts",
    get="getArtifact",
    count="countArtifacts",
    create="createArtifact",
    parameter="artifactId",
    body=Context.artifact_body,
    vary=_vary,
)
install(ARTIFACT)


@probe("LM-ARTIFACT-CREATE-ECHO")
def creation_echoes_the_url(ctx: Context) -> None:
    made = ctx.artifact(url="ai://default/lmconform/data")
    ctx.expect_same({"url": made.sent["url"]}, made.exchange.json_object(), what="the url as sent")


@probe("LM-ARTIFACT-CONTENT-LOCATION")
def content_location_names_the_id(ctx: Context) -> None:
    made = ctx.artifact()
    value = made.exchange.header("Content-Location")
    ctx.expect(value is None or made.id in value, expected=f"a Content-Location with {made.id}", actual=str(value))


@probe("LM-ARTIFACT-GET-ECHO")
def get_returns_what_was_sent(ctx: Context) -> None:
    labels = [{"key": f"{_PREFIX}b", "value": "2 {comma} 3"}, {"key": f"{_PREFIX}a.b-c_d", "value": "x y"}]
    name = ctx.unique("Artifact  As Sent")
    made = ctx.artifact(name=name, kind="resultset", description='Größe "1",\n\t<b> 日本', labels=labels)
    ctx.expect_same({**made.sent, "id": made.id}, ARTIFACT.fetch(ctx, made), what="as sent")


@probe("LM-ARTIFACT-URL-VERBATIM")
def url_is_not_tidied_up(ctx: Context) -> None:
    for url in ("ai://default/data", "ai://default/data/", "ai://default/A//b%20c/./d"):
        made = ctx.artifact(url=url)
        ctx.expect_same({"url": url}, made.exchange.json_object(), what="the creation's answer")
        ctx.expect_same({"url": url}, ARTIFACT.fetch(ctx, made), what="GET")


@probe("LM-ARTIFACT-TIMES-ORDERED")
def modified_is_not_before_created(ctx: Context) -> None:
    body = ARTIFACT.fetch(ctx, batch(ctx, ARTIFACT).members[0])
    created, modified = instant(body.get("createdAt")), instant(body.get("modifiedAt"))
    if created is None or modified is None:
        raise NotTestable("createdAt or modifiedAt is no time")
    # One may be told in whole seconds and the other with fractions (D1).
    good = created - modified < timedelta(seconds=1)
    ctx.expect(good, expected="createdAt <= modifiedAt", actual=f"{created} > {modified}")


@probe("LM-ARTIFACT-FILTER-KIND")
def kind_filters(ctx: Context) -> None:
    group = batch(ctx, ARTIFACT)
    for made, kind in zip(group.members, _KINDS, strict=True):
        found = selected(ctx, ARTIFACT, {"kind": kind})
        ctx.expect(found == {made.id}, expected=f"of our three the one of kind {kind}", actual=_which(ctx, found))
    found = selected(ctx, ARTIFACT, {"kind": "other"})
    ctx.expect(not found, expected="none of our three is of kind other", actual=_which(ctx, found))


@probe("LM-ARTIFACT-FILTER-SCENARIO")
def scenario_filters(ctx: Context) -> None:
    group = batch(ctx, ARTIFACT)
    own = str(group.members[0].sent["scenarioId"])
    found = selected(ctx, ARTIFACT, {"scenarioId": own})
    ctx.expect(found == set(group.ids), expected=f"all three of scenario {own}", actual=_which(ctx, found))
    # A scenario that exists: what an unknown one answers is open (F12).
    other = next((str(s["id"]) for s in executables.scenarios(ctx) if s["id"] != own), None)
    if other is not None:
        found = selected(ctx, ARTIFACT, {"scenarioId": other})
        ctx.expect(not found, expected=f"none of ours for scenario {other}", actual=_which(ctx, found))


@probe("LM-ARTIFACT-FILTER-NAME")
def name_filters(ctx: Context) -> None:
    group = batch(ctx, ARTIFACT)
    # Whether a part of a name is enough is open (F8): only the first has this one, and none the other.
    for name, wanted in ((str(group.members[0].sent["name"]), {group.ids[0]}), (ctx.unique("nothing"), set())):
        found = selected(ctx, ARTIFACT, {"name": name})
        ctx.expect(found == wanted, expected=f"for {name!r} {_which(ctx, wanted)}", actual=_which(ctx, found))
        number = ctx.count("countArtifacts", {"$search": group.token, "name": name})
        ctx.expect(number == len(wanted), expected=f"$count = {len(wanted)} for {name!r}", actual=f"{number}")


@probe("LM-ARTIFACT-FILTER-COMBINED")
def filters_combine_with_and(ctx: Context) -> None:
    group = batch(ctx, ARTIFACT)
    red = [f"{_PREFIX}color=red"]
    own = str(group.members[0].sent["scenarioId"])
    both = {"kind": "model", "scenarioId": own, "artifactLabelSelector": red}
    found = selected(ctx, ARTIFACT, both)
    ctx.expect(found == {group.ids[0]}, expected="the one that all filters match", actual=_which(ctx, found))
    found = selected(ctx, ARTIFACT, {**both, "kind": "dataset"})
    ctx.expect(not found, expected="none: no dataset of ours is red", actual=_which(ctx, found))


@probe("LM-ARTIFACT-COUNT-FILTERED")
def count_knows_the_filters(ctx: Context) -> None:
    group = batch(ctx, ARTIFACT)
    own = str(group.members[0].sent["scenarioId"])
    filters: list[tuple[Json, int]] = [
        ({"kind": "model"}, 1),
        ({"kind": "other"}, 0),
        ({"scenarioId": own}, 3),
        ({"artifactLabelSelector": [f"{_PREFIX}color=blue"]}, 1),
        ({"artifactLabelSelector": [f"{_PREFIX}color=big"]}, 0),
        ({"artifactLabelSelector": [f"{_PREFIX}color=red", f"{_PREFIX}size=big"], "kind": "model"}, 1),
    ]
    for query, wanted in filters:
        number = ctx.count("countArtifacts", {"$search": group.token, **query})
        ctx.expect(number == wanted, expected=f"$count = {wanted} of our three for {query}", actual=f"{number}")


@probe("LM-ARTIFACT-SEARCH-DESCRIPTION")
def search_looks_into_descriptions(ctx: Context) -> None:
    word = ctx.unique("description")
    made = ctx.artifact(description=f"before {word} after")
    found = ctx.ids("listArtifacts", {"$search": word})
    ctx.expect(found == [made.id], expected=f"the one described with {word!r}", actual=f"{found}")


@probe("LM-ARTIFACT-LABEL-EQUALS")
def label_selects(ctx: Context) -> None:
    _labels(ctx, ["color=red"], {0})
    _labels(ctx, ["color=green"], set())
    # Key and value are those of one label: the first has both, and not together.
    _labels(ctx, ["color=big"], set())


@probe("LM-ARTIFACT-LABEL-NOT-EQUALS")
def label_differs_but_is_there(ctx: Context) -> None:
    _labels(ctx, ["color!=red"], {1})
    _labels(ctx, ["color!=big"], {0, 1})
    _labels(ctx, ["size!=small"], {0})
    _labels(ctx, ["shape!=round"], set())


@probe("LM-ARTIFACT-LABEL-AND")
def labels_combine_with_and(ctx: Context) -> None:
    _labels(ctx, ["color=red", "size=big"], {0})
    _labels(ctx, ["color=blue", "size=big"], set())


@probe("LM-ARTIFACT-LABEL-TEN")
def ten_selectors_are_taken(ctx: Context) -> None:
    name, keys = ctx.unique("ten"), [f"{_PREFIX}key-{n}" for n in range(10)]
    made = ctx.artifact(name=name, labels=[{"key": key, "value": "yes"} for key in keys])
    for last, wanted in (("yes", [made.id]), ("no", [])):
        selectors = [*(f"{key}=yes" for key in keys[:-1]), f"{keys[-1]}={last}"]
        found = ctx.ids("listArtifacts", {"$search": name, "artifactLabelSelector": selectors})
        ctx.expect(found == wanted, expected=f"{wanted} when the tenth is {last}", actual=f"{found}")


@probe("LM-ARTIFACT-LABEL-COMMA")
def comma_in_a_label_is_escaped(ctx: Context) -> None:
    name, key = ctx.unique("comma"), f"{_PREFIX}list"
    made = ctx.artifact(name=name, labels=[{"key": key, "value": "a,b"}])
    found = ctx.ids("listArtifacts", {"$search": name, "artifactLabelSelector": [f"{key}=a{{comma}}b"]})
    ctx.expect(found == [made.id], expected="the one labelled a,b", actual=f"{found}")


def _labels(ctx: Context, selector: list[str], wanted: set[int]) -> None:
    group = batch(ctx, ARTIFACT)
    found = selected(ctx, ARTIFACT, {"artifactLabelSelector": [_PREFIX + s for s in selector]})
    names = {group.ids[i] for i in wanted}
    ctx.expect(found == names, expected=f"for {selector}: {_which(ctx, names)}", actual=_which(ctx, found))


def _which(ctx: Context, ids: set[str]) -> str:
    """The members of the batch, as people can tell them apart."""
    group = batch(ctx, ARTIFACT)
    names = [f"{m.sent['kind']} {m.sent.get('labels') or 'without labels'}" for m in group.members if m.id in ids]
    return "; ".join(names) or "none of ours"


# One byte of a url's length is worth as much as any other: the path is filled up.
_URL = "ai://default/"

refuses(
    "LM-ARTIFACT-BODY-REQUIRED",
    "createArtifact",
    lambda ctx: without_each(ctx.artifact_body(), ("name", "kind", "url", "scenarioId")),
)
refuses(
    "LM-ARTIFACT-BODY-TYPE",
    "createArtifact",
    lambda ctx: [
        ctx.artifact_body(name=7),
        ctx.artifact_body(labels="red"),
        ctx.artifact_body(url=["ai://a/b"]),
    ],
)
refuses("LM-ARTIFACT-BODY-MALFORMED", "createArtifact", lambda ctx: [MALFORMED])
refuses("LM-ARTIFACT-BODY-KIND", "createArtifact", lambda ctx: [ctx.artifact_body(kind="elephant")])
refuses("LM-ARTIFACT-BODY-URL", "createArtifact", lambda ctx: [ctx.artifact_body(url="default/data")])
refuses(
    "LM-ARTIFACT-BODY-SCENARIO-ID",
    "createArtifact",
    lambda ctx: [ctx.artifact_body(scenarioId=i) for i in ("a b c d", "abc", "a" * 65)],
    allowed=LOOKED_UP,
)
refuses(
    "LM-ARTIFACT-BODY-LABEL",
    "createArtifact",
    lambda ctx: [
        ctx.artifact_body(labels=[label])
        for label in ({"key": "color", "value": "red"}, {"key": f"{_PREFIX}color"}, {"value": "red"})
    ],
)
refuses(
    "LM-ARTIFACT-BODY-TOO-LONG",
    "createArtifact",
    lambda ctx: [
        ctx.artifact_body(name=ctx.unique("long").ljust(257, "x")),
        ctx.artifact_body(url=_URL.ljust(1025, "x")),
        ctx.artifact_body(description="x" * 5001),
        ctx.artifact_body(labels=[{"key": f"{_PREFIX}color", "value": "x" * 5001}]),
        ctx.artifact_body(labels=[{"key": _PREFIX.ljust(257, "x"), "value": "red"}]),
    ],
)
accepts(
    "LM-ARTIFACT-BODY-AT-LIMIT",
    "createArtifact",
    lambda ctx: [
        ctx.artifact_body(
            name=ctx.unique("long").ljust(256 - less, "x"),
            url=_URL.ljust(1024 - less, "x"),
            description="x" * (5000 - less),
            labels=[{"key": _PREFIX.ljust(256 - less, "x"), "value": "x" * (5000 - less)}],
        )
        for less in (1, 0)
    ],
    success=201,
)
accepts(
    "LM-ARTIFACT-URL-SCHEMES",
    "createArtifact",
    lambda ctx: [ctx.artifact_body(url=u) for u in ("ai://default/a", "gs://bucket/a", "https://example.com/a.csv")],
    success=201,
)
