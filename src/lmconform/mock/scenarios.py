"""Scenarios with their versions and executables: the same in every resource group (fact F16)."""

from __future__ import annotations

from lmconform.mock.call import Call, Reply, listing
from lmconform.mock.problems import bad_request, not_found
from lmconform.mock.query import labelled


def list_scenarios(call: Call) -> Reply:
    """All scenarios."""
    scenarios = [scenario.as_json() for scenario in call.catalog.scenarios.values()]
    return listing(call, scenarios, len(scenarios))


def get_scenario(call: Call) -> Reply:
    """The scenario that the path names."""
    return Reply(200, call.catalog.scenarios[scenario_id_of(call)].as_json())


def list_versions(call: Call) -> Reply:
    """The versions of a scenario."""
    selectors = call.query.get("labelSelector", ())
    versions = [v for v in call.catalog.versions(scenario_id_of(call)) if labelled(v, selectors)]
    return listing(call, versions, len(versions))


def list_executables(call: Call) -> Reply:
    """The executables of a scenario; ``versionId`` selects those of one version."""
    version = call.query.get("versionId")
    executables = [
        e.as_json() for e in call.catalog.executables(scenario_id_of(call)) if version in (None, e.version_id)
    ]
    return listing(call, executables, len(executables))


def get_executable(call: Call) -> Reply:
    """The executable that the path names."""
    executable = call.catalog.executable(scenario_id_of(call), call.path["executableId"])
    if executable is None:
        raise not_found("Executable", call.path["executableId"])
    return Reply(200, executable.as_json())


def scenario_id_of(call: Call) -> str:
    """The id of the scenario that the path names; raises 404 when there is none."""
    scenario_id = call.path["scenarioId"]
    if scenario_id not in call.catalog.scenarios:
        if call.switches["unknown-scenario"] == "400" and call.operation.id != "getScenario":
            raise bad_request(f"scenario {scenario_id[:80]!r} does not exist")
        raise not_found("Scenario", scenario_id)
    return scenario_id
