"""Probes of scenarios and their versions."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from collections.abc import Callable

from lmconform.errors import Failure, Inconclusive
from lmconform.probes.builders import executables
from lmconform.probes.comparison import differences
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
    expect_listed_as_read(ctx, own, lambda: ctx.items("listScenarios"), "getScenario", {"scenarioId": own})


def expect_listed_as_read(
    ctx: Context, own: str, items: Callable[[], list[Json]], get: str, path: dict[str, str]
) -> None:
    """Raise Failure unless a list, which ``items`` asks for, shows a scenario or an executable as GET does.

    Templates may be synchronised at any time, also between the list and GET: raises Inconclusive unless the list shows
    the same after a difference as before.
    """
    listed = _entry(items(), own)
    if listed is None:
        raise Inconclusive(f"{own} is no longer listed")
    try:
        ctx.expect_list_agrees(get, ctx.get_or_fail(get, **path), listed)
    except Failure:
        again = _entry(items(), own)
        if again is None or differences(listed, again):
            raise Inconclusive(f"{own} has changed since it was listed: templates were synchronised") from None
        raise


def _entry(items: list[Json], own: str) -> Json | None:
    return next((item for item in items if item.get("id") == own), None)


@probe("LM-SCENARIO-TENANT-WIDE")
def scenarios_are_tenant_wide(ctx: Context) -> None:
    expect_tenant_wide(ctx, "listScenarios", {})


def expect_tenant_wide(ctx: Context, operation: str, path: dict[str, str]) -> None:
    """Raise Failure unless a list holds the same ids in both resource groups; raises Inconclusive without two.

    Also when the list is another one after a difference: templates may be synchronised between the two lists.
    """
    other = ctx.session.target.other_resource_group
    if other is None:
        raise Inconclusive("needs a second resource group: --other-resource-group")
    here = {str(s.get("id")) for s in ctx.items(operation, **path)}
    answer = ctx.send(operation, path, resource_group=other)
    if answer.status != 200:
        raise Inconclusive(f"resource group {other!r} cannot be used: {answer.brief}")
    there = {str(s.get("id")) for s in entries(answer.json_object())}
    differing = sorted(here ^ there)
    if differing and here != {str(s.get("id")) for s in ctx.items(operation, **path)}:
        raise Inconclusive("the list has changed while it was compared: templates were synchronised")
    text = "the same ids in both resource groups"
    ctx.expect(not differing, expected=text, actual=f"{differing} in one of them only", exchange=answer)


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
