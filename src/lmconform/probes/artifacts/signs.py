"""Probes and observations of filters and searches of artifacts whose texts have signs and letters of all kinds."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from lmconform.client.client import percent
from lmconform.errors import Failure
from lmconform.probes.builders.artifacts import ARTIFACT, LABEL_PREFIX, create_artifact
from lmconform.probes.builders.resource_type import batch
from lmconform.probes.context import Context
from lmconform.probes.fixtures import fixture
from lmconform.probes.reading import entries
from lmconform.probes.registry import observation, probe
from lmconform.probes.shared import search_signs

search_signs.install(ARTIFACT)

# Values that the pattern of a selector allows: no space, comma or equals sign; {comma} stands for a comma (F9).
_VALUES: Final = (
    *("a+b", "50%25", "c&d", "<e>", "\"f\"'g'", "h;i#j?", "k,l", r"m\n|o", "Gr\u00f6\u00dfe", "\u65e5\u672c\U0001f680"),
)
# Values of labels, and for each a value that LIKE or a glob would take for equal.
_PATTERNS: Final[Mapping[str, str]] = {"k_x": "kZx", "y%z": "yZZz", "v.w": "vZw", "s*t": "sZZt"}


@probe("LM-ARTIFACT-LABEL-SIGNS")
def labels_select_whatever_signs_they_have(ctx: Context) -> None:
    token = ctx.unique("label-signs")
    labels = {f"{LABEL_PREFIX}key-{number}": value for number, value in enumerate(_VALUES)}
    own = _labelled(ctx, token, labels)
    selectors = [f"{key}={value.replace(',', '{comma}')}" for key, value in labels.items()]
    with suppress(Failure):
        query = {"$search": token, "artifactLabelSelector": selectors}
        ctx.expect_ids("listArtifacts", query, [own], "the artifact for all selectors at once")
        return
    for selector in selectors:
        matches = _select(ctx, token, [selector])
        ctx.expect(matches == [own], expected=f"the artifact for {selector!r}", actual=f"{matches}")
    ctx.fail(expected="the artifact for all selectors at once", actual="none, and one for each of them")


@probe("LM-ARTIFACT-LABEL-NO-PATTERN")
def label_values_are_no_patterns(ctx: Context) -> None:
    token = ctx.unique("label-pattern")
    labels = {f"{LABEL_PREFIX}key-{number}": value for number, value in enumerate(_PATTERNS)}
    _labelled(ctx, token, labels)
    # Each of them differs in one label from what is selected.
    others = {value: _labelled(ctx, token, {**labels, key: _PATTERNS[value]}) for key, value in labels.items()}
    matches = _select(ctx, token, [f"{key}={value}" for key, value in labels.items()])
    for value, other in others.items():
        ctx.expect(other not in matches, expected=f"no match for {value!r}", actual=f"a label {_PATTERNS[value]!r}")


@probe("LM-ARTIFACT-LABEL-ENCODED")
def commas_between_selectors_may_be_encoded(ctx: Context) -> None:
    group = batch(ctx, ARTIFACT)
    selectors = [percent(f"{LABEL_PREFIX}{label}") for label in ("color=red", "size=big")]
    for comma in ("%2C", ","):
        query = f"$search={percent(group.token)}&artifactLabelSelector={comma.join(selectors)}"
        answer = ctx.get_raw("listArtifacts", query)
        ctx.expect_status(answer, {200})
        ids = [item.get("id") for item in entries(answer.json_object())]
        ctx.expect(ids == group.ids[:1], expected=f"the one with both labels, joined by {comma}", actual=f"{ids}")


@probe("LM-ARTIFACT-FILTER-NAME-SIGNS")
def name_filters_whatever_signs_it_has(ctx: Context) -> None:
    token = ctx.unique("name-signs")
    name = f"{token} A+b&c=d #e;f,g \"h\" 'i' <j> %2B {{k}}/:@!^$ [l](m)*n?o.p_q|r\\s"
    own = create_artifact(ctx, name=name).id
    ctx.expect_ids("listArtifacts", {"name": name}, [own], f"the artifact named {name!r}")
    number = ctx.count("countArtifacts", {"name": name})
    ctx.expect(number == 1, expected="$count = 1", actual=f"$count = {number}")


@probe("LM-ARTIFACT-SEARCH-UNICODE")
def search_finds_letters_beyond_ascii(ctx: Context) -> None:
    # No decomposed letters: a server may hold texts in composed ones.
    words = "Gr\u00f6\u00dfe \u65e5\u672c\u8a9e \u05e9\u05dc \U0001f680 \U0001d4b3"
    text = f"{ctx.unique('unicode')} {words}"
    own = create_artifact(ctx, description=f"before {text} after").id
    ctx.expect_ids("listArtifacts", {"$search": text}, [own], f"the one described with {text!a}")


def _labelled(ctx: Context, token: str, labels: Mapping[str, str]) -> str:
    """The id of a new artifact with these labels, whose name holds the token."""
    entries = [{"key": key, "value": value} for key, value in labels.items()]
    return create_artifact(ctx, name=ctx.unique(token), labels=entries).id


def _select(ctx: Context, token: str, selectors: list[str]) -> list[str]:
    return ctx.ids("listArtifacts", {"$search": token, "artifactLabelSelector": selectors})


_LETTER: Final = "\u00c4"


@fixture()
def _capital(ctx: Context) -> tuple[str, str]:
    """An artifact that observations look for: the text in its description, and its id. Its label is in capitals."""
    token = ctx.unique("capital")
    labels = [{"key": f"{LABEL_PREFIX}color", "value": "RED"}]
    return token, create_artifact(ctx, description=f"{token} {_LETTER}rger", labels=labels).id


def _is_found(ctx: Context, end: str, **query: object) -> bool:
    """Whether a search for the text and ``end`` finds the artifact of ``_capital``."""
    token, own = _capital(ctx)
    return own in ctx.ids("listArtifacts", {"$search": f"{token}{end}", **query})


@observation(
    "LM-OBS-LABEL-CASE", costly=True, operation="listArtifacts", source="F9", text="A label selector in another case."
)
def label_case(ctx: Context) -> str:
    is_found = _is_found(ctx, "", artifactLabelSelector=[f"{LABEL_PREFIX}color=red"])
    return "selects" if is_found else "does not select"


@observation(
    "LM-OBS-SEARCH-LETTERS",
    costly=True,
    operation="listArtifacts",
    source="F7",
    text="A search for a letter beyond ASCII in another form, and in another case.",
)
def search_letters(ctx: Context) -> str:
    words = ("not found", "found")
    decomposed = _is_found(ctx, " A\u0308rger")
    lower = _is_found(ctx, " \u00e4rger", searchCaseInsensitive=True)
    return f"decomposed {words[decomposed]}, lower case {words[lower]}"


@observation(
    "LM-OBS-SEARCH-PLUS", operation="listArtifacts", source="F65", text="A search whose space is sent as a plus sign."
)
def search_plus(ctx: Context) -> str:
    token, own = _capital(ctx)
    answer = ctx.get_raw("listArtifacts", f"$search={token}+{percent(_LETTER)}rger")
    ids = [item.get("id") for item in entries(answer.json_object())]
    return "is a space" if own in ids else "is no space" if answer.ok else f"{answer.status}"
