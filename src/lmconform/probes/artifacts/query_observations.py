"""Observations of lists of artifacts: limits of queries, filters, counts."""
# ruff: noqa: D103 - the decorator holds the sentence of each observation

from __future__ import annotations

from typing import Any

from lmconform.probes.builders.artifacts import ARTIFACT, LABEL_PREFIX
from lmconform.probes.builders.resource_type import batch
from lmconform.probes.context import Context, Json
from lmconform.probes.observing import answer, listed
from lmconform.probes.reading import objects
from lmconform.probes.registry import observation
from lmconform.probes.shared.paging import GREATEST_TOP


@observation(
    "LM-OBS-FILTER-UNKNOWN-SCENARIO",
    operation="listArtifacts",
    effect="read",
    source="F12",
    text="A list filtered by a scenario that does not exist.",
)
def filter_unknown_scenario(ctx: Context) -> str:
    return listed(ctx.get("listArtifacts", {"scenarioId": ctx.absent_id()}))


def _limit(name: str, query: dict[str, Any], text: str, source: str = "F3") -> None:
    @observation(name, operation="listArtifacts", effect="read", source=source, text=text)
    def limit_answer(ctx: Context) -> str:
        # The search matches nothing: the answer is short, and the same in any tenant.
        return answer(ctx.get("listArtifacts", {"$search": ctx.unique("nothing"), "$top": 1, **query}))


_limit("LM-OBS-TOP-ZERO", {"$top": 0}, "Answer to $top=0.")
_limit("LM-OBS-TOP-NEGATIVE", {"$top": -1}, "Answer to $top=-1.")
_limit("LM-OBS-TOP-TOO-LARGE", {"$top": GREATEST_TOP + 1}, "Answer to a $top above the maximum.")
_limit("LM-OBS-TOP-TEXT", {"$top": "ten"}, "Answer to a $top that is no number.")
_limit("LM-OBS-SKIP-NEGATIVE", {"$skip": -1}, "Answer to $skip=-1.")
_limit("LM-OBS-KIND-UNKNOWN", {"kind": "lmconform"}, "Answer to a kind that the description does not have.")
_limit("LM-OBS-BOOLEAN-CAPITAL", {"searchCaseInsensitive": "True"}, "Answer to a boolean as Python writes it.", "F5")
_limit("LM-OBS-SEARCH-EMPTY", {"$search": ""}, "Answer to an empty search.")


def _query(name: str, query: Json, text: str, source: str) -> None:
    @observation(name, operation="listArtifacts", effect="read", source=source, text=text)
    def query_answer(ctx: Context) -> str:
        return listed(ctx.get("listArtifacts", {"$search": ctx.unique("nothing"), "$top": 1, **query}))


_query("LM-OBS-SEARCH-TOO-LONG", {"$search": "lmconform" * 9}, "A search of 81 characters.", "F3")
_query(
    "LM-OBS-SEARCH-TILDE", {"$search": "lmconform~absent"}, "A search with a tilde, which its pattern forbids.", "F3"
)
_query(
    "LM-OBS-LABELS-TOO-MANY",
    {"artifactLabelSelector": [f"{LABEL_PREFIX}lmconform-{n}=1" for n in range(11)]},
    "Eleven label selectors.",
    "F9",
)
_query("LM-OBS-LABEL-FOREIGN", {"artifactLabelSelector": ["color=red"]}, "A selector of a foreign key.", "F9")
_query("LM-OBS-EXPAND-UNKNOWN", {"$expand": "lmconform"}, "An $expand that there is not.", "F3")


@observation("LM-OBS-COUNT-FORM", operation="countArtifacts", source="A1", effect="read", text="Media type of a count.")
def count_form(ctx: Context) -> str:
    exchange = ctx.get("countArtifacts", {"$search": ctx.unique("nothing")})
    return str(exchange.media_type) if exchange.ok else answer(exchange)


@observation(
    "LM-OBS-NAME-FILTER",
    operation="listArtifacts",
    source="F8",
    costly=True,
    text="What the name filter compares.",
)
def name_filter(ctx: Context) -> str:
    group = batch(ctx, ARTIFACT)
    name = str(group.members[0].sent["name"])

    def matches(text: str) -> bool:
        return group.ids[0] in ctx.ids("listArtifacts", {"$search": group.token, "name": text})

    if not matches(name):
        return "finds nothing"
    if matches(ctx.unique("nothing")):
        return "is ignored"
    parts = "a part of the name" if matches(name[:-2]) else "the whole name"
    return f"{parts}, {'in any case' if matches(name.upper()) else 'in the same case'}"


@observation("LM-OBS-COUNT-UNDER-TOP", operation="listArtifacts", source="F1", text="What count means under $top.")
def count_under_top(ctx: Context) -> str:
    body = ctx.get_or_fail("listArtifacts", {"$search": batch(ctx, ARTIFACT).token, "$top": 1})
    return {"1": "the page", "3": "all that match"}.get(str(body.get("count")), "neither page nor total")


@observation(
    "LM-OBS-TOP-WITHOUT-DOLLAR", operation="listArtifacts", source="F4", text="Whether top without $ is heard."
)
def top_without_dollar(ctx: Context) -> str:
    exchange = ctx.get("listArtifacts", {"$search": batch(ctx, ARTIFACT).token, "top": 1})
    if not exchange.ok:
        return answer(exchange)
    return "heard" if len(objects(exchange.json_object())) == 1 else "ignored"
