"""Probes that executions and deployments share: creation, views, filters, statuses in order."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from lmconform.errors import NotApplicable, NotTestable
from lmconform.probes import enactment_pool, executables
from lmconform.probes.comparison import instant
from lmconform.probes.context import Context, Json
from lmconform.probes.enactment import Enactment
from lmconform.probes.families import LOOKED_UP, MALFORMED, bad_id, refuses, unknown_id
from lmconform.probes.registry import probe

# How far each status is from the start; several may be passed between two polls (C1, C2).
RANK = {"UNKNOWN": 0, "PENDING": 1, "RUNNING": 2, "STOPPING": 3, "COMPLETED": 4, "DEAD": 4, "STOPPED": 4}


def install(kind: Enactment) -> None:
    """Register the shared probes for ``kind``."""
    noun = f"LM-{kind.noun}"
    unknown_id(f"{noun}-UNKNOWN-404", kind.get, kind.parameter)
    bad_id(f"{noun}-BAD-ID", kind.get, kind.parameter)
    refuses(f"{noun}-BODY-REQUIRED", kind.create, lambda ctx: [{}, {"name": ctx.unique(kind.word)}])
    odd_ids = (7, "a b c d", "abc", "a" * 65)
    refuses(
        f"{noun}-BODY-TYPE",
        kind.create,
        lambda ctx: [{"configurationId": odd} for odd in odd_ids],
        allowed=LOOKED_UP,
    )
    refuses(f"{noun}-BODY-MALFORMED", kind.create, lambda ctx: [MALFORMED])
    _creation(noun, kind)
    _life(noun, kind)
    _views(noun, kind)
    _filters(noun, kind)
    _paging(noun, kind)


def _creation(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-CREATE-HAS-STATUS")
    def creation_has_a_status(ctx: Context) -> None:
        found = enactment_pool.base(ctx, kind).created.exchange.json_object()
        ctx.expect(found.get("status") in RANK, expected="a status", actual=f"status: {found.get('status')}")

    @probe(f"{noun}-CREATE-UNKNOWN")
    def creation_says_unknown(ctx: Context) -> None:
        found = enactment_pool.base(ctx, kind).created.exchange.json_object()
        # The description has no targetStatus here; tenants send it (I3).
        wanted = {name: value for name, value in kind.answered if name == "status" or found.get(name) is not None}
        ctx.expect_same(wanted, found, what="the creation's answer")

    @probe(f"{noun}-CREATE-LOCATION")
    def location_names_the_id(ctx: Context) -> None:
        made = enactment_pool.base(ctx, kind).created
        value = made.exchange.header("Location")
        ctx.expect(value is None or made.id in value, expected=f"a Location with {made.id}", actual=str(value))

    @probe(f"{noun}-CREATE-TWICE")
    def same_body_twice_starts_two(ctx: Context) -> None:
        first, second = enactment_pool.spare(ctx, kind), enactment_pool.fresh(ctx, kind)
        ctx.expect(first.id != second.id, expected="a second id", actual=f"{first.id} again")

    @probe(f"{noun}-FRESH-GET")
    def fresh_one_is_there(ctx: Context) -> None:
        pooled = enactment_pool.base(ctx, kind)
        ctx.expect_status(pooled.first, {200})
        wanted = {"id": pooled.id, "configurationId": pooled.configuration.id}
        ctx.expect_same(wanted, pooled.first.json_object(), what="the first GET")

    @probe(f"{noun}-FRESH-TARGET")
    def fresh_one_aims_at_its_goal(ctx: Context) -> None:
        ctx.expect_if_present({"targetStatus": kind.goal}, first(ctx, kind), what="the first GET")

    @probe(f"{noun}-NAMES")
    def it_names_where_it_comes_from(ctx: Context) -> None:
        sent = enactment_pool.base(ctx, kind).configuration.sent
        wanted = {"configurationName": sent["name"], "scenarioId": sent["scenarioId"]}
        ctx.expect_if_present(wanted, first(ctx, kind), what="the first GET")

    @probe(f"{noun}-EXECUTABLE", late=True)
    def it_names_its_executable(ctx: Context) -> None:
        pooled = enactment_pool.base(ctx, kind)
        views = [ctx.get_or_fail(kind.get, **pooled.path), *of_base(ctx, kind, {})]
        # Either may be null where the other is not (D1, I7).
        told = [view for view in views if view.get("executableId") is not None]
        if not told:
            raise NotApplicable("executableId is optional, and not told")
        wanted = {"executableId": pooled.configuration.sent["executableId"]}
        for view in told:
            ctx.expect_same(wanted, view, what=f"the {kind.word}")


def _life(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-TRANSITIONS", late=True)
    def statuses_only_go_forward(ctx: Context) -> None:
        enactment_pool.at_rest(ctx, kind)
        seen = enactment_pool.base(ctx, kind).seen
        for before, after in pairwise(seen):
            good = after == before or RANK.get(after, -1) > RANK.get(before, 9)
            ctx.expect(good, expected=f"UNKNOWN, PENDING, RUNNING, {_END[kind.goal]}", actual=f"{before} → {after}")

    @probe(f"{noun}-TIMES-ORDERED", late=True)
    def times_are_in_order(ctx: Context) -> None:
        body = enactment_pool.at_rest(ctx, kind)
        times = [(n, instant(body.get(n))) for n in ("submissionTime", "startTime", "completionTime")]
        known = [(name, moment) for name, moment in times if moment is not None]
        for (name, moment), (later, next_moment) in pairwise(known):
            # One may be told in whole seconds and the other with fractions (D1).
            good = moment - next_moment < timedelta(seconds=1)
            ctx.expect(good, expected=f"{name} <= {later}", actual=f"{moment} > {next_moment}")


def _views(noun: str, kind: Enactment) -> None:
    names = ("id", "configurationId", "configurationName", "scenarioId", "status", "targetStatus", "createdAt")

    @probe(f"{noun}-LISTED")
    def it_is_listed(ctx: Context) -> None:
        pooled = enactment_pool.base(ctx, kind)

        def judge() -> None:
            found = ctx.ids(kind.list, {"configurationId": pooled.configuration.id})
            text = f"[{pooled.id}], the only one of its configuration"
            ctx.expect(found == [pooled.id], expected=text, actual=f"{found}")

        ctx.retry_in_grace(pooled.changed, judge)

    @probe(f"{noun}-LIST-EQUALS-GET", late=True)
    def list_and_get_agree(ctx: Context) -> None:
        def judge(body: Json) -> None:
            listed = [e for e in of_base(ctx, kind, {}) if e.get("id") == body["id"]]
            if not listed:
                raise NotTestable(f"{kind.list} does not hold the {kind.word}")
            ctx.expect_same({n: body.get(n) for n in names}, listed[0], what="the list as GET has it")

        enactment_pool.steadily(ctx, kind, judge)

    @probe(f"{noun}-LIST-COUNT")
    def count_is_the_number_of_resources(ctx: Context) -> None:
        body = ctx.get_or_fail(kind.list, {"configurationId": enactment_pool.base(ctx, kind).configuration.id})
        length = len(body.get("resources") or [])
        ctx.expect(body.get("count") == length, expected=f"count: {length}", actual=f"count: {body.get('count')}")

    @probe(f"{noun}-COUNT-MATCHES-LIST", late=True)
    def count_operation_agrees_with_the_list(ctx: Context) -> None:
        def judge(body: Json) -> None:
            configuration = enactment_pool.base(ctx, kind).configuration
            sent = configuration.sent
            filters: list[tuple[Json, int]] = [
                ({}, 1),
                ({"status": body["status"]}, 1),
                ({"status": "STOPPING"}, 0),
                ({"scenarioId": sent["scenarioId"], "executableIds": [sent["executableId"]]}, 1),
            ]
            for query, wanted in filters:
                number = ctx.count(kind.count, {"configurationId": configuration.id, **query})
                text = f"$count = {wanted} for our configuration and {query}"
                ctx.expect(number == wanted, expected=text, actual=f"{number}")

        enactment_pool.steadily(ctx, kind, judge)


def _filters(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-FILTER-CONFIGURATION")
    def configuration_filters(ctx: Context) -> None:
        other = enactment_pool.spare(ctx, kind)
        found = [str(e.get("id")) for e in of_base(ctx, kind, {})]
        ctx.expect(other.id not in found, expected=f"only {kind.word}s of the configuration", actual=f"{other.id} too")
        _expect_selected(ctx, kind, {}, True)

    @probe(f"{noun}-FILTER-SCENARIO")
    def scenario_filters(ctx: Context) -> None:
        own = str(enactment_pool.base(ctx, kind).configuration.sent["scenarioId"])
        _expect_selected(ctx, kind, {"scenarioId": own}, True)
        other = next((str(s["id"]) for s in executables.scenarios(ctx) if s["id"] != own), None)
        if other is not None:
            _expect_selected(ctx, kind, {"scenarioId": other}, False)

    @probe(f"{noun}-FILTER-EXECUTABLE")
    def executable_filters(ctx: Context) -> None:
        sent = enactment_pool.base(ctx, kind).configuration.sent
        own = str(sent["executableId"])
        _expect_selected(ctx, kind, {"executableIds": [own]}, True)
        others = [str(e["id"]) for e in executables.executables(ctx, str(sent["scenarioId"])) if e["id"] != own]
        if others:
            _expect_selected(ctx, kind, {"executableIds": others}, False)

    @probe(f"{noun}-FILTER-STATUS", late=True)
    def status_filters(ctx: Context) -> None:
        def judge(body: Json) -> None:
            _expect_selected(ctx, kind, {"status": body["status"]}, True)
            for other in sorted(set(RANK) - {body["status"]}):
                _expect_selected(ctx, kind, {"status": other}, False)

        enactment_pool.steadily(ctx, kind, judge)

    @probe(f"{noun}-FILTER-COMBINED", late=True)
    def filters_combine_with_and(ctx: Context) -> None:
        def judge(body: Json) -> None:
            sent = enactment_pool.base(ctx, kind).configuration.sent
            all_four: Json = {
                "scenarioId": sent["scenarioId"],
                "executableIds": [sent["executableId"]],
                "status": body["status"],
            }
            _expect_selected(ctx, kind, all_four, True)
            _expect_selected(ctx, kind, {**all_four, "status": "STOPPING"}, False)

        enactment_pool.steadily(ctx, kind, judge)


def _paging(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-TOP")
    def top_bounds_the_page(ctx: Context) -> None:
        query = {"scenarioId": enactment_pool.base(ctx, kind).configuration.sent["scenarioId"], "$top": 1}

        def judge() -> None:
            found = ctx.ids(kind.list, query)
            ctx.expect(len(found) == 1, expected="1 of our 2 or more", actual=f"{len(found)}")

        ctx.retry_in_grace(enactment_pool.spare(ctx, kind).changed, judge)

    @probe(f"{noun}-SKIP")
    def skip_leaves_out(ctx: Context) -> None:
        found = [str(e.get("id")) for e in of_base(ctx, kind, {"$skip": 1})]
        ctx.expect(not found, expected="nothing after $skip=1 of 1", actual=f"{found}")
        # No multiple of $top: pages that are counted instead of resources would begin anew.
        found = [str(e.get("id")) for e in of_base(ctx, kind, {"$top": 2, "$skip": 1})]
        ctx.expect(not found, expected="nothing after $skip=1 of 1, also with $top=2", actual=f"{found}")

    @probe(f"{noun}-SELECT-STATUS")
    def select_leaves_the_status(ctx: Context) -> None:
        pooled = enactment_pool.base(ctx, kind)
        views = of_base(ctx, kind, {"$select": "status"})
        views.append(ctx.get_or_fail(kind.get, {"$select": "status"}, **pooled.path))
        for view in views:
            odd = sorted(set(view) - kind.selected)
            ctx.expect(not odd, expected=f"nothing but {', '.join(sorted(kind.selected))}", actual=f"{odd} too")
            ctx.expect(view.get("status") in RANK, expected="a status", actual=f"status: {view.get('status')}")


def first(ctx: Context, kind: Enactment) -> Json:
    """The base as its first GET showed it; raises NotTestable."""
    exchange = enactment_pool.base(ctx, kind).first
    if exchange.status != 200:
        raise NotTestable(f"{ctx.label(exchange)} answered {exchange.brief}")
    return dict(exchange.json_object())


def of_base(ctx: Context, kind: Enactment, query: Json) -> list[Json]:
    """What ``query`` selects of the base's configuration."""
    own = enactment_pool.base(ctx, kind).configuration.id
    return ctx.items(kind.list, {"configurationId": own, **query})


def _expect_selected(ctx: Context, kind: Enactment, query: Json, wanted: bool) -> None:
    pooled, words = enactment_pool.base(ctx, kind), ("not listed", "listed")

    def judge() -> None:
        found = pooled.id in [e.get("id") for e in of_base(ctx, kind, query)]
        ctx.expect(found is wanted, expected=f"our {kind.word} {words[wanted]} for {query}", actual=words[found])

    ctx.retry_in_grace(pooled.changed, judge)


_END = {"COMPLETED": "then one end", "RUNNING": "and no way back"}
