"""Probes of scenarios, their versions and their executables: all of them only read."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from lmconform.errors import Inconclusive
from lmconform.probes import recipe
from lmconform.probes.families import bad_id, unknown_id
from lmconform.probes.lab import Json, Lab
from lmconform.probes.registry import probe


def _in_first_scenario(lab: Lab) -> dict[str, str]:
    return {"scenarioId": str(recipe.first_scenario(lab)["id"])}


def _expect_count(lab: Lab, body: Json) -> None:
    length = len(body.get("resources") or [])
    lab.expect(body.get("count") == length, expected=f"count: {length}", actual=f"count: {body.get('count')}")


unknown_id("LM-SCENARIO-UNKNOWN-404", "getScenario", "scenarioId")
bad_id("LM-SCENARIO-BAD-ID", "getScenario", "scenarioId")
unknown_id("LM-EXECUTABLE-UNKNOWN-404", "getExecutable", "executableId", place=_in_first_scenario)
bad_id("LM-EXECUTABLE-BAD-ID", "getExecutable", "executableId", place=_in_first_scenario)


@probe("LM-SCENARIO-LIST-COUNT", effect="read")
def scenarios_are_counted(lab: Lab) -> None:
    _expect_count(lab, lab.read("listScenarios"))


@probe("LM-SCENARIO-LIST-EQUALS-GET", effect="read")
def scenario_is_the_same_in_list_and_get(lab: Lab) -> None:
    own = str(recipe.first_scenario(lab)["id"])
    # Templates are synchronised at any time: what the session knows of them may be old.
    listed = next((s for s in lab.items("listScenarios") if s.get("id") == own), None)
    if listed is None:
        raise Inconclusive(f"scenario {own} is no longer listed")
    lab.expect_alike("getScenario", lab.read("getScenario", scenarioId=own), listed)


@probe("LM-SCENARIO-TENANT-WIDE", effect="read")
def scenarios_are_the_same_everywhere(lab: Lab) -> None:
    _expect_everywhere(lab, "listScenarios", {})


@probe("LM-EXECUTABLE-TENANT-WIDE", effect="read")
def executables_are_the_same_everywhere(lab: Lab) -> None:
    _expect_everywhere(lab, "listExecutables", _in_first_scenario(lab))


def _expect_everywhere(lab: Lab, operation: str, path: dict[str, str]) -> None:
    other = lab.session.target.other_resource_group
    if other is None:
        raise Inconclusive("needs a second resource group: --other-resource-group")
    here = {str(s["id"]) for s in lab.items(operation, **path)}
    answer = lab.send(operation, path, resource_group=other)
    if answer.status != 200:
        raise Inconclusive(f"resource group {other!r} cannot be used: {answer.brief}")
    there = {str(s.get("id")) for s in answer.json_object().get("resources") or []}
    odd = sorted(here ^ there)
    lab.expect(not odd, expected="the same in both resource groups", actual=f"{odd} in one of them only")


@probe("LM-SCENARIO-VERSIONS-COUNT", effect="read")
def versions_are_counted(lab: Lab) -> None:
    _expect_count(lab, lab.read("listScenarioVersions", **_in_first_scenario(lab)))


@probe("LM-SCENARIO-VERSIONS-OWNER", effect="read")
def versions_name_their_scenario(lab: Lab) -> None:
    place = _in_first_scenario(lab)
    for version in lab.items("listScenarioVersions", **place):
        lab.expect_told(place, version, what=f"version {version.get('id')}")


@probe("LM-SCENARIO-VERSIONS-SELECTOR", effect="read")
def selectors_choose_versions(lab: Lab) -> None:
    selector = [f"ext.ai.sap.com/lmconform={lab.mark()}"]
    found = lab.items("listScenarioVersions", {"labelSelector": selector}, **_in_first_scenario(lab))
    lab.expect(not found, expected=f"no version with {selector[0]}", actual=f"{[v.get('id') for v in found]}")


@probe("LM-EXECUTABLE-LIST-COUNT", effect="read")
def executables_are_counted(lab: Lab) -> None:
    _expect_count(lab, lab.read("listExecutables", **_in_first_scenario(lab)))


@probe("LM-EXECUTABLE-LIST-EQUALS-GET", effect="read")
def executable_is_the_same_in_list_and_get(lab: Lab) -> None:
    scenario, known = recipe.first_executable(lab)
    listed = next((e for e in lab.items("listExecutables", scenarioId=scenario) if e.get("id") == known["id"]), None)
    if listed is None:
        raise Inconclusive(f"executable {known['id']} is no longer listed")
    found = lab.read("getExecutable", scenarioId=scenario, executableId=str(known["id"]))
    lab.expect_alike("getExecutable", found, listed)


@probe("LM-EXECUTABLE-OWNER", effect="read")
def executables_name_their_scenario(lab: Lab) -> None:
    scenario, _ = recipe.first_executable(lab)
    for executable in lab.items("listExecutables", scenarioId=scenario):
        lab.expect_told({"scenarioId": scenario}, executable, what=f"executable {executable.get('id')}")


@probe("LM-EXECUTABLE-VERSION-LISTED", effect="read")
def versions_of_executables_are_listed(lab: Lab) -> None:
    scenario, listed = recipe.first_executable(lab)
    versions = {str(v.get("id")) for v in lab.items("listScenarioVersions", scenarioId=scenario)}
    version = str(listed.get("versionId"))
    lab.expect(version in versions, expected=f"version {version} among the scenario's", actual=f"{sorted(versions)}")


@probe("LM-EXECUTABLE-FILTER-VERSION", effect="read")
def version_filters(lab: Lab) -> None:
    scenario, listed = recipe.first_executable(lab)
    version = str(listed.get("versionId"))
    found = lab.items("listExecutables", {"versionId": version}, scenarioId=scenario)
    lab.expect(listed["id"] in [e.get("id") for e in found], expected=f"{listed['id']} of {version}", actual="missing")
    odd = [f"{e.get('id')} of {e.get('versionId')}" for e in found if e.get("versionId") != version]
    lab.expect(not odd, expected=f"only executables of version {version}", actual=", ".join(odd))
    gone = lab.get("listExecutables", {"versionId": lab.absent_id()}, scenarioId=scenario)
    if gone.status == 200:
        left = gone.json_object().get("resources") or []
        lab.expect(not left, expected="no executable of a version that is not there", actual=f"{len(left)} of them")


@probe("LM-EXECUTABLE-WRONG-SCENARIO", effect="read")
def executables_stay_in_their_scenario(lab: Lab) -> None:
    own, listed = recipe.first_executable(lab)
    for other in (str(s["id"]) for s in recipe.scenarios(lab)):
        if other != own and listed["id"] not in [e["id"] for e in recipe.executables(lab, other)]:
            answer = lab.get("getExecutable", scenarioId=other, executableId=str(listed["id"]))
            lab.expect_refused(answer, {400, 404})
            return
    raise Inconclusive("no other scenario without this executable")


@probe("LM-EXECUTABLE-PARAMETER-TYPE", effect="read")
def parameters_name_their_type(lab: Lab) -> None:
    for scenario in recipe.scenarios(lab)[:5]:
        for executable in recipe.executables(lab, str(scenario["id"])):
            odd = [p.get("name") for p in executable.get("parameters") or [] if not p.get("type")]
            lab.expect(not odd, expected=f"a type for each parameter of {executable['id']}", actual=f"none for {odd}")
