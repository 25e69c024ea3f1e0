"""Probes of capabilities, and of what every operation tolerates."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from lmconform.errors import NotApplicable
from lmconform.probes import executables
from lmconform.probes.context import DEPLOYMENTS, EXECUTIONS, SCHEDULES, Context
from lmconform.probes.registry import probe


@probe("LM-META-API-VERSION", effect="read")
def meta_names_the_version(ctx: Context) -> None:
    answer = ctx.get("getMeta")
    if 400 <= answer.status < 500 and answer.status not in (401, 429):
        raise NotApplicable("the target has no GET /v2/lm/meta")
    ctx.expect_status(answer, {200})
    api = answer.json_object().get("aiApi")
    version = api.get("version") if isinstance(api, dict) else None
    numbers = str(version).split("-")[0].split("+")[0].split(".")
    good = len(numbers) == 3 and all(n.isdigit() for n in numbers)
    ctx.expect(good, expected="aiApi.version as major.minor.patch", actual=f"{version}")


@probe("LM-META-EXECUTIONS-SERVED", effect="read")
def advertised_executions_are_served(ctx: Context) -> None:
    ctx.expect_status(ctx.get("listExecutions", {"$top": 1}), {200})


@probe("LM-QUERY-UNDECLARED-TOLERATED", effect="read")
def undeclared_query_parameters_are_tolerated(ctx: Context) -> None:
    # SAP's Python client sends top where the description says $top.
    for operation, capability in (
        ("listExecutions", EXECUTIONS),
        ("listDeployments", DEPLOYMENTS),
        ("listExecutionSchedules", SCHEDULES),
        ("listArtifacts", ""),
        ("listConfigurations", ""),
    ):
        if ctx.offers(capability):
            ctx.expect_status(ctx.get(operation, {"top": 10, "$top": 1}), {200})


@probe("LM-QUERY-DOLLAR-ENCODED")
def dollar_may_be_encoded(ctx: Context) -> None:
    # So that there is something which the search leaves out.
    ctx.artifact()
    word = ctx.unique("nothing")
    exchange = ctx.get_raw("listArtifacts", f"%24search={word}&%24top=10")
    ctx.expect_status(exchange, {200})
    found = exchange.json_object().get("resources")
    ctx.expect(
        found == [], expected=f"nothing that holds {word!r}", actual=f"%24search is overlooked: {exchange.brief}"
    )


@probe("LM-QUERY-COMMA-ENCODED")
def comma_of_a_list_may_be_encoded(ctx: Context) -> None:
    made = ctx.configuration()
    wanted, word = made.sent["executableId"], made.sent["name"]
    # Both exist: what a filter by something unknown answers is open (F12).
    other = executables.another_executable(ctx, wanted)
    for comma in ("%2C", ","):
        ids = comma.join((other, wanted))
        exchange = ctx.get_raw("listConfigurations", f"executableIds={ids}&$search={word}")
        ctx.expect_status(exchange, {200})
        found = [e.get("id") for e in exchange.json_object().get("resources") or [] if isinstance(e, dict)]
        ctx.expect(found == [made.id], expected=f"the one of {wanted}: a list with {comma}", actual=f"{found}")


def _served(requirement: str, listing: str, count: str) -> None:
    @probe(requirement, effect="read")
    def advertised_is_served(ctx: Context) -> None:
        ctx.expect_status(ctx.get(listing, {"$top": 1}), {200})
        ctx.count(count)


_served("LM-META-SCHEDULES-SERVED", "listExecutionSchedules", "countExecutionSchedules")
_served("LM-META-DEPLOYMENTS-SERVED", "listDeployments", "countDeployments")
