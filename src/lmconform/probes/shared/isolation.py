"""Probes of resource groups: what one group holds is neither shown to another group nor used or changed from there."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from lmconform.contract.openapi import Operation
from lmconform.contract.resource import properties
from lmconform.contract.resources import Role
from lmconform.errors import Failure, Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool
from lmconform.probes.builders.artifacts import ARTIFACT
from lmconform.probes.context import Context
from lmconform.probes.fixtures import fixture
from lmconform.probes.reading import entries, objects
from lmconform.probes.registry import probe
from lmconform.probes.shared import namesakes
from lmconform.probes.shared.effects import expect_undone
from lmconform.probes.shared.other_group import foreign, other_group
from lmconform.probes.shared.requests import Prepared, prepare
from lmconform.probes.shared.sources import kept_tag, source_of

_GROUP_HEADER: Final = "AI-Resource-Group"
# A change of its configuration is checked before it is accepted (F22, C2); for other resources that is not published.
_CHECKED: Final = "deployment"
# Other views of what GET shows.
_VIEWS: Final = {"$expand": "scenario", "$select": "status"}


@probe("LM-ISOLATION-EVERY-OPERATION")
def nothing_crosses_a_resource_group(ctx: Context) -> None:
    operations = ctx.session.contract.operations
    _judge_each(ctx, [operation for operation in operations if _is_isolated(ctx, operation)])


def _covers(requirement: str, noun: str, *roles: str) -> None:
    """The requirement is about the operations of these roles."""

    @probe(f"LM-ISOLATION-{requirement}")
    def nothing_crosses_a_resource_group(ctx: Context) -> None:
        operations = [ctx.session.resources[noun].operations[role] for role in roles]
        if len(operations) > 1:
            _judge_each(ctx, operations)
        else:
            _judge(ctx, operations[0], other_group(ctx))


for _noun in ("artifact", "configuration"):
    _covers(f"{_noun.upper()}-GET", _noun, Role.GET)
    _covers(f"{_noun.upper()}-LIST", _noun, Role.LIST, Role.COUNT)


@probe("LM-ISOLATION-OUTPUTS", late=True)
def outputs_are_not_listed_for_another_group(ctx: Context) -> None:
    body = enactment_pool.at_goal(ctx)
    own = {str(artifact.get("id")) for artifact in objects(body, "outputArtifacts")}
    if not own:
        raise Inconclusive("the training created no output artifact")
    answer = ctx.send(ARTIFACT.list, query={"executionId": body["id"]}, resource_group=other_group(ctx))
    if answer.status != 200:
        # A filter that names an unknown id may be refused (F12).
        _expect_4xx(ctx, answer)
        return
    listed = sorted({str(one.get("id")) for one in entries(answer.json_object())} & own)
    if listed:
        namesakes.expect_none_named(ctx, {"executionId": body["id"]}, other_group(ctx))
    text = f"no output of {body['id']}, which is of the resource group {ctx.session.target.resource_group}"
    ctx.expect(not listed, expected=text, actual=f"{listed}", exchange=answer)


for _noun in ("schedule", "execution", "deployment"):
    _covers(f"{_noun.upper()}-GET", _noun, Role.GET)
    _covers(f"{_noun.upper()}-LIST", _noun, Role.LIST)
    _covers(f"{_noun.upper()}-COUNT", _noun, Role.COUNT)
    _covers(f"{_noun.upper()}-CHANGE", _noun, Role.MODIFY, Role.DELETE)
for _noun in ("execution", "deployment"):
    _covers(f"{_noun.upper()}-BULK", _noun, Role.BULK_MODIFY)
_covers("CONFIGURATION-USE", "execution", Role.CREATE)
_covers("DEPLOYMENT-CONFIGURATION", "deployment", Role.CREATE)
_covers("SCHEDULE-CONFIGURATION", "schedule", Role.CREATE)
_covers("METRICS", "metrics", Role.GET)
_covers("METRICS-CHANGE", "metrics", Role.CREATE)
_covers("METRICS-DELETE", "metrics", Role.DELETE)


def _is_isolated(ctx: Context, operation: Operation) -> bool:
    """Whether a request from another resource group names something that it must not reach.

    Operations that do not require a resource group are passed over: what logs do with one is not published, and files
    of two groups may lie in the same object store.
    """
    found = ctx.session.resources
    resource, header = found.resource_of(operation), operation.parameter(_GROUP_HEADER)
    if resource is None or not resource.in_group or header is None or not header.required:
        return False
    if found.role_of(operation) != Role.CREATE:
        return True
    schema = operation.request_body.json_schema if operation.request_body else None
    if isinstance(schema, dict) and {"oneOf", "anyOf"} & set(ctx.session.contract.resolve(schema)):
        return False  # Bodies for two resources, as the tutorial's page has it: the plain one names nothing.
    members = [found.identified_by(name) for name in properties(ctx.session.contract, operation)]
    named = [*members, *found.placeholders(operation).values()]
    return any(other.in_group for other in named if other is not None)


def _judge_each(ctx: Context, operations: Iterable[Operation]) -> None:
    """Judge the requirement for each operation, one by one."""
    other = other_group(ctx)
    for operation in operations:
        ctx.judge_part(operation.id, functools.partial(_judge, ctx, operation, other))


def _judge(ctx: Context, operation: Operation, other: str) -> None:
    """Raise Failure when the operation reaches across; several requirements hold it, and it is asked once for all."""
    _cross(ctx, operation.id, other)


@fixture(remember=(Failure,))
def _cross(ctx: Context, operation_id: str, other: str) -> None:
    """The judgement of one operation; raises Failure, NotApplicable, NotTestable and Inconclusive."""
    _reach_across(ctx, ctx.session.contract.operation(operation_id), other)


def _reach_across(ctx: Context, operation: Operation, other: str) -> None:
    match ctx.session.resources.role_of(operation):
        case Role.LIST:
            _expect_unlisted(ctx, operation, other)
        case Role.COUNT:
            _expect_uncounted(ctx, operation, other)
        case Role.CREATE:
            _expect_unused(ctx, operation, other)
        case Role.BULK_MODIFY:
            _expect_bulk_errors(ctx, operation, other)
        case Role.MODIFY | Role.DELETE:
            _expect_unchanged(ctx, operation, other)
        case _:
            _expect_not_shown(ctx, operation, other)


def _expect_4xx(ctx: Context, answer: Exchange) -> None:
    if answer.status == 429 or answer.status >= 500:
        raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")
    ctx.expect(400 <= answer.status < 500, expected="a 4xx status", actual=answer.brief, exchange=answer)


def _expect_no_namesake(ctx: Context, prepared: Prepared, other: str) -> None:
    """Raise Inconclusive when the request would not name in the other group what it names in this one."""
    namesakes.expect_none_named(ctx, {**prepared.names, **prepared.content.get("json", {})}, other)
    own = prepared.names.get(prepared.resource.id_parameter)
    if prepared.resource.owner and own is not None:
        namesakes.expect_none(ctx, prepared.resource, own, other)


def _expect_unlisted(ctx: Context, operation: Operation, other: str) -> None:
    prepared = prepare(ctx, operation)
    source = source_of(prepared.resource)
    query, own = source.listed(ctx)
    for one in (query, *source.filtered(ctx)):
        _expect_none_listed(ctx, replace(prepared, query=one), set(own), other)


def _expect_none_listed(ctx: Context, prepared: Prepared, own: set[str], other: str) -> None:
    answer = prepared.send(ctx, resource_group=other)
    ctx.expect_status(answer, {200})
    listed = sorted({str(r.get("id")) for r in entries(answer.json_object())} & own)
    for one in listed:
        namesakes.expect_none(ctx, prepared.resource, one, other)
    text = f"nothing of the resource group {ctx.session.target.resource_group} in the list for {other}"
    ctx.expect(not listed, expected=f"{text} with {prepared.query}", actual=f"{listed}", exchange=answer)


def _expect_uncounted(ctx: Context, operation: Operation, other: str) -> None:
    prepared = prepare(ctx, operation)
    query = source_of(prepared.resource).counted(ctx)
    answer = replace(prepared, query=query).send(ctx, resource_group=other)
    # A filter that names an unknown id may be refused (F12).
    is_refused = "$search" not in query and 400 <= answer.status < 500
    good = is_refused or (answer.status == 200 and answer.text.strip() == "0")
    if not good:
        namesakes.expect_none_named(ctx, query, other)
        # Which of them a server with this defect counts, its list for the other group may show.
        listing = prepared.resource.operations[Role.LIST]
        seen = ctx.send(listing.id, query=query, resource_group=other)
        ids = [str(one.get("id")) for one in entries(seen.json_object())]
        text = f"$count = 0 for {query} in the resource group {other}"
        ctx.fail(expected=text, actual=f"{answer.brief}; the list for it holds {ids}", exchange=answer)


def _expect_not_shown(ctx: Context, operation: Operation, other: str) -> None:
    prepared = prepare(ctx, operation)
    if not prepared.resource.owner:
        views = [{name: value} for name, value in _VIEWS.items() if operation.parameter(name) is not None]
        for query in ({}, *views):
            answer = replace(prepared, query={**prepared.query, **query}).send(ctx, resource_group=other)
            if answer.ok:
                _expect_no_namesake(ctx, prepared, other)
            _expect_4xx(ctx, answer)
        return
    own = prepared.names[prepared.resource.id_parameter]
    queries = [prepared.query]
    if operation.parameter("$filter") is not None:
        queries.append({"$filter": f"{prepared.resource.id_parameter} eq '{own}'"})
    if operation.parameter("tagFilters") is not None:
        queries.append({**prepared.query, "tagFilters": f"{kept_tag(ctx)}=none"})
    for query in queries:
        answer = replace(prepared, query=query).send(ctx, resource_group=other)
        shown = [r for r in entries(answer.json_object()) if own in r.values()]
        if shown:
            _expect_no_namesake(ctx, prepared, other)
        ctx.expect(not shown, expected=f"nothing of {own} for {query}", actual=answer.brief, exchange=answer)


def _expect_unused(ctx: Context, operation: Operation, other: str) -> None:
    """Raise Failure when something is made in the other group from what this one holds."""
    prepared = prepare(ctx, operation)
    _expect_no_namesake(ctx, prepared, other)
    if prepared.resource.owner:
        # The answer is open (F42), what is stored in this group afterwards is not.
        prepared.send(ctx, resource_group=other, judge=False)
        expect_undone(ctx, prepared)
        return
    _expect_4xx(ctx, prepared.send(ctx, resource_group=other))


def _expect_unchanged(ctx: Context, operation: Operation, other: str) -> None:
    prepared = prepare(ctx, operation)
    _expect_no_namesake(ctx, prepared, other)
    _expect_4xx(ctx, prepared.send(ctx, resource_group=other))
    expect_undone(ctx, prepared)
    is_update = ctx.session.resources.role_of(operation) == Role.MODIFY and prepared.resource.noun == _CHECKED
    if is_update and not prepared.doubt:
        found, own = foreign(ctx, other, deployable=True), ctx.session.target.resource_group
        namesakes.expect_none(ctx, ctx.session.resources["configuration"], found.configuration, own, home=other)
        update = replace(prepared, content={"json": {"configurationId": found.configuration}})
        _expect_4xx(ctx, update.send(ctx))
        expect_undone(ctx, update)


def _expect_bulk_errors(ctx: Context, operation: Operation, other: str) -> None:
    """Raise Failure unless a stop and a deletion in bulk are errors of their entries."""
    prepared = prepare(ctx, operation)
    _expect_no_namesake(ctx, prepared, other)
    _expect_bulk_error(ctx, prepared, other)
    deletion = replace(prepared, content=_as_deletion(prepared))
    _expect_bulk_error(ctx, deletion, other)


def _as_deletion(prepared: Prepared) -> dict[str, object]:
    (stop,) = prepared.content["json"][prepared.resource.bulk_key]
    entry = {name: value if name == "id" else "DELETED" for name, value in stop.items()}
    return {"json": {prepared.resource.bulk_key: [entry]}}


def _expect_bulk_error(ctx: Context, prepared: Prepared, other: str) -> None:
    answer = prepared.send(ctx, resource_group=other)
    ctx.expect_status(answer, {202})
    entries = answer.json_object().get(prepared.resource.bulk_key) or [{}]
    ctx.expect("error" in entries[0], expected="an entry with an error", actual=answer.brief, exchange=answer)
    expect_undone(ctx, prepared)
