"""Probes of resource groups: what one group holds is neither shown to another group nor changed from there."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from collections.abc import Callable

from lmconform.errors import Inconclusive
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool
from lmconform.probes.builders.artifacts import ARTIFACT
from lmconform.probes.builders.configurations import CONFIGURATION, deployable_configuration
from lmconform.probes.builders.metrics import metrics_resource, point, store, stored_points
from lmconform.probes.builders.resource_type import ResourceType, batch
from lmconform.probes.builders.schedules import SCHEDULE, schedule_body
from lmconform.probes.context import GROUPS, TERMINAL, Context, Json
from lmconform.probes.enactment import DEPLOYMENT, EXECUTION, Enactment
from lmconform.probes.fixtures import fixture
from lmconform.probes.pooled_enactment import PooledEnactment
from lmconform.probes.registry import probe
from lmconform.probes.shared.bulk import entry


def other_group(ctx: Context) -> str:
    """The second resource group; raises NotApplicable, and Inconclusive without a usable one."""
    ctx.require(GROUPS)
    other = ctx.session.target.other_resource_group
    if other is None:
        raise Inconclusive("needs a second resource group: --other-resource-group")
    _require_usable(ctx, other)
    return other


@fixture(remember=(Inconclusive,))
def _require_usable(ctx: Context, group: str) -> None:
    """Raise Inconclusive when requests in a resource group are refused."""
    answer = ctx.send("listScenarios", resource_group=group)
    if answer.status != 200:
        raise Inconclusive(f"resource group {group!r} cannot be used: {answer.brief}")


def _expect_4xx(ctx: Context, answer: Exchange) -> None:
    ctx.expect(400 <= answer.status < 500, expected="a 4xx status", actual=answer.brief, exchange=answer)


def _install(resource: ResourceType) -> None:
    @probe(f"LM-ISOLATION-{resource.noun}-GET")
    def resource_is_not_shown(ctx: Context) -> None:
        other = other_group(ctx)
        created = batch(ctx, resource).members[0]
        _expect_4xx(ctx, ctx.send(resource.get, {resource.parameter: created.id}, resource_group=other))

    @probe(f"LM-ISOLATION-{resource.noun}-LIST")
    def resource_is_not_listed(ctx: Context) -> None:
        other = other_group(ctx)
        group = batch(ctx, resource)
        # Other queries name ids that are unknown in the other group, and such a filter may be refused (F12).
        query = group.query if resource.searchable else {}
        answer = ctx.send(resource.list, query=query, resource_group=other)
        ctx.expect_status(answer, {200})
        ids = {r.get("id") for r in answer.json_object().get("resources") or []} & set(group.ids)
        ctx.expect(not ids, expected="no resource of the first group", actual=f"{sorted(ids)}")
        if not resource.searchable:
            return
        number = ctx.send(resource.count, query=query, resource_group=other)
        ctx.expect_status(number, {200})
        ctx.expect(number.text.strip() == "0", expected="$count = 0", actual=number.brief)


_install(ARTIFACT)
_install(CONFIGURATION)
_install(SCHEDULE)


def _install_enactment(kind: Enactment) -> None:
    @probe(f"LM-ISOLATION-{kind.noun}-GET")
    def enactment_is_not_shown(ctx: Context) -> None:
        other = other_group(ctx)
        _expect_4xx(ctx, ctx.send(kind.get, enactment_pool.base(ctx, kind).path, resource_group=other))

    @probe(f"LM-ISOLATION-{kind.noun}-LIST")
    def enactment_is_not_listed(ctx: Context) -> None:
        other = other_group(ctx)
        pooled = enactment_pool.base(ctx, kind)
        query = {"scenarioId": pooled.configuration.sent["scenarioId"]}
        answer = ctx.send(kind.list, query=query, resource_group=other)
        ctx.expect_status(answer, {200})
        ids = [r.get("id") for r in answer.json_object().get("resources") or []]
        ctx.expect(pooled.id not in ids, expected=f"a list without {pooled.id}", actual=f"{pooled.id} is listed")

    @probe(f"LM-ISOLATION-{kind.noun}-CHANGE")
    def enactment_is_not_changed(ctx: Context) -> None:
        other = other_group(ctx)
        pooled = enactment_pool.spare(ctx, kind)
        # The last known status may be old: a poll that broke off did not see the end.
        wanted = ctx.get_or_skip(kind.get, **pooled.path).get("targetStatus") or kind.goal
        for operation, rest in ((kind.modify, {"json": {"targetStatus": "STOPPED"}}), (kind.delete, {})):
            _expect_4xx(ctx, ctx.send(operation, pooled.path, resource_group=other, **rest))
        body = _expect_target(ctx, pooled, wanted)
        if body.get("status") in TERMINAL:
            pooled.last = body

    @probe(f"LM-ISOLATION-{kind.noun}-COUNT")
    def enactment_is_not_counted(ctx: Context) -> None:
        other = other_group(ctx)
        _expect_uncounted(ctx, kind.count, enactment_pool.base(ctx, kind).configuration.id, other)


def _expect_target(ctx: Context, pooled: PooledEnactment, wanted: str) -> Json:
    """The body of GET; raises Failure when its targetStatus is there and is not ``wanted``."""
    body = ctx.get_or_fail(pooled.kind.get, **pooled.path)
    target = body.get("targetStatus") or wanted
    ctx.expect(target == wanted, expected=f"targetStatus: {wanted}", actual=f"targetStatus: {target}")
    return body


def _expect_uncounted(ctx: Context, operation: str, configuration_id: str, other: str) -> None:
    answer = ctx.send(operation, query={"configurationId": configuration_id}, resource_group=other)
    # A filter that names an unknown id may be refused (F12).
    good = answer.text.strip() == "0" if answer.ok else 400 <= answer.status < 500
    ctx.expect(good, expected="$count = 0", actual=answer.brief, exchange=answer)


_install_enactment(EXECUTION)
_install_enactment(DEPLOYMENT)


@probe("LM-ISOLATION-SCHEDULE-COUNT")
def schedule_is_not_counted(ctx: Context) -> None:
    other = other_group(ctx)
    own = str(batch(ctx, SCHEDULE).query["configurationId"])
    _expect_uncounted(ctx, SCHEDULE.count, own, other)


def _refuses_configuration(requirement: str, operation: str, body: Callable[[Context], Json]) -> None:
    @probe(requirement)
    def configuration_cannot_be_used(ctx: Context) -> None:
        other = other_group(ctx)
        _expect_4xx(ctx, ctx.send(operation, json=body(ctx), resource_group=other))


_refuses_configuration(
    "LM-ISOLATION-CONFIGURATION-USE",
    "createExecution",
    lambda ctx: {"configurationId": batch(ctx, CONFIGURATION).ids[0]},
)
_refuses_configuration(
    "LM-ISOLATION-DEPLOYMENT-CONFIGURATION",
    "createDeployment",
    lambda ctx: {"configurationId": deployable_configuration(ctx).id},
)
_refuses_configuration("LM-ISOLATION-SCHEDULE-CONFIGURATION", "createExecutionSchedule", schedule_body)


@probe("LM-ISOLATION-EXECUTION-BULK")
def execution_is_not_changed_in_bulk(ctx: Context) -> None:
    other = other_group(ctx)
    _expect_bulk_error(ctx, enactment_pool.spare(ctx), other)


@probe("LM-ISOLATION-DEPLOYMENT-BULK")
def deployment_is_not_changed_in_bulk(ctx: Context) -> None:
    other = other_group(ctx)
    pooled = enactment_pool.spare(ctx, DEPLOYMENT)
    wanted = ctx.get_or_skip(DEPLOYMENT.get, **pooled.path).get("targetStatus") or DEPLOYMENT.goal
    _expect_bulk_error(ctx, pooled, other)
    _expect_target(ctx, pooled, wanted)


def _expect_bulk_error(ctx: Context, pooled: PooledEnactment, other: str) -> None:
    """Raise Failure unless a stop and a deletion in bulk are errors of their entries."""
    key = pooled.kind.bulk_key
    for target in ("STOPPED", "DELETED"):
        answer = ctx.send(pooled.kind.modify_many, json={key: [entry(pooled.id, target)]}, resource_group=other)
        ctx.expect_status(answer, {202})
        entries = answer.json_object().get(key) or [{}]
        ctx.expect("error" in entries[0], expected="an entry with an error", actual=answer.brief, exchange=answer)


@probe("LM-ISOLATION-METRICS")
def metrics_are_not_shown(ctx: Context) -> None:
    other = other_group(ctx)
    execution = enactment_pool.base(ctx).id
    store(ctx, execution, metrics=[point(ctx.unique("isolated"))])
    answer = ctx.send("findMetrics", query={"executionIds": [execution]}, resource_group=other)
    shown = [r for r in answer.json_object().get("resources") or [] if r.get("executionId") == execution]
    ctx.expect(not shown, expected=f"no metrics of {execution}", actual=answer.brief, exchange=answer)


@probe("LM-ISOLATION-METRICS-CHANGE")
def metrics_are_not_written(ctx: Context) -> None:
    other = other_group(ctx)
    # Not the execution of other probes: it may have metrics in both groups from now on.
    execution, own, foreign = enactment_pool.spare(ctx).id, ctx.unique("own"), ctx.unique("foreign")
    store(ctx, execution, metrics=[point(own)])
    # The answer is open (F42), what is stored afterwards is not.
    sent = {"executionId": execution, "metrics": [point(foreign)]}
    ctx.send("patchMetrics", json=sent, resource_group=other, judge=False)
    names = [m.get("name") for m in metrics_resource(ctx, execution).get("metrics") or []]
    ctx.expect(foreign not in names, expected=f"{own}, and no metric from {other}", actual=f"{names[-5:]}")


@probe("LM-ISOLATION-METRICS-DELETE")
def metrics_are_not_deleted(ctx: Context) -> None:
    other = other_group(ctx)
    execution, name = enactment_pool.base(ctx).id, ctx.unique("kept")
    store(ctx, execution, metrics=[point(name)])
    _expect_4xx(ctx, ctx.send("deleteMetrics", query={"executionId": execution}, resource_group=other))
    kept = stored_points(ctx, execution, name)
    ctx.expect(len(kept) == 1, expected="the metrics as before", actual=f"{len(kept)} of 1")


@probe("LM-ISOLATION-SCHEDULE-CHANGE")
def schedule_is_not_changed(ctx: Context) -> None:
    other = other_group(ctx)
    created = batch(ctx, SCHEDULE).members[0]
    path = {SCHEDULE.parameter: created.id}
    for operation, rest in (
        ("modifyExecutionSchedule", {"json": {"status": "INACTIVE"}}),
        ("deleteExecutionSchedule", {}),
    ):
        _expect_4xx(ctx, ctx.send(operation, path, resource_group=other, **rest))
    ctx.expect_same({"status": "ACTIVE"}, SCHEDULE.fetch(ctx, created), what="as before")
