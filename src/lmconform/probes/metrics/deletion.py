"""Probes of DELETE: deleted metrics are gone, others stay."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from lmconform.client import polling
from lmconform.errors import Inconclusive, NotTestable
from lmconform.probes import enactment_pool
from lmconform.probes.builders.metrics import SECTIONS, expect_stored_values, metrics_resource, point, store
from lmconform.probes.context import Context, Json
from lmconform.probes.fixtures import fixture
from lmconform.probes.metrics.limits import emptied
from lmconform.probes.reading import entries, objects
from lmconform.probes.registry import probe


@probe("LM-METRICS-DELETE")
def deleted_metrics_are_gone(ctx: Context) -> None:
    execution = _deleted(ctx)
    answer = ctx.get("findMetrics", {"executionIds": [execution]})
    if answer.status == 200 and _is_of_the_training(ctx, entries(answer.json_object())):
        raise Inconclusive(f"the training of {execution} stores metrics itself")
    ctx.expect_refused(answer, {404})


def _is_of_the_training(ctx: Context, listed: list[Json]) -> bool:
    """Whether there are metrics, and none that this run has stored: a training may store some at any time (F35)."""
    names = [str(entry.get("name")) for one in listed for section in SECTIONS for entry in objects(one, section)]
    return bool(names) and not any(ctx.mark() in name for name in names)


@probe("LM-METRICS-DELETE-TWICE")
def second_delete_finds_nothing(ctx: Context) -> None:
    execution = _deleted(ctx)
    # A training may have stored some in between (F35), but not each time.
    for _ in range(enactment_pool.ATTEMPTS):
        answer = ctx.send("deleteMetrics", query={"executionId": execution})
        if answer.status != 200:
            break
    ctx.expect_refused(answer, {404})


@probe("LM-METRICS-DELETE-404")
def deletion_for_an_unknown_execution_is_404(ctx: Context) -> None:
    ctx.expect_refused(ctx.send("deleteMetrics", query={"executionId": ctx.absent_id()}), {404})


@probe("LM-METRICS-DELETE-OTHERS-STAY")
def metrics_of_other_executions_stay(ctx: Context) -> None:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("stays")
    store(ctx, execution, metrics=[point(name)])
    _deleted(ctx)
    expect_stored_values(ctx, execution, name, [0.5])


@probe("LM-METRICS-DELETE-FORGETS")
def deleted_metrics_do_not_come_back(ctx: Context) -> None:
    before, after = ctx.unique("before"), ctx.unique("after")
    with emptied(ctx) as execution:
        store(ctx, execution, metrics=[point(before)], tags=[{"name": before, "value": "1"}])
        answer = ctx.send("deleteMetrics", query={"executionId": execution})
        if answer.status != 200:
            raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")
        store(ctx, execution, metrics=[point(after)])
        body = metrics_resource(ctx, execution)
        names = [e.get("name") for section in ("metrics", "tags") for e in body.get(section) or []]
        ctx.expect(after in names, expected=f"{after}", actual=f"{names}")
        ctx.expect(before not in names, expected=f"no {before} from before the deletion", actual=f"{names}")


@probe("LM-METRICS-STAYS-DELETED", last=True)
def deleted_metrics_stay_gone(ctx: Context) -> None:
    if not _deletions(ctx):
        _deleted(ctx)
        # What comes back may take a moment; in a whole run this moment has passed long ago.
        polling.rest(polling.grace(ctx.session.target.poll_interval))
    # Metrics may go with their execution (F47): one that is still there shows more.
    removed = ctx.session.journal.is_removed
    execution, name = min(_deletions(ctx), key=lambda one: removed("execution", one[0]))
    answer = ctx.get("findMetrics", {"executionIds": [execution]})
    ctx.expect_status(answer, {200, 404})
    # Others may have been stored since, also by the training itself (F35).
    names = [m.get("name") for one in entries(answer.json_object()) for m in objects(one, "metrics")]
    text = f"no {name}, which was deleted for {execution}"
    ctx.expect(name not in names, expected=text, actual=answer.brief, exchange=answer)


@fixture()
def _deletions(ctx: Context) -> list[tuple[str, str]]:
    """Executions whose metrics this run has deleted, and the name of one of the metrics; the earliest first."""
    return []


def _deleted(ctx: Context) -> str:
    """A spare execution whose metrics were stored and deleted."""
    execution, name = enactment_pool.spare(ctx).id, ctx.unique("deleted")
    store(ctx, execution, metrics=[point(name)])
    answer = ctx.send("deleteMetrics", query={"executionId": execution})
    ctx.expect_status(answer, {200})
    ctx.session.journal.removed("metrics", execution)
    _deletions(ctx).append((execution, name))
    return execution
