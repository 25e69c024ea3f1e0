"""Probes that executions and deployments share: creation, statuses in order, views."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from lmconform.errors import Failure, NotApplicable, NotTestable
from lmconform.probes import enactment_pool
from lmconform.probes.context import Context, Json
from lmconform.probes.enactment import Enactment
from lmconform.probes.fixtures import fixture
from lmconform.probes.reading import entries
from lmconform.probes.registry import probe
from lmconform.probes.shared import unknown_ids
from lmconform.probes.shared.creation import BAD_REFERENCE, MALFORMED, expect_header_names_id, refuses

_ORDER: Final = {
    "COMPLETED": "UNKNOWN, PENDING, RUNNING, then one terminal status",
    "RUNNING": "UNKNOWN, PENDING, RUNNING, and no way back",
}
_MALFORMED_IDS: Final = (7, "a b c d", "abc", "a" * 65)
# The members that a list and GET must agree on.
_COMPARED: Final = (
    *("id", "configurationId", "configurationName", "scenarioId"),
    *("status", "targetStatus", "createdAt"),
)
_ALWAYS: Final = frozenset({"id", "status"})


def install(kind: Enactment) -> None:
    """Register the shared probes of creation, statuses and views."""
    unknown_ids.install(kind)
    _bodies(kind)
    _creation(kind)
    _origin(kind)
    _statuses(kind)
    _views(kind)


def _bodies(kind: Enactment) -> None:
    noun = f"LM-{kind.noun}"
    refuses(f"{noun}-BODY-REQUIRED", kind.create, lambda ctx: [{}, {"name": ctx.unique(kind.word)}])
    refuses(
        f"{noun}-BODY-TYPE",
        kind.create,
        lambda ctx: [{"configurationId": malformed} for malformed in _MALFORMED_IDS],
        allowed=BAD_REFERENCE,
    )
    refuses(f"{noun}-BODY-MALFORMED", kind.create, lambda ctx: [MALFORMED])


def _creation(kind: Enactment) -> None:
    @probe(f"LM-{kind.noun}-CREATE-HAS-STATUS")
    def creation_has_a_status(ctx: Context) -> None:
        status = enactment_pool.base(ctx, kind).created.exchange.json_object().get("status")
        ctx.expect(status in kind.life(ctx).statuses, expected="a status", actual=f"status: {status}")

    @probe(f"LM-{kind.noun}-CREATE-UNKNOWN")
    def creation_answers_unknown(ctx: Context) -> None:
        body = enactment_pool.base(ctx, kind).created.exchange.json_object()
        # The description has no targetStatus here; tenants send it (I3).
        wanted = {name: value for name, value in kind.answered if name == "status" or body.get(name) is not None}
        ctx.expect_same(wanted, body, what="the creation's answer")

    @probe(f"LM-{kind.noun}-CREATE-LOCATION")
    def location_names_the_id(ctx: Context) -> None:
        expect_header_names_id(ctx, enactment_pool.base(ctx, kind).created, "Location")

    @probe(f"LM-{kind.noun}-CREATE-TWICE")
    def two_requests_start_two(ctx: Context) -> None:
        first, second = enactment_pool.spare(ctx, kind), enactment_pool.fresh(ctx, kind)
        ctx.expect(first.id != second.id, expected="a second id", actual=f"{first.id} again")

    @probe(f"LM-{kind.noun}-FRESH-GET")
    def new_one_can_be_read(ctx: Context) -> None:
        pooled = enactment_pool.base(ctx, kind)
        ctx.expect_status(pooled.first, {200})
        wanted = {"id": pooled.id, "configurationId": pooled.configuration.id}
        ctx.expect_same(wanted, pooled.first.json_object(), what="the first GET")

    @probe(f"LM-{kind.noun}-FRESH-TARGET")
    def new_one_has_its_goal_as_target(ctx: Context) -> None:
        ctx.expect_if_present({"targetStatus": kind.goal}, first_body(ctx, kind), what="the first GET")


def _origin(kind: Enactment) -> None:
    @probe(f"LM-{kind.noun}-NAMES")
    def configuration_and_scenario_are_named(ctx: Context) -> None:
        sent = enactment_pool.base(ctx, kind).configuration.sent
        wanted = {"configurationName": sent["name"], "scenarioId": sent["scenarioId"]}
        ctx.expect_if_present(wanted, first_body(ctx, kind), what="the first GET")

    @probe(f"LM-{kind.noun}-EXECUTABLE", late=True)
    def executable_is_named(ctx: Context) -> None:
        pooled = enactment_pool.base(ctx, kind)
        views = [ctx.get_or_fail(kind.get, **pooled.path), *entries(list_of_base(ctx, kind))]
        # The member may be null in GET or in the list, and set in the other (D1, I7).
        named = [view for view in views if view.get("executableId") is not None]
        if not named:
            raise NotApplicable("executableId is optional, and missing")
        wanted = {"executableId": pooled.configuration.sent["executableId"]}
        for view in named:
            ctx.expect_same(wanted, view, what=f"the {kind.word}")


def _statuses(kind: Enactment) -> None:
    @probe(f"LM-{kind.noun}-TRANSITIONS", late=True)
    def statuses_never_go_back(ctx: Context) -> None:
        enactment_pool.at_rest(ctx, kind)
        # Several may be passed between two polls (C1, C2).
        onward = kind.life(ctx).onward
        for before, after in pairwise(enactment_pool.base(ctx, kind).statuses):
            ctx.expect(after in onward.get(before, ()), expected=_ORDER[kind.goal], actual=f"{before} → {after}")


def _views(kind: Enactment) -> None:
    @probe(f"LM-{kind.noun}-LISTED")
    def created_one_is_listed(ctx: Context) -> None:
        pooled = enactment_pool.base(ctx, kind)

        def judge() -> None:
            ids = ctx.ids(kind.list, {"configurationId": pooled.configuration.id})
            text = f"[{pooled.id}], the only one of its configuration"
            ctx.expect(ids == [pooled.id], expected=text, actual=f"{ids}")

        ctx.retry_in_grace(pooled.changed_at, judge)

    @probe(f"LM-{kind.noun}-LIST-EQUALS-GET", late=True)
    def list_and_get_agree(ctx: Context) -> None:
        def judge(body: Json) -> None:
            listed = listed_base(ctx, kind)
            # A list may leave out what need not be there, and what GET shows a moment earlier (I7).
            wanted = {n: body.get(n) for n in _COMPARED if n in _ALWAYS or None not in (body.get(n), listed.get(n))}
            ctx.expect_same(wanted, listed, what="the list as GET has it")

        enactment_pool.judge_at_rest(ctx, kind, judge)

    @probe(f"LM-{kind.noun}-SELECT-STATUS")
    def select_leaves_the_status(ctx: Context) -> None:
        pooled = enactment_pool.base(ctx, kind)
        views = of_base(ctx, kind, {"$select": "status"})
        others = [str(view.get("id")) for view in views if view.get("id") != pooled.id]
        text = f"with $select only {kind.word}s of the configuration, as without"
        ctx.expect(not others, expected=text, actual=f"{', '.join(others)} too")
        views.append(ctx.get_or_fail(kind.get, {"$select": "status"}, **pooled.path))
        for view in views:
            extra = sorted(set(view) - kind.selected)
            ctx.expect(not extra, expected=f"nothing but {', '.join(sorted(kind.selected))}", actual=f"{extra} too")
            status = view.get("status")
            ctx.expect(status in kind.life(ctx).statuses, expected="a status", actual=f"status: {status}")


def first_body(ctx: Context, kind: Enactment) -> Json:
    """The body of the first GET of the base; raises NotTestable."""
    exchange = enactment_pool.base(ctx, kind).first
    if exchange.status != 200:
        raise NotTestable(f"{ctx.label(exchange)} answered {exchange.brief}")
    return dict(exchange.json_object())


def of_base(ctx: Context, kind: Enactment, query: Json) -> list[Json]:
    """The entries that ``query`` selects among those with the configuration of the base."""
    own = enactment_pool.base(ctx, kind).configuration.id
    return ctx.items(kind.list, {"configurationId": own, **query})


@fixture(remember=(Failure,))
def list_of_base(ctx: Context, kind: Enactment) -> Json:
    """The list with the configuration of the base, as it was at some time; raises Failure."""
    return ctx.get_or_fail(kind.list, {"configurationId": enactment_pool.base(ctx, kind).configuration.id})


def listed_base(ctx: Context, kind: Enactment) -> Json:
    """The base as the list shows it; raises NotTestable."""
    base_id = enactment_pool.base(ctx, kind).id
    listed = [e for e in of_base(ctx, kind, {}) if e.get("id") == base_id]
    if not listed:
        raise NotTestable(f"{kind.list} does not hold the {kind.word}")
    return listed[0]
