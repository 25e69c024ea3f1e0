"""Scenarios, versions, executables: the same in every resource group (fact F16)."""

from __future__ import annotations

from lmconform.mock.call import Call, Reply, listing
from lmconform.mock.problems import bad_request, not_found
from lmconform.mock.query import labelled


def list_scenarios(call: Call) -> Reply:
    """Every scenario."""
    found = [scenario.as_json() for scenario in call.catalog.scenarios.values()]
    return listing(call, found, len(found))


def get_scenario(call: Call) -> Reply:
    """One scenario."""
    return Reply(200, call.catalog.scenarios[known(call)].as_json())


def list_versions(call: Call) -> Reply:
    """The versions of a scenario."""
    found = [v for v in call.catalog.versions(known(call)) if labelled(v, call.query.get("labelSelector", ()))]
    return listing(call, found, len(found))


def list_executables(call: Call) -> Reply:
    """The executables of a scenario, of one version if asked."""
    wanted = call.query.get("versionId")
    found = [e.as_json() for e in call.catalog.executables(known(call)) if wanted in (None, e.version_id)]
    return listing(call, found, len(found))


def get_executable(call: Call) -> Reply:
    """One executable."""
    found = call.catalog.executable(known(call), call.path["executableId"])
    if found is None:
        raise not_found("Executable", call.path["executableId"])
    return Reply(200, found.as_json())


def known(call: Call) -> str:
    """The scenario that the path names, or a 404."""
    scenario_id = call.path["scenarioId"]
    if scenario_id not in call.catalog.scenarios:
        if call.switches["unknown-scenario"] == "400" and call.operation.id != "getScenario":
            raise bad_request(f"scenario {scenario_id[:80]!r} does not exist")
        raise not_found("Scenario", scenario_id)
    return scenario_id
