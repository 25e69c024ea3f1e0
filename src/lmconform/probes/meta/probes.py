"""Probes of capabilities, and of queries that every operation tolerates."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import functools
import time

from lmconform.contract.resources import Role
from lmconform.errors import NotApplicable
from lmconform.evidence.exchange import natural
from lmconform.probes.builders import executables
from lmconform.probes.builders.artifacts import create_artifact
from lmconform.probes.builders.configurations import create_configuration
from lmconform.probes.context import Context
from lmconform.probes.reading import objects
from lmconform.probes.registry import probe


@probe("LM-META-API-VERSION")
def meta_names_the_version(ctx: Context) -> None:
    answer = ctx.get("getMeta")
    if not answer.ok and ctx.session.capabilities.meta is not None:
        answer = ctx.send("getMeta", headers={"AI-Resource-Group": ctx.session.target.resource_group})
    if 400 <= answer.status < 500 and answer.status not in (401, 429):
        meta = ctx.session.contract.operation("getMeta").label
        raise NotApplicable(f"the target has no {meta}")
    ctx.expect_status(answer, {200})
    api = answer.json_object().get("aiApi")
    version = api.get("version") if isinstance(api, dict) else None
    numbers = str(version).split("-")[0].split("+")[0].split(".")
    good = len(numbers) == 3 and all(natural(n) is not None for n in numbers)
    ctx.expect(good, expected="aiApi.version as major.minor.patch", actual=f"{version}")


@probe("LM-META-EXECUTIONS-SERVED")
def advertised_executions_are_served(ctx: Context) -> None:
    ctx.expect_status(ctx.get("listExecutions", {"$top": 1}), {200})


def _served(requirement: str, listing: str, count: str) -> None:
    @probe(requirement)
    def advertised_is_served(ctx: Context) -> None:
        ctx.expect_status(ctx.get(listing, {"$top": 1}), {200})
        ctx.count(count)


_served("LM-META-SCHEDULES-SERVED", "listExecutionSchedules", "countExecutionSchedules")
_served("LM-META-DEPLOYMENTS-SERVED", "listDeployments", "countDeployments")


@probe("LM-QUERY-UNDECLARED-TOLERATED")
def undeclared_query_parameters_are_tolerated(ctx: Context) -> None:
    # SAP's Python client sends top where the description says $top.
    found = ctx.session.resources
    for resource in found:
        operation = resource.operation(Role.LIST)
        if operation is None or operation.parameter("$top") is None or not ctx.offers(found.capability(operation)):
            continue
        ctx.expect_status(ctx.get(operation.id, {"top": 10, "$top": 1}), {200})


@probe("LM-QUERY-DOLLAR-ENCODED")
def dollar_may_be_encoded(ctx: Context) -> None:
    # A list that ignores the search is not empty then.
    create_artifact(ctx)
    token = ctx.unique("nothing")
    exchange = ctx.get_raw("listArtifacts", f"%24search={token}&%24top=10")
    ctx.expect_status(exchange, {200})
    resources = exchange.json_object().get("resources")
    ctx.expect(resources == [], expected=f"no name with {token!r}", actual=f"%24search is ignored: {exchange.brief}")


@probe("LM-QUERY-COMMA-ENCODED")
def comma_of_a_list_may_be_encoded(ctx: Context) -> None:
    created = create_configuration(ctx)
    wanted, name = created.sent["executableId"], created.sent["name"]
    # Both exist: the answer to a filter by an unknown one is open (F12).
    other = executables.other_executable_id(ctx, wanted)
    for comma in ("%2C", ","):
        query = f"executableIds={comma.join((other, wanted))}&$search={name}"
        judge = functools.partial(_expect_one, ctx, query, created.id, f"the one of {wanted}: a list with {comma}")
        # A list may lag behind what was created a moment ago (C2).
        ctx.retry_in_grace(time.monotonic(), judge)


def _expect_one(ctx: Context, query: str, wanted: str, text: str) -> None:
    exchange = ctx.get_raw("listConfigurations", query)
    ctx.expect_status(exchange, {200})
    matches = [one.get("id") for one in objects(exchange.json_object())]
    ctx.expect(matches == [wanted], expected=text, actual=f"{matches}")
