"""Probes of executables: their scenario, their versions, their parameters."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Final

from lmconform.errors import Failure, Inconclusive
from lmconform.probes.builders import executables
from lmconform.probes.context import Context, Json
from lmconform.probes.fixtures import fixture
from lmconform.probes.reading import entries, objects
from lmconform.probes.registry import probe
from lmconform.probes.scenarios.probes import expect_listed_as_read, expect_tenant_wide, in_first_scenario
from lmconform.probes.shared.paging import expect_count
from lmconform.probes.shared.unknown_ids import bad_id, unknown_id

# A tenant may have hundreds of them.
_MOST_SCENARIOS: Final = 5

unknown_id("LM-EXECUTABLE-UNKNOWN-404", "getExecutable", "executableId", path=in_first_scenario)
bad_id("LM-EXECUTABLE-BAD-ID", "getExecutable", "executableId", path=in_first_scenario)


@probe("LM-EXECUTABLE-TENANT-WIDE")
def executables_are_tenant_wide(ctx: Context) -> None:
    expect_tenant_wide(ctx, "listExecutables", in_first_scenario(ctx))


@probe("LM-EXECUTABLE-LIST-COUNT")
def executables_are_counted(ctx: Context) -> None:
    expect_count(ctx, _listing(ctx, executables.first_executable(ctx)[0]))


@fixture(remember=(Failure,))
def _listing(ctx: Context, scenario: str) -> Json:
    return ctx.get_or_fail("listExecutables", scenarioId=scenario)


@probe("LM-EXECUTABLE-LIST-EQUALS-GET")
def executable_is_the_same_in_list_and_get(ctx: Context) -> None:
    scenario, known = executables.first_executable(ctx)
    own, path = str(known["id"]), {"scenarioId": scenario}
    items = functools.partial(ctx.items, "listExecutables", **path)
    expect_listed_as_read(ctx, own, items, "getExecutable", {**path, "executableId": own})


@probe("LM-EXECUTABLE-OWNER")
def executables_name_their_scenario(ctx: Context) -> None:
    scenario, _ = executables.first_executable(ctx)
    for executable in entries(_listing(ctx, scenario)):
        ctx.expect_if_present({"scenarioId": scenario}, executable, what=f"executable {executable.get('id')}")


@probe("LM-EXECUTABLE-VERSION-LISTED")
def versions_of_executables_are_listed(ctx: Context) -> None:
    first, _ = executables.first_executable(ctx)
    for scenario in dict.fromkeys((first, _scenario_of_most_versions(ctx, first))):
        known = executables.executables(ctx, scenario)
        if _unlisted(ctx, scenario, known):
            # Templates may have been synchronised since the session read the executables, and between these lists.
            missing = _unlisted(ctx, scenario, ctx.items("listExecutables", scenarioId=scenario))
            missing = missing and missing & _versions(ctx.items("listExecutables", scenarioId=scenario))
            text = f"each version of an executable of {scenario} in its list of versions"
            ctx.expect(not missing, expected=text, actual=f"{sorted(missing)} missing")


def _scenario_of_most_versions(ctx: Context, first: str) -> str:
    """The scenario whose executables have most versions, ``first`` where no other has more."""
    numbers = {
        own: len(_versions(executables.executables(ctx, own)))
        for own in dict.fromkeys((first, *(str(s["id"]) for s in executables.scenarios(ctx)[:_MOST_SCENARIOS])))
    }
    return max(numbers, key=numbers.__getitem__)


def _unlisted(ctx: Context, scenario: str, known: Iterable[Json]) -> set[str]:
    """The versions of executables that the list of versions of their scenario lacks."""
    return _versions(known) - {str(v.get("id")) for v in ctx.items("listScenarioVersions", scenarioId=scenario)}


def _versions(known: Iterable[Json]) -> set[str]:
    return {str(executable.get("versionId")) for executable in known}


@probe("LM-EXECUTABLE-FILTER-VERSION")
def version_filters(ctx: Context) -> None:
    scenario, listed = executables.first_executable(ctx)
    version = str(listed.get("versionId"))
    answer = ctx.get("listExecutables", {"versionId": version}, scenarioId=scenario)
    if answer.status == 404:
        _expect_another_version(ctx, scenario, listed)
    ctx.expect_status(answer, {200})
    matches = entries(answer.json_object())
    if listed["id"] not in [e.get("id") for e in matches]:
        _expect_another_version(ctx, scenario, listed)
    others = [f"{e.get('id')} of {e.get('versionId')}" for e in matches if e.get("versionId") != version]
    ctx.expect(not others, expected=f"only executables of version {version}", actual=", ".join(others))
    unknown = ctx.get("listExecutables", {"versionId": ctx.absent_id()}, scenarioId=scenario)
    if unknown.status == 200:
        matches = entries(unknown.json_object())
        ctx.expect(not matches, expected="no executable: no version has this id", actual=f"{len(matches)} executables")


def _expect_another_version(ctx: Context, scenario: str, known: Json) -> None:
    """Raise Failure when an executable has the version by which it was not found, else Inconclusive.

    Templates may have been synchronised since the session read the executables.
    """
    own, version = known["id"], known.get("versionId")
    now = [e.get("versionId") for e in ctx.items("listExecutables", scenarioId=scenario) if e.get("id") == own]
    ctx.expect(version not in now, expected=f"{own} of {version}", actual="missing")
    raise Inconclusive(f"executable {own} has got another version since it was read")


@probe("LM-EXECUTABLE-WRONG-SCENARIO")
def executables_belong_to_one_scenario(ctx: Context) -> None:
    own, listed = executables.first_executable(ctx)
    for other in (str(s["id"]) for s in executables.scenarios(ctx)):
        if other != own and listed["id"] not in [e["id"] for e in executables.executables(ctx, other)]:
            answer = ctx.get("getExecutable", scenarioId=other, executableId=str(listed["id"]))
            ctx.expect_refused(answer, {400, 404})
            return
    raise Inconclusive("no other scenario without this executable")


@probe("LM-EXECUTABLE-PARAMETER-TYPE")
def parameters_name_their_type(ctx: Context) -> None:
    for scenario in executables.scenarios(ctx)[:_MOST_SCENARIOS]:
        for executable in executables.executables(ctx, str(scenario["id"])):
            untyped = [p.get("name") for p in objects(executable, "parameters") if not p.get("type")]
            text = f"a type for each parameter of {executable['id']}"
            ctx.expect(not untyped, expected=text, actual=f"none for {untyped}")
