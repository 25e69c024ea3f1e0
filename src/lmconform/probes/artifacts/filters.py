"""Probes of filters, label selectors and counts of artifacts."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from lmconform.probes.builders import executables
from lmconform.probes.builders.artifacts import ARTIFACT, BATCH_KINDS, LABEL_PREFIX, create_artifact
from lmconform.probes.builders.resource_type import batch, selected
from lmconform.probes.context import Context, Json
from lmconform.probes.registry import probe
from lmconform.probes.shared.counts import expect_counts_agree
from lmconform.safety.guard import RUN_LABEL


@probe("LM-ARTIFACT-FILTER-KIND")
def kind_filters(ctx: Context) -> None:
    group = batch(ctx, ARTIFACT)
    for created, kind in zip(group.members, BATCH_KINDS, strict=True):
        matches = selected(ctx, ARTIFACT, {"kind": kind})
        ctx.expect(
            matches == {created.id},
            expected=f"of the three of this run, the one of kind {kind}",
            actual=_which(ctx, matches),
        )
    matches = selected(ctx, ARTIFACT, {"kind": "other"})
    ctx.expect(
        not matches, expected="none of the three of this run: none is of kind other", actual=_which(ctx, matches)
    )


@probe("LM-ARTIFACT-FILTER-SCENARIO")
def scenario_filters(ctx: Context) -> None:
    group = batch(ctx, ARTIFACT)
    own = str(group.members[0].sent["scenarioId"])
    matches = selected(ctx, ARTIFACT, {"scenarioId": own})
    ctx.expect(
        matches == set(group.ids),
        expected=f"all three of this run, whose scenario is {own}",
        actual=_which(ctx, matches),
    )
    # An existing scenario: the answer for an unknown one is open (F12).
    other = executables.other_scenario_id(ctx, own)
    if other is not None:
        matches = selected(ctx, ARTIFACT, {"scenarioId": other})
        ctx.expect(
            not matches,
            expected=f"none of the three of this run, whose scenario is {own}",
            actual=_which(ctx, matches),
        )


@probe("LM-ARTIFACT-FILTER-NAME")
def name_filters(ctx: Context) -> None:
    group = batch(ctx, ARTIFACT)
    # Whether a part of a name matches is open (F8): only the first has this whole name, and none has the other.
    for name, wanted in ((str(group.members[0].sent["name"]), {group.ids[0]}), (ctx.unique("nothing"), set())):
        matches = selected(ctx, ARTIFACT, {"name": name})
        ctx.expect(matches == wanted, expected=f"for {name!r} {_which(ctx, wanted)}", actual=_which(ctx, matches))
        number = ctx.count("countArtifacts", {"$search": group.token, "name": name})
        ctx.expect(number == len(wanted), expected=f"$count = {len(wanted)} for {name!r}", actual=f"$count = {number}")


@probe("LM-ARTIFACT-FILTER-COMBINED")
def filters_combine_with_and(ctx: Context) -> None:
    group = batch(ctx, ARTIFACT)
    red = [f"{LABEL_PREFIX}color=red"]
    own = str(group.members[0].sent["scenarioId"])
    both = {"kind": "model", "scenarioId": own, "artifactLabelSelector": red}
    matches = selected(ctx, ARTIFACT, both)
    ctx.expect(
        matches == {group.ids[0]},
        expected=f"the one that all filters match, {_which(ctx, {group.ids[0]})}",
        actual=_which(ctx, matches),
    )
    matches = selected(ctx, ARTIFACT, {**both, "kind": "dataset"})
    ctx.expect(
        not matches,
        expected="none of the three of this run: the dataset has not color=red",
        actual=_which(ctx, matches),
    )
    # The second of three: a page that is cut before the filter lacks it in either order.
    for query in ({"kind": "dataset"}, {"artifactLabelSelector": [f"{LABEL_PREFIX}color=blue"]}):
        matches = selected(ctx, ARTIFACT, {**query, "$top": 1})
        wanted = {group.ids[1]}
        text = f"for {query} and $top=1: {_which(ctx, wanted)}"
        ctx.expect(matches == wanted, expected=text, actual=_which(ctx, matches))


@probe("LM-ARTIFACT-COUNT-FILTERED")
def count_is_filtered(ctx: Context) -> None:
    group = batch(ctx, ARTIFACT)
    own = str(group.members[0].sent["scenarioId"])
    filters: list[tuple[Json, int]] = [
        ({"kind": "model"}, 1),
        ({"name": group.members[0].sent["name"], "kind": "other"}, 0),
        ({"scenarioId": own}, 3),
        # The first expression and the second one each match another artifact.
        ({"artifactLabelSelector": [f"{LABEL_PREFIX}color=blue", f"{LABEL_PREFIX}size=big"]}, 0),
        ({"artifactLabelSelector": [f"{LABEL_PREFIX}color=big"]}, 0),
        ({"artifactLabelSelector": [f"{LABEL_PREFIX}color=red", f"{LABEL_PREFIX}size=big"], "kind": "model"}, 1),
    ]
    for query, wanted in filters:
        number = ctx.count("countArtifacts", {"$search": group.token, **query})
        ctx.expect(
            number == wanted,
            expected=f"$count = {wanted} of the three of this run for {query}",
            actual=f"$count = {number}",
        )


@probe("LM-ARTIFACT-COUNT-COMBINED")
def artifacts_are_counted_as_listed(ctx: Context) -> None:
    group = batch(ctx, ARTIFACT)
    first, second = (created.sent for created in group.members[:2])
    filters: list[Json] = [
        {"name": first["name"]},
        {"kind": second["kind"]},
        {"scenarioId": first["scenarioId"]},
        {"artifactLabelSelector": [f"{LABEL_PREFIX}size!=small"]},
        # Whether the beginning of a name matches is open (F8), and the same for the list and for the count.
        {"name": group.name(0)},
    ]
    expect_counts_agree(ctx, "listArtifacts", "countArtifacts", {"$search": group.token}, filters, closed=False)


@probe("LM-ARTIFACT-SEARCH-DESCRIPTION")
def search_finds_descriptions(ctx: Context) -> None:
    token = ctx.unique("description")
    created = create_artifact(ctx, description=f"before {token} after")
    text = f"[{created.id!r}], whose description holds {token!r}"
    ctx.expect_ids("listArtifacts", {"$search": token}, [created.id], text)
    number = ctx.count("countArtifacts", {"$search": token})
    ctx.expect(number == 1, expected=f"$count = 1 for {token!r}, which one description holds", actual=f"{number}")
    matches = ctx.ids("listArtifacts", {"$search": token.upper(), "searchCaseInsensitive": True})
    text = f"[{created.id!r}] for {token.upper()!r}, when the case does not count"
    ctx.expect(matches == [created.id], expected=text, actual=f"{matches}")


@probe("LM-ARTIFACT-LABEL-EQUALS")
def label_selects(ctx: Context) -> None:
    _expect_labelled(ctx, ["color=red"], {0})
    # Neither the beginning of a value nor the same number is the value.
    _expect_labelled(ctx, ["version=1"], set())
    # Key and value of one label count: the first artifact has both in different labels.
    _expect_labelled(ctx, ["color=big"], set())


@probe("LM-ARTIFACT-LABEL-NOT-EQUALS")
def label_with_another_value_selects(ctx: Context) -> None:
    _expect_labelled(ctx, ["color!=red"], {1})
    _expect_labelled(ctx, ["color!=big"], {0, 1})
    _expect_labelled(ctx, ["size!=small"], {0})
    _expect_labelled(ctx, ["shape!=round"], set())


@probe("LM-ARTIFACT-LABEL-AND")
def labels_combine_with_and(ctx: Context) -> None:
    _expect_labelled(ctx, ["color=red", "size=big"], {0})
    # Selectors of one key count all, also beside one of another key.
    _expect_labelled(ctx, ["color!=red", "color!=blue", "size=big"], set())


@probe("LM-ARTIFACT-LABEL-TEN")
def ten_selectors_are_accepted(ctx: Context) -> None:
    name, keys = ctx.unique("ten"), [f"{LABEL_PREFIX}key-{n}" for n in range(10)]
    created = create_artifact(ctx, name=name, labels=[{"key": key, "value": "yes"} for key in keys])
    for last, wanted in (("yes", [created.id]), ("no", [])):
        selectors = [*(f"{key}=yes" for key in keys[:-1]), f"{keys[-1]}={last}"]
        query = {"$search": name, "artifactLabelSelector": selectors}
        ctx.expect_ids("listArtifacts", query, wanted, f"{wanted} when the tenth is {last}")


@probe("LM-ARTIFACT-LABEL-COMMA")
def comma_in_a_label_is_escaped(ctx: Context) -> None:
    name, key = ctx.unique("comma"), f"{LABEL_PREFIX}list"
    created = create_artifact(ctx, name=name, labels=[{"key": key, "value": "a,b"}])
    query = {"$search": name, "artifactLabelSelector": [f"{key}=a{{comma}}b"]}
    ctx.expect_ids("listArtifacts", query, [created.id], f"[{created.id!r}], with the label a,b")


def _expect_labelled(ctx: Context, selector: list[str], wanted: set[int]) -> None:
    group = batch(ctx, ARTIFACT)
    matches = selected(ctx, ARTIFACT, {"artifactLabelSelector": [LABEL_PREFIX + s for s in selector]})
    names = {group.ids[i] for i in wanted}
    ctx.expect(matches == names, expected=f"for {selector}: {_which(ctx, names)}", actual=_which(ctx, matches))


def _which(ctx: Context, ids: set[str]) -> str:
    """The members of the batch with these ids, as a text with their kinds and labels."""
    names = [f"{m.id} ({', '.join(_traits(m.sent))})" for m in batch(ctx, ARTIFACT).members if m.id in ids]
    return " and ".join(names) or "none of the three of this run"


def _traits(sent: Json) -> list[str]:
    """Its kind, and the labels that tell it from the others."""
    labels = [f"{label['key']}={label['value']}" for label in sent.get("labels") or ()]
    return [str(sent["kind"]), *(label for label in labels if not label.startswith(RUN_LABEL))]
