"""Probes of GET: lists of ids, pages, sections, tag filters."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from typing import Final

from lmconform.errors import NotApplicable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool
from lmconform.probes.builders.metrics import SECTIONS, metrics_resource, point, store
from lmconform.probes.context import Context
from lmconform.probes.fixtures import fixture
from lmconform.probes.reading import entries, objects
from lmconform.probes.registry import probe

# The greatest $top that is published.
_GREATEST_TOP: Final = 10_000
_MATCH: Final = ("no match", "a match")


@probe("LM-METRICS-COUNT")
def count_is_the_number_of_resources(ctx: Context) -> None:
    body = ctx.get_or_fail("findMetrics", {"executionIds": _two_with_metrics(ctx)})
    length = len(entries(body))
    if body.get("count") is None:
        raise NotApplicable("count is optional in a list of metrics, and missing")
    ctx.expect(body.get("count") == length, expected=f"count: {length}", actual=f"count: {body.get('count')}")


@probe("LM-METRICS-FIND-SEVERAL")
def several_executions_are_found(ctx: Context) -> None:
    executions = [enactment_pool.base(ctx).id, enactment_pool.spare(ctx).id]
    names = {execution: ctx.unique("several") for execution in executions}
    for execution, name in names.items():
        entry = {"name": name, "value": name}
        store(ctx, execution, metrics=[point(name)], tags=[entry], customInfo=[entry])
    found = ctx.items("findMetrics", {"executionIds": executions})
    ids = [r.get("executionId") for r in found]
    ctx.expect(sorted(map(str, ids)) == sorted(executions), expected=f"one each of {executions}", actual=f"{ids}")
    for resource in found:
        own = names[str(resource["executionId"])]
        for section in SECTIONS:
            held = {e.get("name") for e in objects(resource, section)} & {*names.values()}
            text = f"{section} of {resource['executionId']}: of {sorted(names.values())} only {own}"
            ctx.expect(held == {own}, expected=text, actual=f"{sorted(map(str, held))}")
    chosen = ctx.items("findMetrics", {"executionIds": executions, "$select": "metrics"})
    ids = [r.get("executionId") for r in chosen]
    text = f"one each of {executions} with $select=metrics"
    ctx.expect(sorted(map(str, ids)) == sorted(executions), expected=text, actual=f"{ids}")
    joined = ", ".join(f"'{execution}'" for execution in executions)
    answer = ctx.get("findMetrics", {"$filter": f"executionId in ({joined})"})
    # How the list is spelled is not published (F33): a target that understands it finds all of them.
    if answer.status == 200:
        ids = [r.get("executionId") for r in entries(answer.json_object())]
        text = f"one each of {executions} for $filter=executionId in ({joined})"
        ctx.expect(sorted(map(str, ids)) == sorted(executions), expected=text, actual=f"{ids}")


@probe("LM-METRICS-FIND-OWN-ONLY")
def other_executions_are_not_found(ctx: Context) -> None:
    execution, _ = _two_with_metrics(ctx)
    ids = [r.get("executionId") for r in ctx.items("findMetrics", {"executionIds": [execution]})]
    ctx.expect(ids == [execution], expected=f"only {execution}", actual=f"{ids}")


@probe("LM-METRICS-FILTER-EQ")
def filter_by_equality_works(ctx: Context) -> None:
    execution = _with_metrics(ctx)
    answer = ctx.get("findMetrics", {"$filter": f"executionId eq '{execution}'"})
    ctx.expect_status(answer, {200})
    ids = [r.get("executionId") for r in entries(answer.json_object())]
    ctx.expect(ids == [execution], expected=f"only {execution}", actual=f"{ids}")


@fixture(builds_on=lambda stored: [stored[0]])
def _in_all_sections(ctx: Context) -> tuple[str, str]:
    """An execution, and the name of a metric, a tag and a custom info of it."""
    execution, name = enactment_pool.base(ctx).id, ctx.unique("select")
    entry = {"name": name, "value": "selected"}
    store(ctx, execution, metrics=[point(name)], tags=[entry], customInfo=[entry])
    return execution, name


@probe("LM-METRICS-SELECT")
def select_leaves_one_section(ctx: Context) -> None:
    execution, name = _in_all_sections(ctx)
    for section in SECTIONS:
        body = metrics_resource(ctx, execution, {"$select": [section]})
        names = [e.get("name") for e in body.get(section) or []]
        ctx.expect(name in names, expected=f"{name} in {section}", actual=f"{names}")
        others = [other for other in SECTIONS if other != section and body.get(other)]
        ctx.expect(not others, expected=f"no section but {section}", actual=f"{others} too")


@probe("LM-METRICS-SELECT-ALL")
def star_selects_all(ctx: Context) -> None:
    execution, name = _in_all_sections(ctx)
    for select in (["*"], list(SECTIONS)):
        body = metrics_resource(ctx, execution, {"$select": select})
        missing = [s for s in SECTIONS if name not in [e.get("name") for e in body.get(s) or []]]
        ctx.expect(
            not missing,
            expected=f"{name} in {', '.join(SECTIONS)}",
            actual=f"missing in {', '.join(missing)} for $select={','.join(select)}",
        )


@probe("LM-METRICS-SELECT-TWO")
def select_leaves_two_sections(ctx: Context) -> None:
    execution, name = _in_all_sections(ctx)
    body = metrics_resource(ctx, execution, {"$select": ["metrics", "customInfo"]})
    for section in ("metrics", "customInfo"):
        names = [e.get("name") for e in body.get(section) or []]
        ctx.expect(name in names, expected=f"{name} in {section}", actual=f"{names}")
    ctx.expect(not body.get("tags"), expected="no tags", actual=f"{body.get('tags')}")


@probe("LM-METRICS-TAG-FILTER")
def tags_filter(ctx: Context) -> None:
    execution, other, name = enactment_pool.base(ctx).id, enactment_pool.spare(ctx).id, ctx.unique("tagged")
    # The value that must not match belongs to another tag.
    tags = [{"name": name, "value": "yes"}, {"name": ctx.unique("other"), "value": "no"}]
    store(ctx, execution, metrics=[point(name)], tags=tags)
    # Each execution matches or not by nothing but its tags.
    store(ctx, other, metrics=[point(name)], tags=[{"name": name, "value": "neither"}])
    answer = _expect_match(ctx, execution, f"{name}=yes", True, other=other)
    for resource in entries(answer.json_object()):
        # Tags filter executions, and nothing of what one of them shows.
        held = {section: [e.get("name") for e in objects(resource, section)] for section in ("metrics", "tags")}
        whole = name in held["metrics"] and {tag["name"] for tag in tags} <= set(held["tags"])
        text = f"{name} in metrics and both tags of {execution} for {name}=yes"
        ctx.expect(whole, expected=text, actual=f"{held}", exchange=answer)
    _expect_match(ctx, execution, f"{name}=yes", True, other=other, select="&$select=metrics")
    _expect_match(ctx, execution, f"{name}=no", False, other=other)


@probe("LM-METRICS-UNKNOWN-404")
def unknown_execution_is_404(ctx: Context) -> None:
    ctx.expect_refused(ctx.get("findMetrics", {"executionIds": [ctx.absent_id()]}), {404})


@probe("LM-METRICS-FILTER-TWICE")
def two_filters_are_refused(ctx: Context) -> None:
    execution = ctx.absent_id()
    answer = ctx.get("findMetrics", {"$filter": f"executionId eq '{execution}'", "executionIds": [execution]})
    ctx.expect_refused(answer)


@probe("LM-METRICS-TEN-IDS")
def ten_ids_are_accepted(ctx: Context) -> None:
    answer = ctx.get("findMetrics", {"executionIds": [ctx.absent_id() for _ in range(10)]})
    ctx.expect_status(answer, {200, 404})


def _two_with_metrics(ctx: Context) -> list[str]:
    """Two executions that have metrics."""
    other = enactment_pool.spare(ctx).id
    store(ctx, other, metrics=[point(ctx.unique("two"))])
    return [_with_metrics(ctx), other]


@fixture(builds_on=lambda execution: [execution])
def _with_metrics(ctx: Context) -> str:
    """An execution that has metrics, which no probe deletes."""
    execution = enactment_pool.base(ctx).id
    store(ctx, execution, metrics=[point(ctx.unique("kept"))])
    return execution


def _ids(ctx: Context, query: str) -> list[str]:
    """The executions in a list of metrics; the query string is sent unchanged."""
    answer = ctx.get_raw("findMetrics", query)
    ctx.expect_status(answer, {200})
    return [str(r.get("executionId")) for r in entries(answer.json_object())]


@probe("LM-METRICS-IDS-ENCODED")
def commas_may_be_encoded(ctx: Context) -> None:
    executions = _two_with_metrics(ctx)
    for comma in ("%2C", ","):
        ids = _ids(ctx, f"executionIds={comma.join(executions)}")
        ctx.expect(sorted(ids) == sorted(executions), expected=f"{executions}, joined by {comma}", actual=f"{ids}")


@probe("LM-METRICS-TOP")
def top_bounds_the_page(ctx: Context) -> None:
    page = ctx.items("findMetrics", {"executionIds": _two_with_metrics(ctx), "$top": 1})
    ctx.expect(len(page) == 1, expected="1 of the 2 executions with $top=1", actual=f"{len(page)}")


@probe("LM-METRICS-SKIP")
def skip_leaves_executions_out(ctx: Context) -> None:
    page = ctx.items("findMetrics", {"executionIds": _two_with_metrics(ctx), "$skip": 1})
    ctx.expect(len(page) == 1, expected="1 after $skip=1 of 2", actual=f"{len(page)}")


@probe("LM-METRICS-TOP-AT-LIMIT")
def greatest_top_is_accepted(ctx: Context) -> None:
    executions = _two_with_metrics(ctx)
    for top in (_GREATEST_TOP - 1, _GREATEST_TOP):
        page = ctx.items("findMetrics", {"executionIds": executions, "$top": top})
        ctx.expect(len(page) == 2, expected=f"both under $top={top}", actual=f"{len(page)}")


@fixture(builds_on=lambda tagged: [tagged[0]])
def _tagged(ctx: Context) -> tuple[str, str, str]:
    """An execution with two new tags: its id and the names of the tags, whose values are yes."""
    execution, first, second = enactment_pool.base(ctx).id, ctx.unique("first"), ctx.unique("second")
    store(ctx, execution, tags=[{"name": name, "value": "yes"} for name in (first, second)])
    return execution, first, second


def _expect_match(
    ctx: Context, execution: str, expression: str, wanted: bool, *, other: str = "", select: str = ""
) -> Exchange:
    """Raise Failure unless the execution is found, or is not, as ``wanted`` says, and the ``other`` one is not."""
    executions = ",".join(filter(None, (execution, other)))
    # The signs are not encoded: whether %3D is a sign or part of a name is open.
    answer = ctx.get_raw("findMetrics", f"executionIds={executions}&tagFilters={expression}{select}")
    # Whether no match is an empty list or a 404 is open as well (F32).
    ctx.expect_status(answer, {200} if wanted else {200, 404})
    found = [r.get("executionId") for r in entries(answer.json_object())]
    text = f"{_MATCH[wanted]} for {expression}"
    ctx.expect((execution in found) is wanted, expected=text, actual=answer.brief, exchange=answer)
    text = f"not {other}, whose tags do not match {expression}"
    ctx.expect(other not in found, expected=text, actual=answer.brief, exchange=answer)
    return answer


@probe("LM-METRICS-TAG-FILTER-NOT")
def tags_filter_by_other_values(ctx: Context) -> None:
    execution, first, _ = _tagged(ctx)
    _expect_match(ctx, execution, f"{first}!=no", True)
    _expect_match(ctx, execution, f"{first}!=yes", False)


@probe("LM-METRICS-TAG-FILTER-NAME")
def tags_filter_by_name(ctx: Context) -> None:
    execution, first, _ = _tagged(ctx)
    _expect_match(ctx, execution, first, True)
    _expect_match(ctx, execution, ctx.unique("nothing"), False)


@probe("LM-METRICS-TAG-FILTER-AND")
def tags_combine_with_and(ctx: Context) -> None:
    execution, first, second = _tagged(ctx)
    _expect_match(ctx, execution, f"{first}=yes,{second}=yes", True)
    # A part of a value is no match either.
    _expect_match(ctx, execution, f"{first}=yes,{second}=ye", False)
    _expect_match(ctx, execution, f"{first}=es,{second}=yes", False)
    _expect_match(ctx, execution, f"{first}=yes,{second}=yes,{ctx.unique('third')}", False)
