"""Probes of resource groups: what is made in one is neither seen nor changed from another."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from collections.abc import Callable

from lmconform.errors import Inconclusive
from lmconform.probes import enactment_pool, schedules
from lmconform.probes.artifacts import ARTIFACT
from lmconform.probes.bulk import entry
from lmconform.probes.configurations import CONFIGURATION
from lmconform.probes.context import GROUPS, TERMINAL, Context, Json
from lmconform.probes.deployment_updates import another
from lmconform.probes.enactment import DEPLOYMENT, EXECUTION, Enactment
from lmconform.probes.metrics import point, resource, store
from lmconform.probes.registry import probe
from lmconform.probes.resources import Kind, batch
from lmconform.probes.schedules import SCHEDULE

_USABLE = "probes.other-group"


def other_group(ctx: Context) -> str:
    """The second resource group; raises NotApplicable, and Inconclusive when there is none that we may use."""
    ctx.require(GROUPS)
    other = ctx.session.target.other_resource_group
    if other is None:
        raise Inconclusive("needs a second resource group: --other-resource-group")
    shared = ctx.session.shared
    if _USABLE not in shared:
        answer = ctx.send("listScenarios", resource_group=other)
        shared[_USABLE] = "" if answer.status == 200 else answer.brief
    if shared[_USABLE]:
        raise Inconclusive(f"resource group {other!r} cannot be used: {shared[_USABLE]}")
    return other


def _install(kind: Kind) -> None:
    @probe(f"LM-ISOLATION-{kind.noun}-GET")
    def foreign_thing_is_not_shown(ctx: Context) -> None:
        other = other_group(ctx)
        made = batch(ctx, kind).members[0]
        answer = ctx.send(kind.get, {kind.parameter: made.id}, resource_group=other)
        ctx.expect(400 <= answer.status < 500, expected="a 4xx status", actual=answer.brief, exchange=answer)

    @probe(f"LM-ISOLATION-{kind.noun}-LIST")
    def foreign_thing_is_not_listed(ctx: Context) -> None:
        other = other_group(ctx)
        group = batch(ctx, kind)
        # What else would select ours is unknown there, and a filter by what is unknown may be refused (F12).
        query = group.query if kind.searchable else {}
        answer = ctx.send(kind.list, query=query, resource_group=other)
        ctx.expect_status(answer, {200})
        found = {r.get("id") for r in answer.json_object().get("resources") or []} & set(group.ids)
        ctx.expect(not found, expected="none of ours", actual=f"{sorted(found)}")
        if not kind.searchable:
            return
        number = ctx.send(kind.count, query=query, resource_group=other)
        ctx.expect_status(number, {200})
        ctx.expect(number.text.strip() == "0", expected="$count = 0", actual=number.brief)


_install(ARTIFACT)
_install(CONFIGURATION)
_install(SCHEDULE)


def _install_enactment(kind: Enactment) -> None:
    @probe(f"LM-ISOLATION-{kind.noun}-GET")
    def foreign_one_is_not_shown(ctx: Context) -> None:
        other = other_group(ctx)
        answer = ctx.send(kind.get, enactment_pool.base(ctx, kind).path, resource_group=other)
        ctx.expect(400 <= answer.status < 500, expected="a 4xx status", actual=answer.brief, exchange=answer)

    @probe(f"LM-ISOLATION-{kind.noun}-LIST")
    def foreign_one_is_not_listed(ctx: Context) -> None:
        other = other_group(ctx)
        pooled = enactment_pool.base(ctx, kind)
        query = {"scenarioId": pooled.configuration.sent["scenarioId"]}
        answer = ctx.send(kind.list, query=query, resource_group=other)
        ctx.expect_status(answer, {200})
        found = [r.get("id") for r in answer.json_object().get("resources") or []]
        ctx.expect(pooled.id not in found, expected=f"{pooled.id} not among them", actual="it is")

    @probe(f"LM-ISOLATION-{kind.noun}-CHANGE", effect="destructive")
    def foreign_one_is_not_changed(ctx: Context) -> None:
        other = other_group(ctx)
        pooled = enactment_pool.spare(ctx, kind)
        # What we believe of it may be old: a poll that broke off saw no end.
        wanted = ctx.get_or_skip(kind.get, **pooled.path).get("targetStatus") or kind.goal
        for operation, rest in ((kind.modify, {"json": {"targetStatus": "STOPPED"}}), (kind.delete, {})):
            answer = ctx.send(operation, pooled.path, resource_group=other, **rest)
            ctx.expect(400 <= answer.status < 500, expected="a 4xx status", actual=answer.brief, exchange=answer)
        found = ctx.get_or_fail(kind.get, **pooled.path)
        told = found.get("targetStatus") or wanted
        ctx.expect(told == wanted, expected=f"targetStatus: {wanted}", actual=f"targetStatus: {told}")
        if found.get("status") in TERMINAL:
            pooled.last = found


def _uncounted(requirement: str, operation: str, own: Callable[[Context], str]) -> None:
    @probe(requirement)
    def foreign_one_is_not_counted(ctx: Context) -> None:
        other = other_group(ctx)
        answer = ctx.send(operation, query={"configurationId": own(ctx)}, resource_group=other)
        # A filter that names what does not exist may be refused (F12).
        good = answer.text.strip() == "0" if answer.ok else 400 <= answer.status < 500
        ctx.expect(good, expected="$count = 0", actual=answer.brief, exchange=answer)


def _unused(requirement: str, operation: str, body: Callable[[Context], Json]) -> None:
    @probe(requirement)
    def foreign_configuration_makes_nothing(ctx: Context) -> None:
        other = other_group(ctx)
        answer = ctx.send(operation, json=body(ctx), resource_group=other)
        ctx.expect(400 <= answer.status < 500, expected="a 4xx status", actual=answer.brief, exchange=answer)


_uncounted(
    "LM-ISOLATION-DEPLOYMENT-COUNT",
    "countDeployments",
    lambda ctx: enactment_pool.base(ctx, DEPLOYMENT).configuration.id,
)
_uncounted(
    "LM-ISOLATION-SCHEDULE-COUNT",
    "countExecutionSchedules",
    lambda ctx: str(batch(ctx, SCHEDULE).query["configurationId"]),
)
_unused(
    "LM-ISOLATION-DEPLOYMENT-CONFIGURATION",
    "createDeployment",
    lambda ctx: {"configurationId": another(ctx).id},
)
_unused("LM-ISOLATION-SCHEDULE-CONFIGURATION", "createExecutionSchedule", schedules.body)


@probe("LM-ISOLATION-DEPLOYMENT-BULK", effect="destructive")
def foreign_deployment_is_not_changed_in_bulk(ctx: Context) -> None:
    other = other_group(ctx)
    pooled = enactment_pool.spare(ctx, DEPLOYMENT)
    wanted = ctx.get_or_skip("getDeployment", **pooled.path).get("targetStatus") or DEPLOYMENT.goal
    for target in ("STOPPED", "DELETED"):
        body = {"deployments": [entry(pooled.id, target)]}
        answer = ctx.send("modifyDeployments", json=body, resource_group=other)
        ctx.expect_status(answer, {202})
        found = answer.json_object().get("deployments") or [{}]
        ctx.expect("error" in found[0], expected="an entry with an error", actual=answer.brief, exchange=answer)
    told = ctx.get_or_fail("getDeployment", **pooled.path).get("targetStatus") or wanted
    ctx.expect(told == wanted, expected=f"targetStatus: {wanted}", actual=f"targetStatus: {told}")


_install_enactment(EXECUTION)
_install_enactment(DEPLOYMENT)


@probe("LM-ISOLATION-METRICS")
def foreign_metrics_are_not_shown(ctx: Context) -> None:
    other = other_group(ctx)
    execution = enactment_pool.base(ctx).id
    store(ctx, execution, metrics=[point(ctx.unique("isolated"))])
    answer = ctx.send("findMetrics", query={"executionIds": [execution]}, resource_group=other)
    shown = [r for r in answer.json_object().get("resources") or [] if r.get("executionId") == execution]
    ctx.expect(not shown, expected="nothing about it", actual=answer.brief, exchange=answer)


@probe("LM-ISOLATION-METRICS-CHANGE")
def foreign_metrics_are_not_written(ctx: Context) -> None:
    other = other_group(ctx)
    # Not the one of the other probes: it may have metrics in either group from now on.
    execution, own, foreign = enactment_pool.spare(ctx).id, ctx.unique("own"), ctx.unique("foreign")
    store(ctx, execution, metrics=[point(own)])
    # What this answers is open (F42): what we see afterwards is not.
    sent = {"executionId": execution, "metrics": [point(foreign)]}
    ctx.send("patchMetrics", json=sent, resource_group=other, judge=False)
    names = [m.get("name") for m in resource(ctx, execution).get("metrics") or []]
    ctx.expect(foreign not in names, expected=f"{own}, and no metric from {other}", actual=f"{names[-5:]}")


@probe("LM-ISOLATION-SCHEDULE-CHANGE", effect="destructive")
def foreign_schedule_is_not_changed(ctx: Context) -> None:
    other = other_group(ctx)
    made = batch(ctx, SCHEDULE).members[0]
    path = {SCHEDULE.parameter: made.id}
    for operation, rest in (
        ("modifyExecutionSchedule", {"json": {"status": "INACTIVE"}}),
        ("deleteExecutionSchedule", {}),
    ):
        answer = ctx.send(operation, path, resource_group=other, **rest)
        ctx.expect(400 <= answer.status < 500, expected="a 4xx status", actual=answer.brief, exchange=answer)
    ctx.expect_same({"status": "ACTIVE"}, SCHEDULE.fetch(ctx, made), what="as before")
