"""Probes of executions: what they share with deployments, and their terminal status."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from lmconform.client.polling import Overdue
from lmconform.errors import Inconclusive
from lmconform.probes import enactment_pool
from lmconform.probes.builders import executables
from lmconform.probes.context import Context, Json
from lmconform.probes.enactment import EXECUTION
from lmconform.probes.executions import unknown_bindings
from lmconform.probes.registry import probe
from lmconform.probes.shared import agreement, bulk, enactments, ended, filters, lifecycle, times, undisturbed
from lmconform.probes.shared.counts import expect_counts_agree
from lmconform.probes.shared.enactments import of_base
from lmconform.probes.shared.paging import GREATEST_TOP

enactments.install(EXECUTION)
filters.install(EXECUTION)
lifecycle.install(EXECUTION, unknown_bindings.died)
bulk.install(EXECUTION)
times.install(EXECUTION)
agreement.install(EXECUTION)
undisturbed.install(EXECUTION)
ended.install(EXECUTION, unknown_bindings.dead)


@probe("LM-EXECUTION-ENDS", late=True)
def running_execution_ends(ctx: Context) -> None:
    try:
        enactment_pool.wait_for_rest(ctx)
    except Overdue as overdue:
        if not enactment_pool.is_queued(ctx, enactment_pool.base(ctx), overdue):
            ctx.fail(expected=overdue.expected, actual=overdue.actual)
        raise Inconclusive(f"no room: {overdue.what}: {overdue.actual}") from overdue


@probe("LM-EXECUTION-FILTER-EXECUTABLES")
def several_executables_filter(ctx: Context) -> None:
    pooled = enactment_pool.base(ctx)
    own = str(pooled.configuration.sent["executableId"])
    others = executables.several_others(ctx, own)

    def judge() -> None:
        for several in ([own, *others], [*others, own]):
            matches = [e.get("id") for e in of_base(ctx, EXECUTION, {"executableIds": several})]
            ctx.expect(matches == [pooled.id], expected=f"[{pooled.id!r}] for {several}", actual=f"{matches}")

    ctx.retry_in_grace(pooled.changed_at, judge)


@probe("LM-EXECUTION-COUNT-COMBINED", late=True)
def executions_are_counted_as_listed(ctx: Context) -> None:
    configuration = enactment_pool.base(ctx).configuration
    sent, own = configuration.sent, {"configurationId": configuration.id}
    # Another scenario: filters that all select the same do not show whether each of them counts.
    scenario = executables.other_scenario_id(ctx, str(sent["scenarioId"])) or sent["scenarioId"]

    def judge(body: Json) -> None:
        queries: list[Json] = [
            {"status": body["status"]},
            {"scenarioId": scenario},
            {"executableIds": [sent["executableId"]]},
        ]
        expect_counts_agree(ctx, "listExecutions", "countExecutions", own, queries)

    enactment_pool.judge_at_rest(ctx, EXECUTION, judge)


@probe("LM-EXECUTION-TOP-AT-LIMIT")
def greatest_top_is_accepted(ctx: Context) -> None:
    own = enactment_pool.base(ctx).configuration.id
    for top in (GREATEST_TOP - 1, GREATEST_TOP):
        ctx.expect_status(ctx.get("listExecutions", {"configurationId": own, "$top": top}), {200})
