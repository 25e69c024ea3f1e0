"""Scenarios with their versions and executables: the same in every resource group (lm-facts F16)."""

from __future__ import annotations

from lmconform.mock.call import Call, Reply, listing
from lmconform.mock.problems import bad_request, not_found
from lmconform.mock.query import labelled


def list_scenarios(call: Call) -> Reply:
    """All scenarios."""
    found = [scenario.as_json() for scenario in call.catalog.scenarios.values()]
    return listing(call, found, len(found))


def get_scenario(call: Call) -> Reply:
    """The scenario that the path names."""
    return Reply(200, call.catalog.scenarios[scenario_id_of(call)].as_json())


def list_versions(call: Call) -> Reply:
    """The versions of a scenario."""
    found = [v for v in call.catalog.versions(scenario_id_of(call)) if labelled(v, call.query.get("labelSelector", ()))]
    return listing(call, found, len(found))


def list_executables(call: Call) -> Reply:
    """The executables of a scenario; ``versionId`` selects those of one version."""
    wanted = call.query.get("versionId")
    found = [e.as_json() for e in call.catalog.executables(scenario_id_of(call)) if wanted in (None, e.version_id)]
    return listing(call, found, len(found))


def get_executable(call: Call) -> Reply:
    """The executable that the path names."""
    found = call.catalog.executable(scenario_id_of(call), call.path["executableId"])
    if found is None:
        raise not_found("Executable", call.path["executableId"])
    return Reply(200, found.as_json())


def scenario_id_of(call: Call) -> str:
    """The id of the scenario that the path names; raises 404 when there is none."""
    scenario_id = call.path["scenarioId"]
    if scenario_id not in call.catalog.scenarios:
        if call.switches["unknown-scenario"] == "400" and call.operation.id != "getScenario":
            raise bad_request(f"scenario {scenario_id[:80]!r} does not exist")
        raise not_found("Scenario", scenario_id)
    return scenario_id
