"""Probes of output artifacts: they are listed, belong to their execution and outlive it."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Final

from lmconform.errors import Inconclusive, Skip
from lmconform.probes import enactment_pool, liveness
from lmconform.probes.builders import executables
from lmconform.probes.builders.artifacts import BATCH_KINDS
from lmconform.probes.context import Context, Json
from lmconform.probes.enactment import EXECUTION
from lmconform.probes.reading import objects
from lmconform.probes.registry import probe
from lmconform.probes.shared.paging import DEFAULT_TOP

# The one that all probes read, and a second one of another configuration.
_FEW: Final = 3
_KINDS: Final = frozenset({*BATCH_KINDS, "other"})


@probe("LM-EXECUTION-OUTPUT-OWNER", last=True)
def outputs_name_their_execution(ctx: Context) -> None:
    body = enactment_pool.at_goal(ctx)
    outputs(body)
    for one in (body, *_others(ctx, str(body["status"]))):
        for artifact in objects(one, "outputArtifacts"):
            ctx.expect_same({"executionId": one["id"]}, artifact, what=f"output {artifact.get('name')} of {one['id']}")


def _others(ctx: Context, status: str) -> list[Json]:
    """Those in that status that ran one configuration, as a list shows them; two more are started where few were."""
    if len(enactment_pool.everyone(ctx, EXECUTION)) < _FEW:
        with suppress(Skip):
            for pooled in (enactment_pool.fresh(ctx), enactment_pool.fresh(ctx)):
                enactment_pool.wait_for(ctx, pooled, {status})
    runs = Counter(pooled.configuration.id for pooled in enactment_pool.everyone(ctx, EXECUTION))
    ((configuration, _),) = runs.most_common(1)
    listed = ctx.items(EXECUTION.list, {"configurationId": configuration, "status": status})
    return [one for one in listed if "id" in one]


@probe("LM-EXECUTION-OUTPUT-LISTED", late=True)
def outputs_are_listed(ctx: Context) -> None:
    body = enactment_pool.at_goal(ctx)
    wanted = {str(a.get("id")) for a in outputs(body)}
    listed = set(ctx.ids("listArtifacts", {"executionId": body["id"]}))
    ctx.expect(listed == wanted, expected=f"the outputs {sorted(wanted)}", actual=f"{sorted(listed)}")
    number = ctx.count("countArtifacts", {"executionId": body["id"]})
    ctx.expect(number == len(wanted), expected=f"$count = {len(wanted)}", actual=f"{number}")
    other = min(_KINDS - {str(a.get("kind")) for a in outputs(body)}, default=None)
    if other is not None:
        strangers = ctx.ids("listArtifacts", {"executionId": body["id"], "kind": other})
        ctx.expect(not strangers, expected=f"no output of kind {other}", actual=f"{strangers}")
    _expect_found(ctx, outputs(body)[0])


def _expect_found(ctx: Context, artifact: Json) -> None:
    """Raise Failure unless a list that does not name the execution holds its output."""
    query = {n: artifact[n] for n in ("scenarioId", "kind", "name") if artifact.get(n)}
    ids = ctx.ids("listArtifacts", query)
    good = artifact.get("id") in ids or len(ids) >= DEFAULT_TOP
    ctx.expect(good, expected=f"the output {artifact.get('id')} for {query}", actual=f"{len(ids)} others")


@probe("LM-EXECUTION-OUTPUT-GET", late=True)
def outputs_are_artifacts(ctx: Context) -> None:
    for artifact in outputs(enactment_pool.at_goal(ctx)):
        _expect_stored(ctx, artifact, "the artifact as the execution has it")


def _expect_stored(ctx: Context, artifact: Json, what: str) -> None:
    """Raise Failure unless GET shows the output that an execution had, with its main members."""
    stored = ctx.get_or_fail("getArtifact", artifactId=str(artifact.get("id")))
    names = ("id", "name", "kind", "url", "executionId", "scenarioId")
    ctx.expect_same({n: artifact.get(n) for n in names}, stored, what=what)


@probe("LM-EXECUTION-OUTPUT-URL", late=True)
def output_urls_hold_the_execution(ctx: Context) -> None:
    body = enactment_pool.at_goal(ctx)
    for artifact in outputs(body):
        url = str(artifact.get("url"))
        good = url.startswith("ai://") and str(body.get("id")) in url
        ctx.expect(good, expected=f"ai://…/{body.get('id')}/…", actual=url)


@probe("LM-EXECUTION-DELETE-KEEPS-OUTPUTS")
def outputs_outlive_their_execution(ctx: Context) -> None:
    pooled = enactment_pool.any_terminal(ctx, {"COMPLETED"})
    artifacts = outputs(pooled.last)
    answer = pooled.delete(ctx)
    ctx.require_success(answer)
    enactment_pool.remove(ctx, pooled)
    liveness.need(lambda: pooled.wait_until_gone(ctx), "LM-EXECUTION-DELETE")
    for artifact in artifacts:
        _expect_stored(ctx, artifact, "the output as before the deletion")
    # By executionId is open once the execution is gone (F12).
    _expect_found(ctx, artifacts[0])


@probe("LM-EXECUTION-OUTPUT-NAMES", late=True)
def outputs_are_those_of_the_executable(ctx: Context) -> None:
    shown = outputs(enactment_pool.at_goal(ctx))
    names = {str(a.get("name")) for a in shown}
    sent = enactment_pool.base(ctx).configuration.sent
    own = [e for e in executables.executables(ctx, str(sent["scenarioId"])) if e["id"] == sent["executableId"]]
    kinds = {str(a.get("name")): a.get("kind") for e in own for a in objects(e, "outputArtifacts")}
    ctx.expect(names <= kinds.keys(), expected=f"outputs out of {sorted(kinds)}", actual=f"{sorted(names)}")
    for artifact in shown:
        name, kind = str(artifact.get("name")), artifact.get("kind")
        text = f"output {name} of kind {kinds[name]}"
        ctx.expect(kinds[name] in (None, kind), expected=text, actual=f"of kind {kind}")


def outputs(body: Json) -> list[Json]:
    """The output artifacts of an execution; raises Inconclusive when it has none."""
    artifacts = objects(body, "outputArtifacts")
    if not artifacts:
        raise Inconclusive("the training created no output artifact")
    return artifacts
