"""Probes of finding and bounding metrics: pages, lists of ids, tag filters, greatest sizes."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from lmconform.errors import NotTestable
from lmconform.probes import enactment_pool
from lmconform.probes.comparison import pairs
from lmconform.probes.context import Context, Json
from lmconform.probes.metrics import point, points, resource, store
from lmconform.probes.registry import probe

# What one execution takes (F44), and the greatest $top that is published.
MOST_METRICS: Final = 1000
MOST_NAMED: Final = 100
_GREATEST_TOP: Final = 10_000
_LABEL: Final = "metrics.ai.sap.com/Artifact.name"


def _two(ctx: Context) -> list[str]:
    """Two executions that have metrics."""
    executions = [enactment_pool.base(ctx).id, enactment_pool.spare(ctx).id]
    for execution in executions:
        store(ctx, execution, metrics=[point(ctx.unique("two"))])
    return executions


def _ids(ctx: Context, query: str) -> list[str]:
    """The executions in a list of metrics, asked for with the query string as it is."""
    answer = ctx.get_raw("findMetrics", query)
    ctx.expect_status(answer, {200})
    return [str(r.get("executionId")) for r in answer.json_object().get("resources") or []]


@probe("LM-METRICS-IDS-ENCODED")
def commas_may_be_encoded(ctx: Context) -> None:
    executions = _two(ctx)
    for comma in ("%2C", ","):
        found = _ids(ctx, f"executionIds={comma.join(executions)}")
        ctx.expect(sorted(found) == sorted(executions), expected=f"both, joined by {comma}", actual=f"{found}")


@probe("LM-METRICS-TOP")
def top_bounds_the_page(ctx: Context) -> None:
    found = ctx.items("findMetrics", {"executionIds": _two(ctx), "$top": 1})
    ctx.expect(len(found) == 1, expected="1 of our 2", actual=f"{len(found)}")


@probe("LM-METRICS-SKIP")
def skip_leaves_out(ctx: Context) -> None:
    found = ctx.items("findMetrics", {"executionIds": _two(ctx), "$skip": 1})
    ctx.expect(len(found) == 1, expected="1 after $skip=1 of 2", actual=f"{len(found)}")


@probe("LM-METRICS-TOP-AT-LIMIT")
def greatest_top_is_taken(ctx: Context) -> None:
    executions = _two(ctx)
    for top in (_GREATEST_TOP - 1, _GREATEST_TOP):
        found = ctx.items("findMetrics", {"executionIds": executions, "$top": top})
        ctx.expect(len(found) == 2, expected=f"both under $top={top}", actual=f"{len(found)}")


@probe("LM-METRICS-SELECT-TWO")
def select_leaves_two_sections(ctx: Context) -> None:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("both")
    entry = {"name": name, "value": "selected"}
    store(ctx, execution, metrics=[point(name)], tags=[entry], customInfo=[entry])
    found = resource(ctx, execution, {"$select": ["metrics", "customInfo"]})
    for section in ("metrics", "customInfo"):
        names = [e.get("name") for e in found.get(section) or []]
        ctx.expect(name in names, expected=f"{name} in {section}", actual=f"{names}")
    ctx.expect(not found.get("tags"), expected="no tags", actual=f"{found.get('tags')}")


def _tagged(ctx: Context) -> tuple[str, str, str]:
    """An execution with two tags of ours: its id, the names of the tags; their values are yes."""
    execution, first, second = enactment_pool.base(ctx).id, ctx.unique("first"), ctx.unique("second")
    store(ctx, execution, tags=[{"name": name, "value": "yes"} for name in (first, second)])
    return execution, first, second


def _expect_found(ctx: Context, execution: str, expression: str, wanted: bool) -> None:
    # Signs go as they are: whether %3D is a sign or part of a name is open.
    answer = ctx.get_raw("findMetrics", f"executionIds={execution}&tagFilters={expression}")
    # Whether nothing found is an empty list or a 404 is open as well (F32).
    ctx.expect_status(answer, {200} if wanted else {200, 404})
    found = execution in [r.get("executionId") for r in answer.json_object().get("resources") or []]
    words = ("nothing", "the execution")
    ctx.expect(found is wanted, expected=f"{words[wanted]} for {expression}", actual=answer.brief, exchange=answer)


@probe("LM-METRICS-TAG-FILTER-NOT")
def tags_filter_by_other_values(ctx: Context) -> None:
    execution, first, _ = _tagged(ctx)
    _expect_found(ctx, execution, f"{first}!=no", True)
    _expect_found(ctx, execution, f"{first}!=yes", False)


@probe("LM-METRICS-TAG-FILTER-NAME")
def tags_filter_by_name(ctx: Context) -> None:
    execution, first, _ = _tagged(ctx)
    _expect_found(ctx, execution, first, True)
    _expect_found(ctx, execution, ctx.unique("nothing"), False)


@probe("LM-METRICS-TAG-FILTER-AND")
def tags_combine_with_and(ctx: Context) -> None:
    execution, first, second = _tagged(ctx)
    _expect_found(ctx, execution, f"{first}=yes,{second}=yes", True)
    _expect_found(ctx, execution, f"{first}=yes,{second}=no", False)
    _expect_found(ctx, execution, f"{first}=no,{second}=yes", False)


@probe("LM-METRICS-ARTIFACT-LABEL")
def metric_names_its_output(ctx: Context) -> None:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("model")
    labels = [{"name": _LABEL, "value": "text-model-tutorial"}]
    answer = ctx.send("patchMetrics", json={"executionId": execution, "metrics": [point(name, labels=labels)]})
    ctx.expect_status(answer, {204})
    found = points(ctx, execution, name)
    ctx.expect_same({"labels": labels}, found[0] if found else {}, what="as sent")


@probe("LM-METRICS-AT-LIMIT")
def longest_names_and_values_come_back(ctx: Context) -> None:
    execution = enactment_pool.base(ctx).id
    for length in (255, 256):
        name = ctx.unique("longest").ljust(length, "x")
        entry = {"name": name, "value": "y" * length}
        labels = [{"name": "l" * length, "value": "z" * length}]
        body: Json = {"metrics": [point(name, labels=labels)], "tags": [entry], "customInfo": [entry]}
        ctx.expect_status(ctx.send("patchMetrics", json={"executionId": execution, **body}), {204})
        found = resource(ctx, execution)
        for section in ("tags", "customInfo"):
            missing = pairs([entry]) - pairs(found.get(section) or [])
            ctx.expect(not missing, expected=f"{section} of {length} characters as sent", actual="missing")
        own = [m for m in found.get("metrics") or [] if m.get("name") == name]
        ctx.expect_same({"labels": labels}, own[0] if own else {}, what=f"a metric of {length} characters")


@probe("LM-METRICS-BODY-EMPTY")
def empty_names_are_refused(ctx: Context) -> None:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("empty")
    bodies: tuple[Json, ...] = (
        {"metrics": [point("")]},
        {"metrics": [point(name, labels=[{"name": "", "value": "1"}])]},
        {"tags": [{"name": "", "value": "1"}]},
        {"customInfo": [{"name": "", "value": "1"}]},
        {"customInfo": [{"name": name, "value": ""}]},
    )
    for body in bodies:
        ctx.expect_refused(ctx.send("patchMetrics", json={"executionId": execution, **body}))


@contextmanager
def emptied(ctx: Context) -> Iterator[str]:
    """A spare execution without metrics, which has none afterwards either: the limits count what is there (F44)."""
    execution = enactment_pool.spare(ctx).id

    def clear() -> None:
        ctx.send("deleteMetrics", query={"executionId": execution})
        ctx.session.journal.removed("metrics", execution)

    clear()
    try:
        yield execution
    finally:
        clear()


def bulk(number: int, named: int) -> Json:
    """As many metrics, and as many tags and pieces of custom information."""
    entries = [{"name": f"name-{n}", "value": f"{n}"} for n in range(named)]
    metrics = [point("loss", 1 / (n + 1), n) for n in range(number)]
    return {"metrics": metrics, "tags": entries, "customInfo": entries}


@probe("LM-METRICS-THOUSAND", effect="destructive")
def thousand_metrics_are_taken(ctx: Context) -> None:
    with emptied(ctx) as execution:
        sent = bulk(MOST_METRICS, MOST_NAMED)
        ctx.expect_status(ctx.send("patchMetrics", json={"executionId": execution, **sent}), {204})
        found = resource(ctx, execution)
        steps = {m.get("step") for m in found.get("metrics") or []}
        ctx.expect(len(steps) == MOST_METRICS, expected=f"{MOST_METRICS} metrics", actual=f"{len(steps)}")
        for section in ("tags", "customInfo"):
            missing = pairs(sent[section]) - pairs(found.get(section) or [])
            ctx.expect(not missing, expected=f"{MOST_NAMED} {section}", actual=f"{len(missing)} of them missing")


@probe("LM-METRICS-DELETE-FORGETS", effect="destructive")
def deleted_metrics_do_not_come_back(ctx: Context) -> None:
    before, after = ctx.unique("before"), ctx.unique("after")
    with emptied(ctx) as execution:
        store(ctx, execution, metrics=[point(before)], tags=[{"name": before, "value": "1"}])
        answer = ctx.send("deleteMetrics", query={"executionId": execution})
        if answer.status != 200:
            raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")
        store(ctx, execution, metrics=[point(after)])
        found = resource(ctx, execution)
        names = [e.get("name") for section in ("metrics", "tags") for e in found.get(section) or []]
        ctx.expect(after in names, expected=f"{after}", actual=f"{names}")
        ctx.expect(before not in names, expected=f"no {before} from before the deletion", actual=f"{names}")
