"""Probes of $search: parts of names, upper and lower case, no wildcards, no match."""

from __future__ import annotations

from typing import Final

from lmconform.errors import NotTestable
from lmconform.probes.builders.resource_type import ResourceType, batch
from lmconform.probes.context import Context, Json
from lmconform.probes.reading import entries
from lmconform.probes.registry import probe

# What LIKE, regular expressions and globs take for any character, or for any number of them.
_WILDCARDS: Final = "_%.*"
_SEARCHED: Final = ("name", "description")
# How long a text is that is searched for to find nothing of ours; at most 80 are allowed.
_LEAST, _MOST = 4, 40


def install(resource: ResourceType) -> None:
    """Register the probes of $search."""
    _matches(resource)
    _case(resource)
    _nothing(resource)


def _matches(resource: ResourceType) -> None:
    @probe(f"LM-{resource.noun}-SEARCH-NAME")
    def search_finds_part_of_a_name(ctx: Context) -> None:
        group = batch(ctx, resource)
        middle = group.token[5:-2]
        other = resource.make(ctx)
        ids = ctx.ids(resource.list, {"$search": middle})
        ctx.expect(set(group.ids) <= set(ids), expected=f"{group.ids}, whose names hold {middle!r}", actual=f"{ids}")
        ctx.expect(other.id not in ids, expected=f"only names with {middle!r}", actual=f"{other.sent['name']} too")
        text = _text_of_no_name(group.members[0].sent)
        found = sorted(set(ctx.ids(resource.list, {"$search": text})) & set(group.ids)) if text else []
        expected = f"none of this run for {text!r}: the text is neither in their names nor in their descriptions"
        ctx.expect(not found, expected=expected, actual=f"{found}")

    @probe(f"LM-{resource.noun}-SEARCH-LITERAL")
    def search_has_no_wildcards(ctx: Context) -> None:
        group = batch(ctx, resource)
        for wildcard in _WILDCARDS:
            text = wildcard.join(group.token.rsplit("-", 1))
            answer = ctx.get(resource.list, {"$search": text})
            if answer.status != 200:
                raise NotTestable(f"{ctx.label(answer)} answered {answer.brief} for {text!r}")
            listed = entries(answer.json_object())
            matches = [item for item in listed if item.get("id") in group.ids]
            ctx.expect(
                not matches, expected=f"no match for {text!r}", actual=f"{len(matches)} of the three of this run"
            )


def _text_of_no_name(sent: Json) -> str:
    """A text of the members that are not searched (F7): what most of them have in common; empty without any."""
    searched = " ".join(str(sent.get(name, "")) for name in _SEARCHED)
    others = [value for name, value in sent.items() if name not in _SEARCHED and isinstance(value, str)]
    parts = {v[i : i + n] for v in others for n in range(_LEAST, _MOST + 1) for i in range(len(v) - n + 1)}
    fit = [part for part in parts if part not in searched and "~" not in part]
    return max(fit, key=lambda part: (sum(part in value for value in others), len(part), part), default="")


def _case(resource: ResourceType) -> None:
    @probe(f"LM-{resource.noun}-SEARCH-CASE")
    def search_is_case_sensitive(ctx: Context) -> None:
        group = batch(ctx, resource)
        upper = group.token.upper()
        matches = set(ctx.ids(resource.list, {"$search": upper})) & set(group.ids)
        ctx.expect(not matches, expected=f"no match for {upper!r}", actual=f"{sorted(matches)}")
        query = {"$search": upper, "searchCaseInsensitive": False}
        matches = set(ctx.ids(resource.list, query)) & set(group.ids)
        ctx.expect(
            not matches,
            expected=f"no match for {upper!r} with searchCaseInsensitive=false",
            actual=f"{sorted(matches)}",
        )

    @probe(f"LM-{resource.noun}-SEARCH-CASE-INSENSITIVE")
    def search_can_ignore_the_case(ctx: Context) -> None:
        group = batch(ctx, resource)
        # In the name as well as in the text some letters are capitals.
        name = str(group.members[0].sent["name"])
        query = {"$search": name.swapcase(), "searchCaseInsensitive": True}
        matches = set(ctx.ids(resource.list, query)) & set(group.ids)
        text = f"[{group.ids[0]!r}], whose name is {name!r}, for {name.swapcase()!r}"
        ctx.expect(matches == {group.ids[0]}, expected=text, actual=f"{sorted(matches)}")
        query["$search"] = group.token.upper()
        number = ctx.count(resource.count, query)
        ctx.expect(number == len(group.ids), expected=f"$count = {len(group.ids)}", actual=f"$count = {number}")


def _nothing(resource: ResourceType) -> None:
    @probe(f"LM-{resource.noun}-SEARCH-NOTHING")
    def search_without_a_match_is_an_empty_list(ctx: Context) -> None:
        body = ctx.get_or_fail(resource.list, {"$search": ctx.unique("nothing")})
        ctx.expect(body.get("resources") == [], expected="resources: []", actual=str(body.get("resources")))
        ctx.expect(body.get("count") == 0, expected="count: 0", actual=f"count: {body.get('count')}")

    @probe(f"LM-{resource.noun}-COUNT-NOTHING")
    def search_without_a_match_counts_zero(ctx: Context) -> None:
        number = ctx.count(resource.count, {"$search": ctx.unique("nothing")})
        ctx.expect(number == 0, expected="$count = 0", actual=f"$count = {number}")
