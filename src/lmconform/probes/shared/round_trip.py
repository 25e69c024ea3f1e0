"""Probes of round trips: what is sent comes back in the answer to POST, in GET and in the list, letter by letter."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lmconform.contract import urls
from lmconform.contract.openapi import Contract
from lmconform.errors import Failure, Inconclusive, NotTestable
from lmconform.probes.builders.resource_type import ResourceType
from lmconform.probes.builders.texts import TOLERATED, Family, Schema
from lmconform.probes.comparison import GROWING, same
from lmconform.probes.context import Context, Created, Json
from lmconform.probes.fixtures import Fixture, fixture
from lmconform.probes.registry import probe

Fill = Callable[[Context, Family, str], Json]
# What a server may change in a text, as a function that makes the texts equal; None: nothing.
Tolerated = Callable[[str], str] | None
# How much of a long text a finding shows.
_SHOWN: Final = 50


@dataclass(slots=True)
class _Made:
    """One resource for each family, or why it could not be created; what a list and GET show of them, by id."""

    resource: ResourceType
    query: Json
    begun: float
    created: Mapping[Family, Created | NotTestable]
    listed: dict[str, Json] = field(default_factory=dict)
    fetched: dict[str, Json] = field(default_factory=dict)

    def fetch(self, ctx: Context, created: Created) -> Json:
        """The body of the first GET of one: two probes judge it."""
        if created.id not in self.fetched:
            self.fetched[created.id] = self.resource.fetch(ctx, created)
        return self.fetched[created.id]

    def look(self, ctx: Context) -> None:
        """Ask for the list again."""
        self.listed = {str(item.get("id")): item for item in ctx.items(self.resource.list, self.query)}


def install(resource: ResourceType, fill: Fill, families: Iterable[Family], *, may_refuse: bool = False) -> None:
    """Register a probe for each of the ``families``: ``fill`` returns members of a body, given the start of a name.

    A family in which a server may change something has a second one, whose id ends in -EXACT, for that.
    ``may_refuse``: no publication promises that such a body is accepted.
    """
    every = tuple(families)

    @fixture()
    def made(ctx: Context) -> _Made:
        return _make_all(ctx, resource, fill, every)

    for family in every:
        _texts(resource, made, family, may_refuse, TOLERATED.get(family))
        if family in TOLERATED:
            _texts(resource, made, family, may_refuse, None, "-EXACT")


def _make_all(ctx: Context, resource: ResourceType, fill: Fill, families: tuple[Family, ...]) -> _Made:
    begun, token = time.monotonic(), ctx.unique("text")
    created: dict[Family, Created | NotTestable] = {}
    for family in families:
        try:
            created[family] = resource.make(ctx, **fill(ctx, family, f"{token} {family}"))
        except NotTestable as refusal:
            created[family] = refusal
    sent = next((one.sent for one in created.values() if isinstance(one, Created)), {})
    query = {"$search": token} if resource.searchable else {"configurationId": sent.get("configurationId")}
    made = _Made(resource, query, begun, created)
    made.look(ctx)
    return made


def _texts(
    resource: ResourceType,
    fixed: Fixture[[], _Made],
    family: Family,
    may_refuse: bool,
    tolerated: Tolerated,
    suffix: str = "",
) -> None:
    @probe(f"LM-{resource.noun}-TEXT-{family}{suffix}")
    def texts_come_back_as_sent(ctx: Context) -> None:
        made = fixed(ctx)
        created = made.created[family]
        if isinstance(created, NotTestable):
            raise Inconclusive(str(created)) if may_refuse else NotTestable(str(created))
        _expect_echo(ctx, created.sent, created.exchange.json_object(), tolerated, what="the answer to POST")
        expect_as_sent(ctx, created.sent, made.fetch(ctx, created), tolerated, what="GET")

        def judge() -> None:
            if created.id not in made.listed:
                raise NotTestable(f"{resource.list} does not hold {created.id}")
            _expect_echo(ctx, created.sent, made.listed[created.id], tolerated, what="the list")

        def judge_again() -> None:
            made.look(ctx)
            judge()

        try:
            judge()
        except (Failure, NotTestable):
            ctx.retry_in_grace(made.begun, judge_again)


def _expect_echo(ctx: Context, sent: Json, view: Mapping[str, Any], tolerated: Tolerated, *, what: str) -> None:
    """``expect_as_sent`` for an answer that may leave members out."""
    expect_as_sent(ctx, {name: v for name, v in sent.items() if view.get(name) is not None}, view, tolerated, what=what)


def schema_of(ctx: Context, operation_id: str, *path: str) -> Schema:
    """The schema of a member of a request's body; ``path`` names the members, and ``*`` the entries of a list."""
    contract = ctx.session.contract
    body = contract.operation(operation_id).request_body
    node: Any = next(iter(body.content.values())) if body is not None else {}
    for name in path:
        node = contract.resolve(node)
        node = node["items"] if name == "*" else next(_members(contract, node, name))
    schema: Schema = contract.resolve(node)
    return schema


def _members(contract: Contract, node: Any, name: str) -> Iterator[Any]:
    """The schemas of a member; a dialect may have several bodies for one operation."""
    node = contract.resolve(node)
    if name in node.get("properties", {}):
        yield node["properties"][name]
    for part in (*node.get("allOf", ()), *node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from _members(contract, part, name)


def expect_as_sent(
    ctx: Context, sent: Mapping[str, Any], view: Mapping[str, Any], tolerated: Tolerated = None, *, what: str
) -> None:
    """Raise Failure unless ``view`` has the members of ``sent`` with equal values.

    A server may add one slash at the end of a url (M2). Texts that ``tolerated`` makes equal are equal.
    """
    if tolerated is not None:
        sent, view = _with_texts(tolerated, sent), _with_texts(tolerated, view)
    for place, wanted, actual in mismatches(sent, view):
        wanted_part, actual_part = _around(wanted, actual)
        ctx.fail(expected=f"{what}: {place} = {wanted_part}", actual=f"{place} = {actual_part}")


def _with_texts(change: Callable[[str], str], value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _with_texts(change, member) for name, member in value.items()}
    if isinstance(value, list):
        return [_with_texts(change, entry) for entry in value]
    return change(value) if isinstance(value, str) else value


def mismatches(sent: Mapping[str, Any], view: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Where ``view`` differs from ``sent``: the place, the value there as sent, the value as answered."""
    for name, wanted in sent.items():
        actual = view.get(name)
        if isinstance(actual, list) and isinstance(wanted, list) and wanted and isinstance(wanted[0], dict):
            for place, left, right in _of_entries(wanted, actual):
                yield f"{name}{place}", left, right
            if name not in GROWING and len(actual) != len(wanted):
                yield f"the number of {name}", len(wanted), len(actual)
        elif not _is_same(name, wanted, actual):
            yield name, wanted, actual


def _is_same(name: str, wanted: Any, actual: Any) -> bool:
    """Whether a value came back; numbers are compared as doubles, which is what JSON can exchange (RFC 8259)."""
    if name == "url" and urls.came_back(wanted, actual):
        return True
    if name == "value" and isinstance(wanted, int | float) and isinstance(actual, int | float):
        return float(wanted) == float(actual)
    return same(name, wanted, actual)


def _of_entries(wanted: list[Json], actual: list[Any]) -> Iterator[tuple[str, Any, Any]]:
    """The same for two lists of entries in any order (F38); entries that were not sent are passed over."""
    key = "key" if "key" in wanted[0] else "name"
    answered = {entry[key]: entry for entry in actual if isinstance(entry, dict) and isinstance(entry.get(key), str)}
    others = tuple(sorted(answered.keys() - {entry[key] for entry in wanted}))
    for number, entry in enumerate(wanted):
        if entry[key] not in answered:
            yield f"[{number}].{key}", entry[key], others
            continue
        for place, left, right in mismatches(entry, answered[entry[key]]):
            yield f"[{number}].{place}", left, right


def _around(wanted: Any, actual: Any) -> tuple[str, str]:
    """Both values in ASCII, since composed and decomposed letters look alike; of texts the part where they differ."""
    if isinstance(actual, tuple):
        return ascii(wanted)[:160], f"no entry with it, but with {ascii(list(actual))[:160]}"
    if not isinstance(wanted, str) or not isinstance(actual, str):
        return ascii(wanted)[:160], ascii(actual)[:160]
    least = min(len(wanted), len(actual))
    first = next((n for n in range(least) if wanted[n] != actual[n]), least)
    start = max(0, first - _SHOWN // 2)
    left, right = (f"{text[start : start + _SHOWN]!a}, {len(text)} characters" for text in (wanted, actual))
    return left, right
