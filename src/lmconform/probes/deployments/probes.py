"""Probes of deployments: creation, URL, deletion."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from lmconform.probes import enactment_pool, liveness
from lmconform.probes.builders.configurations import unbound_configuration
from lmconform.probes.context import Context, Json
from lmconform.probes.deployments.updates import CHECK_REFUSED, expect_operation
from lmconform.probes.enactment import DEPLOYMENT
from lmconform.probes.pooled_enactment import PooledEnactment
from lmconform.probes.registry import probe
from lmconform.probes.shared import agreement, bulk, enactments, ended, filters, lifecycle, times, undisturbed
from lmconform.probes.shared.lifecycle import expect_kept, expect_uncounted

enactments.install(DEPLOYMENT)
filters.install(DEPLOYMENT)
lifecycle.install(DEPLOYMENT)
bulk.install(DEPLOYMENT)
times.install(DEPLOYMENT)
agreement.install(DEPLOYMENT)
undisturbed.install(DEPLOYMENT)
ended.install(DEPLOYMENT)


@probe("LM-DEPLOYMENT-CREATE-HAS-URL")
def creation_has_a_url(ctx: Context) -> None:
    url = enactment_pool.base(ctx, DEPLOYMENT).created.exchange.json_object().get("deploymentUrl")
    ctx.expect(isinstance(url, str), expected="deploymentUrl, empty or not", actual=f"deploymentUrl: {url}")


@probe("LM-DEPLOYMENT-CREATE-OPERATION")
def creation_is_the_last_operation(ctx: Context) -> None:
    expect_operation(ctx, enactments.first_body(ctx, DEPLOYMENT), "CREATE")


@probe("LM-DEPLOYMENT-CREATE-UNKNOWN-CONFIGURATION")
def unknown_configuration_is_refused(ctx: Context) -> None:
    answer = ctx.send("createDeployment", json={"configurationId": ctx.absent_id()})
    ctx.expect_refused(answer, {400, 404})


@probe("LM-DEPLOYMENT-CREATE-CHECKED")
def missing_bindings_are_refused_at_once(ctx: Context) -> None:
    answer = ctx.send("createDeployment", json={"configurationId": unbound_configuration(ctx).id})
    ctx.expect_refused(answer, CHECK_REFUSED)


@probe("LM-DEPLOYMENT-URL", late=True)
def running_deployment_has_a_url(ctx: Context) -> None:
    url = enactment_pool.at_goal(ctx, DEPLOYMENT).get("deploymentUrl")
    good = isinstance(url, str) and url.startswith(("https://", "http://"))
    ctx.expect(good, expected="deploymentUrl: a URL", actual=f"deploymentUrl: {url}")


@probe("LM-DEPLOYMENT-URL-HOLDS-ID", last=True)
def url_holds_the_id(ctx: Context) -> None:
    enactment_pool.at_goal(ctx, DEPLOYMENT)
    # Also of those that were updated or stopped since (M13).
    for pooled in enactment_pool.everyone(ctx, DEPLOYMENT):
        url = pooled.last.get("deploymentUrl")
        is_known = bool(url) or pooled.last.get("status") == "RUNNING"
        text = f"…/inference/deployments/{pooled.id}"
        ctx.expect(not is_known or pooled.id in str(url), expected=text, actual=str(url))


@probe("LM-DEPLOYMENT-URL-LISTED", late=True)
def list_has_the_url(ctx: Context) -> None:
    def judge(body: Json) -> None:
        enactment_pool.at_goal(ctx, DEPLOYMENT)
        listed = enactments.listed_base(ctx, DEPLOYMENT)
        ctx.expect_same({"deploymentUrl": body.get("deploymentUrl")}, listed, what="the list as GET has it")

    enactment_pool.judge_at_rest(ctx, DEPLOYMENT, judge)


@probe("LM-DEPLOYMENT-DELETE-TARGET")
def deleted_deployment_has_deleted_as_target(ctx: Context) -> None:
    deletion = enactment_pool.deleted(ctx, DEPLOYMENT)
    ctx.require_success(deletion.answer)
    if deletion.after.status != 404:
        ctx.expect_status(deletion.after, {200})
        ctx.expect_same({"targetStatus": "DELETED"}, deletion.after.json_object(), what="GET after the deletion")


@probe("LM-DEPLOYMENT-DELETE-UNCOUNTED")
def deleted_deployment_is_not_counted(ctx: Context) -> None:
    pooled = _gone(ctx)
    query = {"configurationId": pooled.configuration.id}
    expect_uncounted(ctx, "listDeployments", "countDeployments", query, pooled.id)


@probe("LM-DEPLOYMENT-DELETE-KEEPS-CONFIGURATION", costly=True)
def configuration_outlives_its_deployment(ctx: Context) -> None:
    expect_kept(ctx, _gone(ctx).configuration)


def _gone(ctx: Context) -> PooledEnactment:
    """The deployment that this session deleted, when it is gone; raises NotTestable and Inconclusive."""
    deletion = enactment_pool.deleted(ctx, DEPLOYMENT)
    ctx.require_success(deletion.answer)
    liveness.need(lambda: deletion.pooled.wait_until_gone(ctx), "LM-DEPLOYMENT-DELETE")
    return deletion.pooled
