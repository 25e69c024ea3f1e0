"""Probes of executions alone: that they end, and what they leave. The rest is in enactments."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from lmconform.errors import Inconclusive, NotTestable
from lmconform.probes import bulk, enactment_pool, enactments, lifecycle
from lmconform.probes.context import Context, Json
from lmconform.probes.enactment import EXECUTION
from lmconform.probes.registry import probe

enactments.install(EXECUTION)


@probe("LM-EXECUTION-TERMINAL-STAYS", late=True)
def ended_execution_stays_as_it_is(ctx: Context) -> None:
    before = enactment_pool.at_rest(ctx)
    now = ctx.get_or_fail("getExecution", executionId=str(before["id"]))
    ctx.expect_same({"status": before["status"]}, now, what="a later GET")


@probe("LM-EXECUTION-OUTPUT-OWNER", late=True)
def outputs_name_their_execution(ctx: Context) -> None:
    body = enactment_pool.at_goal(ctx)
    for artifact in outputs(body):
        ctx.expect_same({"executionId": body["id"]}, artifact, what=f"output {artifact.get('name')}")


@probe("LM-EXECUTION-OUTPUT-LISTED", late=True)
def outputs_are_listed(ctx: Context) -> None:
    body = enactment_pool.at_goal(ctx)
    wanted = {str(a.get("id")) for a in outputs(body)}
    found = set(ctx.ids("listArtifacts", {"executionId": body["id"]}))
    ctx.expect(found == wanted, expected=f"the outputs {sorted(wanted)}", actual=f"{sorted(found)}")
    number = ctx.count("countArtifacts", {"executionId": body["id"]})
    ctx.expect(number == len(wanted), expected=f"$count = {len(wanted)}", actual=f"{number}")


@probe("LM-EXECUTION-OUTPUT-GET", late=True)
def outputs_are_artifacts(ctx: Context) -> None:
    for artifact in outputs(enactment_pool.at_goal(ctx)):
        found = ctx.get_or_fail("getArtifact", artifactId=str(artifact.get("id")))
        names = ("id", "name", "kind", "url", "executionId", "scenarioId")
        ctx.expect_same({n: artifact.get(n) for n in names}, found, what="the artifact as the execution has it")


@probe("LM-EXECUTION-OUTPUT-URL", late=True)
def output_urls_hold_the_execution(ctx: Context) -> None:
    body = enactment_pool.at_goal(ctx)
    for artifact in outputs(body):
        url = str(artifact.get("url"))
        good = url.startswith("ai://") and body["id"] in url
        ctx.expect(good, expected=f"ai://…/{body['id']}/…", actual=url)


@probe("LM-EXECUTION-DELETE-KEEPS-OUTPUTS", effect="destructive")
def outputs_outlive_their_execution(ctx: Context) -> None:
    pooled = enactment_pool.any_terminal(ctx, {"COMPLETED"})
    outputs = [str(a.get("id")) for a in pooled.last.get("outputArtifacts") or []]
    if not outputs:
        raise Inconclusive("the training made no output artifact")
    answer = enactment_pool.delete(ctx, pooled)
    if not answer.ok:
        raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")
    enactment_pool.remove(ctx, pooled)
    enactment_pool.wait_until_gone(ctx, pooled)
    for artifact in outputs:
        ctx.expect_status(ctx.get("getArtifact", artifactId=artifact), {200})


lifecycle.install(EXECUTION)
bulk.install(EXECUTION)


def outputs(body: Json) -> list[Json]:
    """The output artifacts of an execution; raises Inconclusive when it has none."""
    found = [a for a in body.get("outputArtifacts") or [] if isinstance(a, dict)]
    if not found:
        raise Inconclusive("the training made no output artifact")
    return found
