"""Probes of scenarios and their versions."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from lmconform.errors import Failure, Inconclusive
from lmconform.probes.builders import executables
from lmconform.probes.context import Context, Json
from lmconform.probes.fixtures import fixture
from lmconform.probes.reading import entries
from lmconform.probes.registry import probe
from lmconform.probes.shared.paging import expect_count
from lmconform.probes.shared.unknown_ids import bad_id, unknown_id


def in_first_scenario(ctx: Context) -> dict[str, str]:
    """The path parameter of the first scenario; raises Inconclusive without one."""
    return {"scenarioId": str(executables.first_scenario(ctx)["id"])}


unknown_id("LM-SCENARIO-UNKNOWN-404", "getScenario", "scenarioId")
bad_id("LM-SCENARIO-BAD-ID", "getScenario", "scenarioId")


@probe("LM-SCENARIO-LIST-COUNT")
def scenarios_are_counted(ctx: Context) -> None:
    expect_count(ctx, ctx.get_or_fail("listScenarios"))


@probe("LM-SCENARIO-LIST-EQUALS-GET")
def scenario_is_the_same_in_list_and_get(ctx: Context) -> None:
    own = str(executables.first_scenario(ctx)["id"])
    # Templates may be synchronised at any time: the list that the session remembers may be old.
    listed = next((s for s in ctx.items("listScenarios") if s.get("id") == own), None)
    if listed is None:
        raise Inconclusive(f"scenario {own} is no longer listed")
    ctx.expect_list_agrees("getScenario", ctx.get_or_fail("getScenario", scenarioId=own), listed)


@probe("LM-SCENARIO-TENANT-WIDE")
def scenarios_are_tenant_wide(ctx: Context) -> None:
    expect_tenant_wide(ctx, "listScenarios", {})


def expect_tenant_wide(ctx: Context, operation: str, path: dict[str, str]) -> None:
    """Raise Failure unless a list holds the same ids in both resource groups; raises Inconclusive without two."""
    other = ctx.session.target.other_resource_group
    if other is None:
        raise Inconclusive("needs a second resource group: --other-resource-group")
    here = {str(s["id"]) for s in ctx.items(operation, **path)}
    answer = ctx.send(operation, path, resource_group=other)
    if answer.status != 200:
        raise Inconclusive(f"resource group {other!r} cannot be used: {answer.brief}")
    there = {str(s.get("id")) for s in entries(answer.json_object())}
    differing = sorted(here ^ there)
    text = "the same ids in both resource groups"
    ctx.expect(not differing, expected=text, actual=f"{differing} in one of them only")


@probe("LM-SCENARIO-VERSIONS-COUNT")
def versions_are_counted(ctx: Context) -> None:
    expect_count(ctx, _versions(ctx, in_first_scenario(ctx)["scenarioId"]))


@fixture(remember=(Failure,))
def _versions(ctx: Context, scenario: str) -> Json:
    return ctx.get_or_fail("listScenarioVersions", scenarioId=scenario)


@probe("LM-SCENARIO-VERSIONS-OWNER")
def versions_name_their_scenario(ctx: Context) -> None:
    path = in_first_scenario(ctx)
    for version in entries(_versions(ctx, path["scenarioId"])):
        ctx.expect_if_present(path, version, what=f"version {version.get('id')}")


@probe("LM-SCENARIO-VERSIONS-SELECTOR")
def selectors_choose_versions(ctx: Context) -> None:
    selector = [f"ext.ai.sap.com/lmconform={ctx.mark()}"]
    versions = ctx.items("listScenarioVersions", {"labelSelector": selector}, **in_first_scenario(ctx))
    ctx.expect(not versions, expected=f"no version with {selector[0]}", actual=f"{[v.get('id') for v in versions]}")
