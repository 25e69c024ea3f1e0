"""Probes of deployments that get another configuration: when that is taken, and what is to be seen then."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from dataclasses import dataclass

from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool, executables
from lmconform.probes.context import ACTIVE, Context, Json, Made
from lmconform.probes.enactment import DEPLOYMENT
from lmconform.probes.enactment_pool import PooledEnactment
from lmconform.probes.families import LOOKED_UP, expect_absent
from lmconform.probes.lifecycle import REFUSED
from lmconform.probes.registry import probe

_SPARE, _UPDATE = "probes.deployments.configuration", "probes.deployments.update"
# The words for lastOperation that are published; a target may have more of them.
_OPERATIONS = frozenset({"CREATE", "UPDATE", "DELETE", "CASCADE-UPDATE"})
# The help promises the refusal of what the check finds, and not its status (F22, F23).
CHECKED = frozenset({400, 404, 409, 412, 422})


@probe("LM-DEPLOYMENT-UPDATE", effect="destructive")
def update_changes_the_configuration(ctx: Context) -> None:
    update = _updated(ctx)
    ctx.expect_status(update.answer, {202})
    ctx.expect_same({"configurationId": update.new.id}, _after(update), what="GET after the update")


@probe("LM-DEPLOYMENT-UPDATE-ROLLBACK", effect="destructive")
def update_remembers_what_ran_before(ctx: Context) -> None:
    body = _after(_updated(ctx))
    found, old = body.get("latestRunningConfigurationId"), _updated(ctx).old.id
    if found == body.get("configurationId") and body.get("status") == "RUNNING":
        raise Inconclusive("the update was rolled out before anybody could look")
    ctx.expect_same({"latestRunningConfigurationId": old}, body, what="GET after the update")


@probe("LM-DEPLOYMENT-UPDATE-OPERATION", effect="destructive")
def update_is_the_last_operation(ctx: Context) -> None:
    expect_operation(ctx, _after(_updated(ctx)), "UPDATE")


@probe("LM-DEPLOYMENT-UPDATE-NAME", effect="destructive")
def update_changes_the_name(ctx: Context) -> None:
    update = _updated(ctx)
    _after(update)

    def judge() -> None:
        body = still(ctx, update.pooled, update.new)
        ctx.expect_if_present({"configurationName": update.new.sent["name"]}, body, what="GET after the update")

    ctx.retry_in_grace(update.since, judge)


@probe("LM-DEPLOYMENT-UPDATE-FILTERED", effect="destructive")
def update_moves_it_between_lists(ctx: Context) -> None:
    update, listed = _updated(ctx), {True: "listed", False: "not listed"}
    _after(update)

    def judge() -> None:
        still(ctx, update.pooled, update.new)
        for configuration, wanted in ((update.new, True), (update.old, False)):
            found = update.pooled.id in ctx.ids("listDeployments", {"configurationId": configuration.id})
            still(ctx, update.pooled, update.new)
            text = f"{listed[wanted]} for configurationId={configuration.id}"
            ctx.expect(found == wanted, expected=text, actual=listed[found])

    ctx.retry_in_grace(update.since, judge)


@probe("LM-DEPLOYMENT-UPDATE-UNKNOWN-CONFIGURATION", effect="destructive")
def update_to_nothing_is_refused(ctx: Context) -> None:
    _expect_unchanged(ctx, enactment_pool.active(ctx, DEPLOYMENT), ctx.absent_id())


@probe("LM-DEPLOYMENT-UPDATE-CHECKED", effect="destructive")
def update_with_wrong_bindings_is_refused_at_once(ctx: Context) -> None:
    configuration = unbound(ctx)
    _expect_unchanged(ctx, enactment_pool.active(ctx, DEPLOYMENT), configuration.id)


@probe("LM-DEPLOYMENT-UPDATE-404", effect="destructive")
def nothing_is_not_updated(ctx: Context) -> None:
    path = {"deploymentId": ctx.absent_id()}
    answer = ctx.send("modifyDeployment", path, json={"configurationId": another(ctx).id})
    expect_absent(ctx, answer, "getDeployment", path)


@probe("LM-DEPLOYMENT-UPDATE-BODY", effect="destructive")
def update_takes_an_id(ctx: Context) -> None:
    path = enactment_pool.base(ctx, DEPLOYMENT).path
    for wrong in (7, "a b c d", ["configuration"]):
        ctx.expect_refused(ctx.send("modifyDeployment", path, json={"configurationId": wrong}), REFUSED | LOOKED_UP)


@dataclass(frozen=True, slots=True)
class _Update:
    """A running deployment that got another configuration, the GET after that, and when, by time.monotonic()."""

    pooled: PooledEnactment
    old: Made
    new: Made
    answer: Exchange
    after: Exchange
    since: float


def update(ctx: Context, pooled: PooledEnactment, configuration_id: str) -> Exchange:
    """Ask for another configuration."""
    return ctx.send("modifyDeployment", pooled.path, json={"configurationId": configuration_id})


def another(ctx: Context) -> Made:
    """A configuration that can be deployed; who updates to it shares it."""
    shared = ctx.session.shared
    if _SPARE not in shared:
        shared[_SPARE] = ctx.configuration(deployable=True)
    found: Made = shared[_SPARE]
    return found


def unbound(ctx: Context) -> Made:
    """A configuration without what the executable asks for; raises Inconclusive when there cannot be one."""
    found = executables.find(ctx, deployable=True)
    if not found.inputs:
        # A parameter may have a default that nobody tells.
        raise Inconclusive(f"executable {found.executable_id} asks for no artifact")
    try:
        return ctx.configuration(deployable=True, inputArtifactBindings=[], parameterBindings=[])
    except NotTestable as refusal:
        raise Inconclusive(f"a configuration without bindings: {refusal}") from refusal


def _updated(ctx: Context) -> _Update:
    """The one update of this session; raises NotTestable and Inconclusive."""
    shared = ctx.session.shared
    if _UPDATE not in shared:
        pooled = enactment_pool.active(ctx, DEPLOYMENT, {"RUNNING"})
        new = another(ctx)
        if new.id == pooled.configuration.id:
            # Somebody else has brought it there.
            new = ctx.configuration(deployable=True)
        answer = update(ctx, pooled, new.id)
        after = ctx.get("getDeployment", **pooled.path)
        if not answer.ok and after.json_object().get("status") not in ACTIVE:
            raise Inconclusive("the deployment did not run on until it was updated")
        shared[_UPDATE] = _Update(pooled, pooled.configuration, new, answer, after, time.monotonic())
        if answer.ok:
            pooled.configuration, pooled.last = new, {}
    found: _Update = shared[_UPDATE]
    return found


def _after(update: _Update) -> Json:
    for exchange in (update.answer, update.after):
        if not exchange.ok:
            raise NotTestable(f"{exchange.method} of the deployment answered {exchange.brief}")
    return dict(update.after.json_object())


def still(ctx: Context, pooled: PooledEnactment, configuration: Made) -> Json:
    """GET of a deployment that has the configuration that it was given; raises Inconclusive when it has not."""
    exchange = ctx.get("getDeployment", **pooled.path)
    body = dict(exchange.json_object())
    if exchange.status != 200 or body.get("configurationId") != configuration.id:
        raise Inconclusive(f"the deployment is not as the update left it: {exchange.brief}")
    return body


def expect_operation(ctx: Context, body: Json, wanted: str) -> None:
    """Raise Failure when the last operation is another one of the published words."""
    found = body.get("lastOperation")
    good = found is None or found == wanted or found not in _OPERATIONS
    ctx.expect(good, expected=f"lastOperation: {wanted}", actual=f"lastOperation: {found}")


def _expect_unchanged(ctx: Context, pooled: PooledEnactment, configuration_id: str) -> None:
    answer = update(ctx, pooled, configuration_id)
    if answer.ok:
        pooled.last = {}
    ctx.expect_refused(answer, CHECKED)
    now = ctx.get_or_fail("getDeployment", **pooled.path)
    ctx.expect_same({"configurationId": pooled.configuration.id}, now, what="the configuration as before")
