"""Probes of scenarios, their versions and their executables: all of them only read."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from lmconform.errors import Inconclusive
from lmconform.probes import executables
from lmconform.probes.context import Context, Json
from lmconform.probes.families import bad_id, unknown_id
from lmconform.probes.registry import probe


def _in_first_scenario(ctx: Context) -> dict[str, str]:
    return {"scenarioId": str(executables.first_scenario(ctx)["id"])}


def _expect_count(ctx: Context, body: Json) -> None:
    length = len(body.get("resources") or [])
    ctx.expect(body.get("count") == length, expected=f"count: {length}", actual=f"count: {body.get('count')}")


unknown_id("LM-SCENARIO-UNKNOWN-404", "getScenario", "scenarioId")
bad_id("LM-SCENARIO-BAD-ID", "getScenario", "scenarioId")
unknown_id("LM-EXECUTABLE-UNKNOWN-404", "getExecutable", "executableId", place=_in_first_scenario)
bad_id("LM-EXECUTABLE-BAD-ID", "getExecutable", "executableId", place=_in_first_scenario)


@probe("LM-SCENARIO-LIST-COUNT", effect="read")
def scenarios_are_counted(ctx: Context) -> None:
    _expect_count(ctx, ctx.get_or_fail("listScenarios"))


@probe("LM-SCENARIO-LIST-EQUALS-GET", effect="read")
def scenario_is_the_same_in_list_and_get(ctx: Context) -> None:
    own = str(executables.first_scenario(ctx)["id"])
    # Templates are synchronised at any time: what the session knows of them may be old.
    listed = next((s for s in ctx.items("listScenarios") if s.get("id") == own), None)
    if listed is None:
        raise Inconclusive(f"scenario {own} is no longer listed")
    ctx.expect_list_agrees("getScenario", ctx.get_or_fail("getScenario", scenarioId=own), listed)


@probe("LM-SCENARIO-TENANT-WIDE", effect="read")
def scenarios_are_the_same_everywhere(ctx: Context) -> None:
    _expect_everywhere(ctx, "listScenarios", {})


@probe("LM-EXECUTABLE-TENANT-WIDE", effect="read")
def executables_are_the_same_everywhere(ctx: Context) -> None:
    _expect_everywhere(ctx, "listExecutables", _in_first_scenario(ctx))


def _expect_everywhere(ctx: Context, operation: str, path: dict[str, str]) -> None:
    other = ctx.session.target.other_resource_group
    if other is None:
        raise Inconclusive("needs a second resource group: --other-resource-group")
    here = {str(s["id"]) for s in ctx.items(operation, **path)}
    answer = ctx.send(operation, path, resource_group=other)
    if answer.status != 200:
        raise Inconclusive(f"resource group {other!r} cannot be used: {answer.brief}")
    there = {str(s.get("id")) for s in answer.json_object().get("resources") or []}
    odd = sorted(here ^ there)
    ctx.expect(not odd, expected="the same in both resource groups", actual=f"{odd} in one of them only")


@probe("LM-SCENARIO-VERSIONS-COUNT", effect="read")
def versions_are_counted(ctx: Context) -> None:
    _expect_count(ctx, ctx.get_or_fail("listScenarioVersions", **_in_first_scenario(ctx)))


@probe("LM-SCENARIO-VERSIONS-OWNER", effect="read")
def versions_name_their_scenario(ctx: Context) -> None:
    place = _in_first_scenario(ctx)
    for version in ctx.items("listScenarioVersions", **place):
        ctx.expect_if_present(place, version, what=f"version {version.get('id')}")


@probe("LM-SCENARIO-VERSIONS-SELECTOR", effect="read")
def selectors_choose_versions(ctx: Context) -> None:
    selector = [f"ext.ai.sap.com/lmconform={ctx.mark()}"]
    found = ctx.items("listScenarioVersions", {"labelSelector": selector}, **_in_first_scenario(ctx))
    ctx.expect(not found, expected=f"no version with {selector[0]}", actual=f"{[v.get('id') for v in found]}")


@probe("LM-EXECUTABLE-LIST-COUNT", effect="read")
def executables_are_counted(ctx: Context) -> None:
    _expect_count(ctx, ctx.get_or_fail("listExecutables", **_in_first_scenario(ctx)))


@probe("LM-EXECUTABLE-LIST-EQUALS-GET", effect="read")
def executable_is_the_same_in_list_and_get(ctx: Context) -> None:
    scenario, known = executables.first_executable(ctx)
    listed = next((e for e in ctx.items("listExecutables", scenarioId=scenario) if e.get("id") == known["id"]), None)
    if listed is None:
        raise Inconclusive(f"executable {known['id']} is no longer listed")
    found = ctx.get_or_fail("getExecutable", scenarioId=scenario, executableId=str(known["id"]))
    ctx.expect_list_agrees("getExecutable", found, listed)


@probe("LM-EXECUTABLE-OWNER", effect="read")
def executables_name_their_scenario(ctx: Context) -> None:
    scenario, _ = executables.first_executable(ctx)
    for executable in ctx.items("listExecutables", scenarioId=scenario):
        ctx.expect_if_present({"scenarioId": scenario}, executable, what=f"executable {executable.get('id')}")


@probe("LM-EXECUTABLE-VERSION-LISTED", effect="read")
def versions_of_executables_are_listed(ctx: Context) -> None:
    scenario, listed = executables.first_executable(ctx)
    versions = {str(v.get("id")) for v in ctx.items("listScenarioVersions", scenarioId=scenario)}
    version = str(listed.get("versionId"))
    ctx.expect(version in versions, expected=f"version {version} among the scenario's", actual=f"{sorted(versions)}")


@probe("LM-EXECUTABLE-FILTER-VERSION", effect="read")
def version_filters(ctx: Context) -> None:
    scenario, listed = executables.first_executable(ctx)
    version = str(listed.get("versionId"))
    found = ctx.items("listExecutables", {"versionId": version}, scenarioId=scenario)
    ctx.expect(listed["id"] in [e.get("id") for e in found], expected=f"{listed['id']} of {version}", actual="missing")
    odd = [f"{e.get('id')} of {e.get('versionId')}" for e in found if e.get("versionId") != version]
    ctx.expect(not odd, expected=f"only executables of version {version}", actual=", ".join(odd))
    gone = ctx.get("listExecutables", {"versionId": ctx.absent_id()}, scenarioId=scenario)
    if gone.status == 200:
        left = gone.json_object().get("resources") or []
        ctx.expect(not left, expected="no executable of a version that is not there", actual=f"{len(left)} of them")


@probe("LM-EXECUTABLE-WRONG-SCENARIO", effect="read")
def executables_stay_in_their_scenario(ctx: Context) -> None:
    own, listed = executables.first_executable(ctx)
    for other in (str(s["id"]) for s in executables.scenarios(ctx)):
        if other != own and listed["id"] not in [e["id"] for e in executables.executables(ctx, other)]:
            answer = ctx.get("getExecutable", scenarioId=other, executableId=str(listed["id"]))
            ctx.expect_refused(answer, {400, 404})
            return
    raise Inconclusive("no other scenario without this executable")


@probe("LM-EXECUTABLE-PARAMETER-TYPE", effect="read")
def parameters_name_their_type(ctx: Context) -> None:
    for scenario in executables.scenarios(ctx)[:5]:
        for executable in executables.executables(ctx, str(scenario["id"])):
            odd = [p.get("name") for p in executable.get("parameters") or [] if not p.get("type")]
            ctx.expect(not odd, expected=f"a type for each parameter of {executable['id']}", actual=f"none for {odd}")
