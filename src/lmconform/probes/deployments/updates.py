"""Probes of deployments that get another configuration: when that is accepted, and what GET and lists show then."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool
from lmconform.probes.builders.configurations import (
    create_configuration,
    deployable_configuration,
    unbound_configuration,
)
from lmconform.probes.context import ACTIVE, Context, Created, Json
from lmconform.probes.enactment import DEPLOYMENT
from lmconform.probes.fixtures import fixture
from lmconform.probes.pooled_enactment import PooledEnactment
from lmconform.probes.reading import kept
from lmconform.probes.registry import probe
from lmconform.probes.shared.creation import BAD_REFERENCE
from lmconform.probes.shared.lifecycle import FORBIDDEN_TRANSITION, expect_refused_while_unknown
from lmconform.probes.shared.unknown_ids import expect_absent

# The published values of lastOperation; a target may have more of them.
_OPERATIONS: Final = frozenset({"CREATE", "UPDATE", "DELETE", "CASCADE-UPDATE"})
# The help promises that a configuration which fails the check is refused, without the status (F22, F23).
CHECK_REFUSED: Final = frozenset({400, 404, 409, 412, 422})


@probe("LM-DEPLOYMENT-UPDATE")
def update_changes_the_configuration(ctx: Context) -> None:
    update = _updated(ctx)
    ctx.expect_status(update.answer, {202})
    ctx.expect_same({"configurationId": update.new.id}, _body_after(ctx, update), what="GET after the update")


@probe("LM-DEPLOYMENT-UPDATE-ROLLBACK")
def update_keeps_the_latest_running_configuration(ctx: Context) -> None:
    update = _updated(ctx)
    latest = _body_after(ctx, update).get("latestRunningConfigurationId")
    # The old one was seen, and the new one while the status was PENDING (M11).
    text = f"latestRunningConfigurationId: {update.old.id} or {update.new.id}"
    ctx.expect(latest in (update.old.id, update.new.id), expected=text, actual=f"{latest}", exchange=update.after)


@probe("LM-DEPLOYMENT-UPDATE-OPERATION")
def update_is_the_last_operation(ctx: Context) -> None:
    expect_operation(ctx, _body_after(ctx, _updated(ctx)), "UPDATE")


@probe("LM-DEPLOYMENT-UPDATE-NAME")
def update_changes_the_name(ctx: Context) -> None:
    update = _updated(ctx)
    _body_after(ctx, update)

    def judge() -> None:
        body = body_with_configuration(ctx, update.pooled, update.new)
        ctx.expect_if_present({"configurationName": update.new.sent["name"]}, body, what="GET after the update")

    ctx.retry_in_grace(update.since, judge)


@probe("LM-DEPLOYMENT-UPDATE-FILTERED")
def update_changes_which_list_holds_it(ctx: Context) -> None:
    update, labels = _updated(ctx), {True: "listed", False: "not listed"}
    _body_after(ctx, update)

    def judge() -> None:
        for configuration, wanted in ((update.new, True), (update.old, False)):
            listed = ctx.items("listDeployments", {"configurationId": configuration.id})
            own, listing = [row for row in listed if row.get("id") == update.pooled.id], ctx.client.last
            body_with_configuration(ctx, update.pooled, update.new)
            text = f"{labels[wanted]} for configurationId={configuration.id}"
            ctx.expect(bool(own) == wanted, expected=text, actual=labels[bool(own)], exchange=listing)
            for row in own:
                _expect_origin(ctx, row, update.new, listing)

    ctx.retry_in_grace(update.since, judge)


def _expect_origin(ctx: Context, row: Json, configuration: Created, listing: Exchange | None) -> None:
    """Raise Failure unless a row of a list names the configuration; its name is optional."""
    for name, wanted in (("configurationId", configuration.id), ("configurationName", configuration.sent["name"])):
        shown = row.get(name)
        good = shown == wanted or (shown is None and name == "configurationName")
        ctx.expect(good, expected=f"{name}: {wanted} in the list", actual=f"{name}: {shown}", exchange=listing)


@probe("LM-DEPLOYMENT-UPDATE-AGAIN")
def second_update_is_carried_out(ctx: Context) -> None:
    update = _updated(ctx)
    for _ in range(enactment_pool.ATTEMPTS):
        _body_after(ctx, update)
        pooled = update.pooled
        answer = send_update(ctx, pooled, update.old.id)
        if answer.ok or pooled.current_status(ctx) in ACTIVE:
            break
        # It has ended by itself, or by another probe.
        update = _update(ctx)
    else:
        raise Inconclusive("deployments end before they are updated once more")
    ctx.expect_status(answer, {202})
    pooled.configuration, pooled.last = update.old, {}
    now = ctx.get_or_fail("getDeployment", **pooled.path)
    ctx.expect_same({"configurationId": update.old.id}, now, what="GET after the second update")


@probe("LM-DEPLOYMENT-UPDATE-UNKNOWN-CONFIGURATION")
def update_to_an_unknown_configuration_is_refused(ctx: Context) -> None:
    _expect_unchanged(ctx, enactment_pool.active(ctx, DEPLOYMENT), ctx.absent_id())


@probe("LM-DEPLOYMENT-UPDATE-CHECKED")
def update_without_bindings_is_refused_at_once(ctx: Context) -> None:
    configuration = unbound_configuration(ctx)
    _expect_unchanged(ctx, enactment_pool.active(ctx, DEPLOYMENT), configuration.id)


@probe("LM-DEPLOYMENT-UPDATE-STOPPED")
def stopped_deployment_is_not_updated(ctx: Context) -> None:
    pooled = enactment_pool.any_terminal(ctx, {"STOPPED"}, DEPLOYMENT)
    before = pooled.last.get("configurationId", pooled.configuration.id)
    answer = send_update(ctx, pooled, deployable_configuration(ctx).id)
    ctx.expect_refused(answer, FORBIDDEN_TRANSITION)
    now = ctx.get_or_fail("getDeployment", **pooled.path)
    ctx.expect_same({"configurationId": before, "status": "STOPPED"}, now, what="as before")


@probe("LM-DEPLOYMENT-UPDATE-UNKNOWN-STATUS", costly=True)
def deployment_that_is_not_scheduled_is_not_updated(ctx: Context) -> None:
    configuration = create_configuration(ctx, deployable=True)

    def update(pooled: PooledEnactment) -> Exchange:
        answer = send_update(ctx, pooled, configuration.id)
        if answer.ok:
            # Which configuration it has from now on is open.
            ctx.session.journal.doubt("deployment", pooled.id)
        return answer

    expect_refused_while_unknown(ctx, DEPLOYMENT, update, "an update")


@probe("LM-DEPLOYMENT-UPDATE-404")
def update_of_an_unknown_id_is_404(ctx: Context) -> None:
    path = {"deploymentId": ctx.absent_id()}
    answer = ctx.send("modifyDeployment", path, json={"configurationId": deployable_configuration(ctx).id})
    expect_absent(ctx, answer, "getDeployment", path)


@probe("LM-DEPLOYMENT-UPDATE-BODY")
def update_needs_an_id(ctx: Context) -> None:
    path = enactment_pool.base(ctx, DEPLOYMENT).path
    for malformed in (7, "a b c d", ["configuration"]):
        answer = ctx.send("modifyDeployment", path, json={"configurationId": malformed})
        ctx.expect_refused(answer, FORBIDDEN_TRANSITION | BAD_REFERENCE)


@dataclass(frozen=True, slots=True)
class _Update:
    """The update of a running deployment: both configurations, the answer, the GET after it.

    ``since`` is when it was sent, by time.monotonic().
    """

    pooled: PooledEnactment
    old: Created
    new: Created
    answer: Exchange
    after: Exchange
    since: float


def send_update(ctx: Context, pooled: PooledEnactment, configuration_id: str) -> Exchange:
    """Send a PATCH with another configurationId."""
    return ctx.send("modifyDeployment", pooled.path, json={"configurationId": configuration_id})


@fixture()
def _updated(ctx: Context) -> _Update:
    """The update of this session that several probes judge; raises as ``_update`` does."""
    return _update(ctx)


def _update(ctx: Context) -> _Update:
    """An update of a deployment that runs; raises NotTestable and Inconclusive."""
    for _ in range(enactment_pool.ATTEMPTS):
        pooled = enactment_pool.active(ctx, DEPLOYMENT, {"RUNNING"})
        old, new = pooled.configuration, deployable_configuration(ctx)
        if new.id == old.id:
            # Another probe has updated the deployment to it.
            new = create_configuration(ctx, deployable=True)
        answer = send_update(ctx, pooled, new.id)
        after = ctx.get("getDeployment", **pooled.path)
        if answer.ok or after.json_object().get("status") in ACTIVE:
            break
    else:
        raise Inconclusive("deployments end before they are updated")
    if answer.ok:
        pooled.configuration, pooled.last = new, {}
    return _Update(pooled, old, new, answer, after, time.monotonic())


def _body_after(ctx: Context, update: _Update) -> Json:
    """The body of the GET after the update; raises NotTestable when the update or the GET was refused."""
    for exchange in (update.answer, update.after):
        if not exchange.ok:
            raise NotTestable(f"{exchange.method} of the deployment answered {exchange.brief}")
    return kept(ctx, update.after)


def latest_after_update(ctx: Context) -> str:
    """Which configuration GET shows as the latest running one right after an update; raises as ``_updated`` does."""
    update = _updated(ctx)
    body = _body_after(ctx, update)
    latest = body.get("latestRunningConfigurationId")
    if latest == update.new.id and body.get("status") == "RUNNING":
        raise Inconclusive("the update was rolled out before the first GET")
    return {update.old.id: "the one before", update.new.id: "the new one", None: "absent"}.get(latest, "another")


def body_with_configuration(ctx: Context, pooled: PooledEnactment, configuration: Created) -> Json:
    """The body of GET while the deployment has the configuration.

    Raises Inconclusive when a probe has changed or deleted it since, NotTestable when the target has.
    """
    exchange = ctx.get("getDeployment", **pooled.path)
    body = dict(exchange.json_object())
    if exchange.status != 200 or body.get("configurationId") != configuration.id:
        left = ctx.session.journal.left("deployment", ctx.session.target.resource_group)
        text = f"the deployment has changed since its update: {exchange.brief}"
        is_ours = pooled.configuration.id != configuration.id or pooled.id not in left
        raise Inconclusive(text) if is_ours else NotTestable(text)
    return body


def expect_operation(ctx: Context, body: Json, wanted: str) -> None:
    """Raise Failure when lastOperation is another one of the published values."""
    operation = body.get("lastOperation")
    is_another_word = isinstance(operation, str) and operation not in _OPERATIONS
    good = operation is None or operation == wanted or is_another_word
    ctx.expect(good, expected=f"lastOperation: {wanted}", actual=f"lastOperation: {operation}")


def _expect_unchanged(ctx: Context, pooled: PooledEnactment, configuration_id: str) -> None:
    """Raise Failure unless the update is refused and the deployment keeps its configuration."""
    # As GET shows it: whether an earlier update was carried out is judged elsewhere.
    before = pooled.last.get("configurationId", pooled.configuration.id)
    answer = send_update(ctx, pooled, configuration_id)
    if answer.ok:
        # Which configuration it has from now on is open.
        ctx.session.journal.doubt("deployment", pooled.id)
    ctx.expect_refused(answer, CHECK_REFUSED)
    now = ctx.get_or_fail("getDeployment", **pooled.path)
    ctx.expect_same({"configurationId": before}, now, what="the configuration as before")
