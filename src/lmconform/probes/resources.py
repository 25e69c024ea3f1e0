"""Probes that artifacts, configurations and schedules share: views of one thing, search, counting, paging."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from lmconform.errors import NotTestable
from lmconform.probes.families import bad_id, unknown_id
from lmconform.probes.lab import Json, Lab, Made
from lmconform.probes.registry import probe

# A batch is as many as tell the order and pages apart; a page that nobody asks for is that of F3.
_BATCH, _DEFAULT_TOP = 3, 10_000
# What LIKE, regular expressions and globs take for any character, or for any number of them.
_JOKERS: Final = "_%.*"


def _by_name(lab: Lab, token: str) -> Json:
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
    vary: Callable[[Lab, int], Json]
    select: Callable[[Lab, str], Json] = _by_name

    @property
    def searchable(self) -> bool:
        """Whether its lists take $search."""
        return self.select is _by_name

    def make(self, lab: Lab, **overrides: Any) -> Made:
        """Create one."""
        return lab.make(self.create, self.body(lab, **overrides))

    def fetch(self, lab: Lab, made: Made, **query: Any) -> Json:
        """GET it."""
        return lab.read(self.get, query, **{self.parameter: made.id})


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


def batch(lab: Lab, kind: Kind) -> Batch:
    """The session's batch of a kind: nothing changes it, so probes share it."""
    key = f"probes.batch.{kind.noun}"
    known: Batch | None = lab.session.shared.get(key)
    if known is None or lab.doubts(*known.ids):
        token = lab.unique("batch")
        # Neither the order of names nor its reverse is the order of creation; capitals and two spaces are for echoes.
        query = kind.select(lab, token)
        common = {} if kind.searchable else query
        members = (
            kind.make(lab, name=f"{token}-{c}  As Sent", **kind.vary(lab, i), **common) for i, c in enumerate("bca")
        )
        lab.session.shared[key] = Batch(token, query, tuple(members))
    found: Batch = lab.session.shared[key]
    return found


def selected(lab: Lab, kind: Kind, query: Json) -> set[str]:
    """The members of the batch that a list filtered by ``query`` (and by the batch) holds."""
    group = batch(lab, kind)
    return set(lab.ids(kind.list, {**group.query, **query})) & set(group.ids)


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
    def location_names_the_id(lab: Lab) -> None:
        made = kind.make(lab)
        value = made.exchange.header("Location")
        lab.expect(value is None or made.id in value, expected=f"a Location with {made.id}", actual=str(value))

    @probe(f"{noun}-LISTED")
    def created_is_listed(lab: Lab) -> None:
        group = batch(lab, kind)
        found = lab.ids(kind.list, group.query)
        missing = sorted(set(group.ids) - set(found))
        lab.expect(not missing, expected="all that we created", actual=f"{missing} missing")
        lab.expect(len(found) == len(set(found)), expected="each id once", actual=f"{found}")

    @probe(f"{noun}-LIST-EQUALS-GET")
    def list_and_get_agree(lab: Lab) -> None:
        group = batch(lab, kind)
        listed = {str(item.get("id")): item for item in lab.items(kind.list, group.query)}
        for made in group.members:
            if made.id not in listed:
                raise NotTestable(f"{kind.list} does not hold {made.id}")
            lab.expect_alike(kind.get, kind.fetch(lab, made), listed[made.id])


def _named(noun: str, kind: Kind) -> None:
    @probe(f"{noun}-CREATE-TWICE")
    def same_body_twice_makes_two(lab: Lab) -> None:
        first = kind.make(lab)
        second = lab.send(kind.create, json=first.sent)
        lab.expect_status(second, {200, 201, 202})
        lab.expect(second.json_object().get("id") != first.id, expected="a second id", actual=f"{first.id} again")

    @probe(f"{noun}-EXPAND-SCENARIO")
    def expand_embeds_the_scenario(lab: Lab) -> None:
        group = batch(lab, kind)
        wanted = group.members[0].sent["scenarioId"]
        views = [kind.fetch(lab, group.members[0], **{"$expand": "scenario"})]
        views += lab.items(kind.list, {"$search": group.token, "$expand": "scenario"})
        for view in views:
            scenario = view.get("scenario")
            found = scenario.get("id") if isinstance(scenario, dict) else scenario
            lab.expect(found == wanted, expected=f"scenario.id = {wanted}", actual=f"scenario = {scenario}")

    @probe(f"{noun}-REFUSED-NOT-STORED")
    def refused_is_not_stored(lab: Lab) -> None:
        token = lab.unique("refused")
        answer = lab.send(kind.create, json=kind.body(lab, name=token, scenarioId="?"))
        if answer.ok:
            raise NotTestable(f"{lab.label(answer)} accepted a scenarioId that the pattern forbids")
        lab.expect(not lab.ids(kind.list, {"$search": token}), expected="nothing of that name", actual="it is listed")


def _search(noun: str, kind: Kind) -> None:
    @probe(f"{noun}-SEARCH-NAME")
    def search_finds_part_of_a_name(lab: Lab) -> None:
        group = batch(lab, kind)
        middle = group.token[5:-2]
        others = kind.make(lab)
        found = lab.ids(kind.list, {"$search": middle})
        lab.expect(set(group.ids) <= set(found), expected=f"all whose name holds {middle!r}", actual=f"{found}")
        lab.expect(others.id not in found, expected=f"only what holds {middle!r}", actual=f"{others.sent['name']} too")

    @probe(f"{noun}-SEARCH-CASE")
    def search_minds_the_case(lab: Lab) -> None:
        group = batch(lab, kind)
        found = set(lab.ids(kind.list, {"$search": group.token.upper()})) & set(group.ids)
        lab.expect(not found, expected=f"nothing for {group.token.upper()!r}", actual=f"{sorted(found)}")
        query = {"$search": group.token.upper(), "searchCaseInsensitive": False}
        found = set(lab.ids(kind.list, query)) & set(group.ids)
        lab.expect(not found, expected="nothing with searchCaseInsensitive=false", actual=f"{sorted(found)}")

    @probe(f"{noun}-SEARCH-CASE-INSENSITIVE")
    def search_can_ignore_the_case(lab: Lab) -> None:
        group = batch(lab, kind)
        query = {"$search": group.token.upper(), "searchCaseInsensitive": True}
        found = set(lab.ids(kind.list, query)) & set(group.ids)
        lab.expect(found == set(group.ids), expected="all three", actual=f"{len(found)} of them")
        number = lab.count(kind.count, query)
        lab.expect(number == len(group.ids), expected="$count = 3", actual=f"$count = {number}")

    @probe(f"{noun}-SEARCH-LITERAL")
    def search_knows_no_wildcards(lab: Lab) -> None:
        group = batch(lab, kind)
        for joker in _JOKERS:
            wanted = joker.join(group.token.rsplit("-", 1))
            answer = lab.get(kind.list, {"$search": wanted})
            if answer.status != 200:
                raise NotTestable(f"{lab.label(answer)} answered {answer.brief} for {wanted!r}")
            listed = answer.json_object().get("resources") or []
            found = [item for item in listed if item.get("id") in group.ids]
            lab.expect(not found, expected=f"none of ours for {wanted!r}", actual=f"{len(found)} of them")

    @probe(f"{noun}-SEARCH-NOTHING", effect="read")
    def search_may_find_nothing(lab: Lab) -> None:
        body = lab.read(kind.list, {"$search": lab.unique("nothing")})
        lab.expect(body.get("resources") == [], expected="resources: []", actual=str(body.get("resources")))
        lab.expect(body.get("count") == 0, expected="count: 0", actual=f"count: {body.get('count')}")

    @probe(f"{noun}-COUNT-NOTHING", effect="read")
    def nothing_counts_zero(lab: Lab) -> None:
        number = lab.count(kind.count, {"$search": lab.unique("nothing")})
        lab.expect(number == 0, expected="0", actual=str(number))


def _default_page(noun: str, kind: Kind) -> None:
    @probe(f"{noun}-DEFAULT-PAGE", late=True)
    def list_is_not_cut_short(lab: Lab) -> None:
        batch(lab, kind)
        begun, query = time.monotonic(), {"$search": lab.mark()}
        # Nobody can remove them (F53): what other probes made is enough, and one more than the batch has.
        if lab.count(kind.count, query) <= _BATCH:
            kind.make(lab)

        def judge() -> None:
            before = lab.count(kind.count, query)
            length = len(lab.items(kind.list, query))
            after = lab.count(kind.count, query)
            if before != after:
                raise NotTestable(f"$count answers {before}, then {after}")
            wanted = min(after, _DEFAULT_TOP)
            lab.expect(length == wanted, expected=f"all {wanted} of this session", actual=f"{length} of them")

        lab.again(begun, judge)


def _paging(noun: str, kind: Kind) -> None:
    @probe(f"{noun}-LIST-COUNT")
    def count_is_the_number_of_resources(lab: Lab) -> None:
        body = lab.read(kind.list, batch(lab, kind).query)
        length = len(body.get("resources") or [])
        lab.expect(body.get("count") == length, expected=f"count: {length}", actual=f"count: {body.get('count')}")

    @probe(f"{noun}-COUNT-MATCHES-LIST")
    def count_operation_agrees_with_the_list(lab: Lab) -> None:
        query = batch(lab, kind).query
        # In an empty resource group a count of everything would be right by chance.
        kind.make(lab)
        length, number = len(lab.items(kind.list, query)), lab.count(kind.count, query)
        lab.expect(number == length, expected=f"$count = {length}, as the list has", actual=f"$count = {number}")

    @probe(f"{noun}-TOP")
    def top_bounds_the_page(lab: Lab) -> None:
        found = lab.ids(kind.list, {**batch(lab, kind).query, "$top": 2})
        lab.expect(len(found) == 2, expected="2 of our 3", actual=f"{len(found)}")

    @probe(f"{noun}-SKIP")
    def skip_leaves_out(lab: Lab) -> None:
        query = batch(lab, kind).query
        for number in (1, 3):
            found = lab.ids(kind.list, {**query, "$skip": number})
            left = 3 - number
            lab.expect(len(found) == left, expected=f"{left} after $skip={number} of 3", actual=f"{len(found)}")
        # No multiple of $top: pages that are counted instead of resources would begin anew.
        found = lab.ids(kind.list, {**query, "$top": 3, "$skip": 1})
        lab.expect(len(found) == 2, expected="2 after $skip=1 of 3, also with $top=3", actual=f"{len(found)}")

    @probe(f"{noun}-PAGES-COVER")
    def pages_hold_everything_once(lab: Lab) -> None:
        group = batch(lab, kind)
        query = {**group.query, "$top": 1}
        found = [i for number in range(3) for i in lab.ids(kind.list, {**query, "$skip": number})]
        lab.expect(sorted(found) == sorted(group.ids), expected="each of the three on one page", actual=f"{found}")
