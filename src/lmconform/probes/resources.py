"""Probes that artifacts, configurations and schedules share: views of one thing, search, counting, paging."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from lmconform.errors import NotTestable
from lmconform.probes.context import Context, Json, Made
from lmconform.probes.families import bad_id, unknown_id
from lmconform.probes.registry import probe

# A batch is as many as tell the order and pages apart; a page that nobody asks for is that of F3.
_BATCH, _DEFAULT_TOP = 3, 10_000
# What LIKE, regular expressions and globs take for any character, or for any number of them.
_JOKERS: Final = "_%.*"


def _by_name(ctx: Context, token: str) -> Json:
    return {"$search": token}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource that does not change by itself.

    ``noun`` is the part in ids of requirements; ``vary`` gives the fields in which the three
    members of a batch differ, and ``select`` the query that finds a batch by its token: where lists
    cannot be searched, fields that its members have and nothing else has.
    """

    noun: str
    list: str
    get: str
    count: str
    create: str
    parameter: str
    body: Callable[..., Json]
    vary: Callable[[Context, int], Json]
    select: Callable[[Context, str], Json] = _by_name

    @property
    def searchable(self) -> bool:
        """Whether its lists take $search."""
        return self.select is _by_name

    def make(self, ctx: Context, **overrides: Any) -> Made:
        """Create one."""
        return ctx.make(self.create, self.body(ctx, **overrides))

    def fetch(self, ctx: Context, made: Made, **query: Any) -> Json:
        """GET it."""
        return ctx.get_or_fail(self.get, query, **{self.parameter: made.id})


@dataclass(frozen=True, slots=True)
class Batch:
    """Three things whose names hold one ``token`` that nothing else in the tenant holds; ``query`` lists them."""

    token: str
    query: Json
    members: tuple[Made, ...]

    @property
    def ids(self) -> list[str]:
        """The members' ids in order of creation."""
        return [made.id for made in self.members]


def batch(ctx: Context, kind: Kind) -> Batch:
    """The session's batch of a kind: nothing changes it, so probes share it."""
    key = f"probes.batch.{kind.noun}"
    known: Batch | None = ctx.session.shared.get(key)
    if known is None or ctx.doubts(*known.ids):
        token = ctx.unique("batch")
        # Neither the order of names nor its reverse is the order of creation; capitals and two spaces are for echoes.
        query = kind.select(ctx, token)
        common = {} if kind.searchable else query
        members = (
            kind.make(ctx, name=f"{token}-{c}  As Sent", **kind.vary(ctx, i), **common) for i, c in enumerate("bca")
        )
        ctx.session.shared[key] = Batch(token, query, tuple(members))
    found: Batch = ctx.session.shared[key]
    return found


def selected(ctx: Context, kind: Kind, query: Json) -> set[str]:
    """The members of the batch that a list filtered by ``query`` (and by the batch) holds."""
    group = batch(ctx, kind)
    return set(ctx.ids(kind.list, {**group.query, **query})) & set(group.ids)


def install(kind: Kind) -> None:
    """Register the shared probes for ``kind``."""
    noun = f"LM-{kind.noun}"
    unknown_id(f"{noun}-UNKNOWN-404", kind.get, kind.parameter)
    bad_id(f"{noun}-BAD-ID", kind.get, kind.parameter)
    _views(noun, kind)
    if kind.searchable:
        # Whether two schedules may have one name is not published (J).
        _named(noun, kind)
        _search(noun, kind)
        _default_page(noun, kind)
    _paging(noun, kind)


def _views(noun: str, kind: Kind) -> None:
    @probe(f"{noun}-CREATE-LOCATION")
    def location_names_the_id(ctx: Context) -> None:
        made = kind.make(ctx)
        value = made.exchange.header("Location")
        ctx.expect(value is None or made.id in value, expected=f"a Location with {made.id}", actual=str(value))

    @probe(f"{noun}-LISTED")
    def created_is_listed(ctx: Context) -> None:
        group = batch(ctx, kind)
        found = ctx.ids(kind.list, group.query)
        missing = sorted(set(group.ids) - set(found))
        ctx.expect(not missing, expected="all that we created", actual=f"{missing} missing")
        ctx.expect(len(found) == len(set(found)), expected="each id once", actual=f"{found}")

    @probe(f"{noun}-LIST-EQUALS-GET")
    def list_and_get_agree(ctx: Context) -> None:
        group = batch(ctx, kind)
        listed = {str(item.get("id")): item for item in ctx.items(kind.list, group.query)}
        for made in group.members:
            if made.id not in listed:
                raise NotTestable(f"{kind.list} does not hold {made.id}")
            ctx.expect_list_agrees(kind.get, kind.fetch(ctx, made), listed[made.id])


def _named(noun: str, kind: Kind) -> None:
    @probe(f"{noun}-CREATE-TWICE")
    def same_body_twice_makes_two(ctx: Context) -> None:
        first = kind.make(ctx)
        second = ctx.send(kind.create, json=first.sent)
        ctx.expect_status(second, {200, 201, 202})
        ctx.expect(second.json_object().get("id") != first.id, expected="a second id", actual=f"{first.id} again")

    @probe(f"{noun}-EXPAND-SCENARIO")
    def expand_embeds_the_scenario(ctx: Context) -> None:
        group = batch(ctx, kind)
        wanted = group.members[0].sent["scenarioId"]
        views = [kind.fetch(ctx, group.members[0], **{"$expand": "scenario"})]
        views += ctx.items(kind.list, {"$search": group.token, "$expand": "scenario"})
        for view in views:
            scenario = view.get("scenario")
            found = scenario.get("id") if isinstance(scenario, dict) else scenario
            ctx.expect(found == wanted, expected=f"scenario.id = {wanted}", actual=f"scenario = {scenario}")

    @probe(f"{noun}-REFUSED-NOT-STORED")
    def refused_is_not_stored(ctx: Context) -> None:
        token = ctx.unique("refused")
        answer = ctx.send(kind.create, json=kind.body(ctx, name=token, scenarioId="?"))
        if answer.ok:
            raise NotTestable(f"{ctx.label(answer)} accepted a scenarioId that the pattern forbids")
        ctx.expect(not ctx.ids(kind.list, {"$search": token}), expected="nothing of that name", actual="it is listed")


def _search(noun: str, kind: Kind) -> None:
    @probe(f"{noun}-SEARCH-NAME")
    def search_finds_part_of_a_name(ctx: Context) -> None:
        group = batch(ctx, kind)
        middle = group.token[5:-2]
        others = kind.make(ctx)
        found = ctx.ids(kind.list, {"$search": middle})
        ctx.expect(set(group.ids) <= set(found), expected=f"all whose name holds {middle!r}", actual=f"{found}")
        ctx.expect(others.id not in found, expected=f"only what holds {middle!r}", actual=f"{others.sent['name']} too")

    @probe(f"{noun}-SEARCH-CASE")
    def search_minds_the_case(ctx: Context) -> None:
        group = batch(ctx, kind)
        found = set(ctx.ids(kind.list, {"$search": group.token.upper()})) & set(group.ids)
        ctx.expect(not found, expected=f"nothing for {group.token.upper()!r}", actual=f"{sorted(found)}")
        query = {"$search": group.token.upper(), "searchCaseInsensitive": False}
        found = set(ctx.ids(kind.list, query)) & set(group.ids)
        ctx.expect(not found, expected="nothing with searchCaseInsensitive=false", actual=f"{sorted(found)}")

    @probe(f"{noun}-SEARCH-CASE-INSENSITIVE")
    def search_can_ignore_the_case(ctx: Context) -> None:
        group = batch(ctx, kind)
        query = {"$search": group.token.upper(), "searchCaseInsensitive": True}
        found = set(ctx.ids(kind.list, query)) & set(group.ids)
        ctx.expect(found == set(group.ids), expected="all three", actual=f"{len(found)} of them")
        number = ctx.count(kind.count, query)
        ctx.expect(number == len(group.ids), expected="$count = 3", actual=f"$count = {number}")

    @probe(f"{noun}-SEARCH-LITERAL")
    def search_knows_no_wildcards(ctx: Context) -> None:
        group = batch(ctx, kind)
        for joker in _JOKERS:
            wanted = joker.join(group.token.rsplit("-", 1))
            answer = ctx.get(kind.list, {"$search": wanted})
            if answer.status != 200:
                raise NotTestable(f"{ctx.label(answer)} answered {answer.brief} for {wanted!r}")
            listed = answer.json_object().get("resources") or []
            found = [item for item in listed if item.get("id") in group.ids]
            ctx.expect(not found, expected=f"none of ours for {wanted!r}", actual=f"{len(found)} of them")

    @probe(f"{noun}-SEARCH-NOTHING", effect="read")
    def search_may_find_nothing(ctx: Context) -> None:
        body = ctx.get_or_fail(kind.list, {"$search": ctx.unique("nothing")})
        ctx.expect(body.get("resources") == [], expected="resources: []", actual=str(body.get("resources")))
        ctx.expect(body.get("count") == 0, expected="count: 0", actual=f"count: {body.get('count')}")

    @probe(f"{noun}-COUNT-NOTHING", effect="read")
    def nothing_counts_zero(ctx: Context) -> None:
        number = ctx.count(kind.count, {"$search": ctx.unique("nothing")})
        ctx.expect(number == 0, expected="0", actual=str(number))


def _default_page(noun: str, kind: Kind) -> None:
    @probe(f"{noun}-DEFAULT-PAGE", late=True)
    def list_is_not_cut_short(ctx: Context) -> None:
        batch(ctx, kind)
        begun, query = time.monotonic(), {"$search": ctx.mark()}
        # Nobody can remove them (F53): what other probes made is enough, and one more than the batch has.
        if ctx.count(kind.count, query) <= _BATCH:
            kind.make(ctx)

        def judge() -> None:
            before = ctx.count(kind.count, query)
            length = len(ctx.items(kind.list, query))
            after = ctx.count(kind.count, query)
            if before != after:
                raise NotTestable(f"$count answers {before}, then {after}")
            wanted = min(after, _DEFAULT_TOP)
            ctx.expect(length == wanted, expected=f"all {wanted} of this session", actual=f"{length} of them")

        ctx.retry_in_grace(begun, judge)


def _paging(noun: str, kind: Kind) -> None:
    @probe(f"{noun}-LIST-COUNT")
    def count_is_the_number_of_resources(ctx: Context) -> None:
        body = ctx.get_or_fail(kind.list, batch(ctx, kind).query)
        length = len(body.get("resources") or [])
        ctx.expect(body.get("count") == length, expected=f"count: {length}", actual=f"count: {body.get('count')}")

    @probe(f"{noun}-COUNT-MATCHES-LIST")
    def count_operation_agrees_with_the_list(ctx: Context) -> None:
        query = batch(ctx, kind).query
        # In an empty resource group a count of everything would be right by chance.
        kind.make(ctx)
        length, number = len(ctx.items(kind.list, query)), ctx.count(kind.count, query)
        ctx.expect(number == length, expected=f"$count = {length}, as the list has", actual=f"$count = {number}")

    @probe(f"{noun}-TOP")
    def top_bounds_the_page(ctx: Context) -> None:
        found = ctx.ids(kind.list, {**batch(ctx, kind).query, "$top": 2})
        ctx.expect(len(found) == 2, expected="2 of our 3", actual=f"{len(found)}")

    @probe(f"{noun}-SKIP")
    def skip_leaves_out(ctx: Context) -> None:
        query = batch(ctx, kind).query
        for number in (1, 3):
            found = ctx.ids(kind.list, {**query, "$skip": number})
            left = 3 - number
            ctx.expect(len(found) == left, expected=f"{left} after $skip={number} of 3", actual=f"{len(found)}")
        # No multiple of $top: pages that are counted instead of resources would begin anew.
        found = ctx.ids(kind.list, {**query, "$top": 3, "$skip": 1})
        ctx.expect(len(found) == 2, expected="2 after $skip=1 of 3, also with $top=3", actual=f"{len(found)}")

    @probe(f"{noun}-PAGES-COVER")
    def pages_hold_everything_once(ctx: Context) -> None:
        group = batch(ctx, kind)
        query = {**group.query, "$top": 1}
        found = [i for number in range(3) for i in ctx.ids(kind.list, {**query, "$skip": number})]
        ctx.expect(sorted(found) == sorted(group.ids), expected="each of the three on one page", actual=f"{found}")
