"""Probes of filters, counts and pages of executions and deployments."""

from __future__ import annotations

import time
from contextlib import suppress

from lmconform.errors import Inconclusive, Skip
from lmconform.probes import enactment_pool
from lmconform.probes.builders import executables
from lmconform.probes.context import Context, Json
from lmconform.probes.enactment import DEPLOYMENT, EXECUTION, Enactment
from lmconform.probes.reading import entries
from lmconform.probes.registry import probe
from lmconform.probes.shared import walks
from lmconform.probes.shared.enactments import list_of_base, of_base
from lmconform.probes.shared.paging import DEFAULT_TOP, expect_count


def install(kind: Enactment) -> None:
    """Register the probes of the list and its filters."""
    _origin(kind)
    _status(kind)
    _counts(kind)
    _pages(kind)
    walks.install_enactments(kind)


def _origin(kind: Enactment) -> None:
    @probe(f"LM-{kind.noun}-FILTER-CONFIGURATION")
    def configuration_filters(ctx: Context) -> None:
        pooled, other = enactment_pool.base(ctx, kind), enactment_pool.spare(ctx, kind)

        def judge() -> None:
            ids = [str(e.get("id")) for e in of_base(ctx, kind, {})]
            ctx.expect(
                other.id not in ids, expected=f"only {kind.word}s of the configuration", actual=f"{other.id} too"
            )
            text = f"the {kind.word} {pooled.id} of this run in the list"
            ctx.expect(pooled.id in ids, expected=text, actual=f"{ids}")

        ctx.retry_in_grace(pooled.changed_at, judge)
        if kind == DEPLOYMENT:
            # An execution costs little; deployments are not started for the list of executions.
            with suppress(Skip):
                enactment_pool.base(ctx, EXECUTION)
        for stranger in enactment_pool.members(ctx, EXECUTION if kind == DEPLOYMENT else DEPLOYMENT)[:1]:
            ids = ctx.ids(kind.list, {"configurationId": stranger.configuration.id})
            text = f"no {kind.word}: a configuration of a {stranger.kind.word}"
            ctx.expect(stranger.id not in ids, expected=text, actual=f"{ids}")

    @probe(f"LM-{kind.noun}-FILTER-SCENARIO")
    def scenario_filters(ctx: Context) -> None:
        own = str(enactment_pool.base(ctx, kind).configuration.sent["scenarioId"])
        _expect_selected(ctx, kind, {"scenarioId": own}, True)
        other = executables.other_scenario_id(ctx, own)
        if other is not None:
            _expect_selected(ctx, kind, {"scenarioId": other}, False)

    @probe(f"LM-{kind.noun}-FILTER-EXECUTABLE")
    def executable_filters(ctx: Context) -> None:
        sent = enactment_pool.base(ctx, kind).configuration.sent
        own = str(sent["executableId"])
        several = executables.amid(executables.other_executable_ids(ctx, own), own)
        _expect_selected(ctx, kind, {"executableIds": several}, True)
        others = executables.sibling_ids(ctx, str(sent["scenarioId"]), own)
        if others:
            _expect_selected(ctx, kind, {"executableIds": others}, False)


def _status(kind: Enactment) -> None:
    @probe(f"LM-{kind.noun}-FILTER-STATUS", late=True)
    def status_filters(ctx: Context) -> None:
        def judge(body: Json) -> None:
            _expect_selected(ctx, kind, {"status": body["status"]}, True)
            for other in sorted({*kind.life(ctx).statuses} - {body["status"]}):
                _expect_selected(ctx, kind, {"status": other}, False)

        enactment_pool.judge_at_rest(ctx, kind, judge)

    @probe(f"LM-{kind.noun}-FILTER-COMBINED", late=True)
    def filters_combine_with_and(ctx: Context) -> None:
        def judge(body: Json) -> None:
            sent = enactment_pool.base(ctx, kind).configuration.sent
            matching: Json = {
                "scenarioId": sent["scenarioId"],
                "executableIds": [sent["executableId"]],
                "status": body["status"],
            }
            _expect_selected(ctx, kind, matching, True)
            # Filters look at members that $select leaves out.
            _expect_selected(ctx, kind, {"$select": "status", **matching}, True)
            _expect_selected(ctx, kind, {**matching, "status": "STOPPING"}, False)
            # Each of them has to count beside others that match.
            others = executables.sibling_ids(ctx, str(sent["scenarioId"]), str(sent["executableId"]))
            wrong: Json = {"executableIds": others} if others else {"status": "STOPPING"}
            _expect_selected(ctx, kind, {"$select": "status", **matching, **wrong}, False)

        enactment_pool.judge_at_rest(ctx, kind, judge)


def _counts(kind: Enactment) -> None:
    @probe(f"LM-{kind.noun}-LIST-COUNT")
    def count_is_the_number_of_resources(ctx: Context) -> None:
        expect_count(ctx, list_of_base(ctx, kind))
        # One more is of the same executable: a list of one does not show whether they are counted.
        with suppress(Skip):
            enactment_pool.spare(ctx, kind)
        own = enactment_pool.base(ctx, kind).configuration.sent["executableId"]
        several = ctx.get_or_fail(kind.list, {"executableIds": [own], "$select": "status"})
        # What count says of a list that is longer than its page is open (F1).
        if len(entries(several)) < DEFAULT_TOP:
            expect_count(ctx, several)

    @probe(f"LM-{kind.noun}-COUNT-MATCHES-LIST", late=True)
    def count_operation_agrees_with_the_list(ctx: Context) -> None:
        def judge(body: Json) -> None:
            configuration = enactment_pool.base(ctx, kind).configuration
            sent = configuration.sent
            own = str(sent["executableId"])
            others = executables.sibling_ids(ctx, str(sent["scenarioId"]), own)
            filters: list[tuple[Json, int]] = [
                ({}, 1),
                ({"status": body["status"]}, 1),
                ({"status": "STOPPING"}, 0),
                ({"scenarioId": sent["scenarioId"], "executableIds": executables.amid(others, own)}, 1),
            ]
            if others:
                filters.append(({"executableIds": others}, 0))
            # An existing scenario: the answer for an unknown one is open (F12).
            other = executables.other_scenario_id(ctx, str(sent["scenarioId"]))
            if other is not None:
                filters.append(({"scenarioId": other}, 0))
            for query, wanted in filters:
                number = ctx.count(kind.count, {"configurationId": configuration.id, **query})
                text = f"$count = {wanted} for the configuration {configuration.id} and {query}"
                ctx.expect(number == wanted, expected=text, actual=f"$count = {number}")

        enactment_pool.judge_at_rest(ctx, kind, judge)


def _pages(kind: Enactment) -> None:
    @probe(f"LM-{kind.noun}-DEFAULT-PAGE", last=True)
    def list_without_top_is_complete(ctx: Context) -> None:
        with suppress(Skip):
            enactment_pool.stopped(ctx, kind)
        for _ in range(enactment_pool.ATTEMPTS):
            (configuration, wanted), begun = _largest_group(ctx, kind), time.monotonic()
            if len(wanted) > 1:
                break
            enactment_pool.fresh(ctx, kind)
        else:
            raise Inconclusive(f"no two {kind.word}s of one configuration")

        def judge() -> None:
            listed = ctx.ids(kind.list, {"configurationId": configuration})
            listing = ctx.client.last
            for one in sorted({*wanted}.difference(listed)):
                answer = ctx.get(kind.get, **{kind.parameter: one})
                body = answer.json_object()
                is_there = answer.ok and body.get("configurationId") == configuration
                text, shown = f"{one} in the list, as GET finds it", f"{len(listed)} without it"
                good = not is_there or body.get("targetStatus") == "DELETED"
                ctx.expect(good, expected=text, actual=shown, exchange=listing)

        ctx.retry_in_grace(begun, judge)

    @probe(f"LM-{kind.noun}-TOP")
    def top_bounds_the_page(ctx: Context) -> None:
        query = {"scenarioId": enactment_pool.base(ctx, kind).configuration.sent["scenarioId"], "$top": 1}

        def judge() -> None:
            ids = ctx.ids(kind.list, query)
            text = "1 of the 2 or more of this run, with $top=1"
            ctx.expect(len(ids) == 1, expected=text, actual=f"{len(ids)}: {ids}")

        ctx.retry_in_grace(enactment_pool.spare(ctx, kind).changed_at, judge)

    @probe(f"LM-{kind.noun}-SKIP")
    def skip_leaves_resources_out(ctx: Context) -> None:
        ids = [str(e.get("id")) for e in of_base(ctx, kind, {"$skip": 1})]
        ctx.expect(not ids, expected="nothing after $skip=1 of 1", actual=f"{ids}")
        # $skip is no multiple of $top: a server that skips whole pages fails here.
        ids = [str(e.get("id")) for e in of_base(ctx, kind, {"$top": 2, "$skip": 1})]
        ctx.expect(not ids, expected="nothing after $skip=1 of 1, also with $top=2", actual=f"{ids}")


def _largest_group(ctx: Context, kind: Enactment) -> tuple[str, list[str]]:
    """The configuration of most that no request and no time to live removes, and their ids."""
    groups: dict[str, list[str]] = {"": []}
    for one in enactment_pool.members(ctx, kind):
        if len(one.created.sent) == 1:
            groups.setdefault(one.configuration.id, []).append(one.id)
    return max(groups.items(), key=lambda group: len(group[1]))


def _expect_selected(ctx: Context, kind: Enactment, query: Json, wanted: bool) -> None:
    """Raise Failure unless the list filtered by ``query`` holds the base, or does not, as ``wanted`` says."""
    pooled, labels = enactment_pool.base(ctx, kind), ("not listed", "listed")

    def judge() -> None:
        is_listed = pooled.id in [e.get("id") for e in of_base(ctx, kind, query)]
        text = f"the {kind.word} {pooled.id} of this run is {labels[wanted]} for {query}"
        ctx.expect(is_listed is wanted, expected=text, actual=f"it is {labels[is_listed]}")

    ctx.retry_in_grace(pooled.changed_at, judge)
