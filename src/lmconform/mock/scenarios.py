"""Scenarios, versions, executables: the same in every resource group (lm-facts F16)."""

from __future__ import annotations

from lmconform.mock import content
from lmconform.mock.call import Call, Reply, listing
from lmconform.mock.problems import not_found
from lmconform.mock.query import labelled


def list_scenarios(call: Call) -> Reply:
    """Every scenario."""
    found = [content.scenario(scenario_id) for scenario_id in sorted(content.SCENARIOS)]
    return listing(call, found, len(found))


def get_scenario(call: Call) -> Reply:
    """One scenario."""
    return Reply(200, content.scenario(_known(call)))


def list_versions(call: Call) -> Reply:
    """The versions of a scenario."""
    found = [v for v in content.versions(_known(call)) if labelled(v, call.query.get("labelSelector", ()))]
    return listing(call, found, len(found))


def list_executables(call: Call) -> Reply:
    """The executables of a scenario, of one version if asked."""
    wanted = call.query.get("versionId")
    found = [e.as_json() for e in content.executables(_known(call)) if wanted in (None, e.version_id)]
    return listing(call, found, len(found))


def get_executable(call: Call) -> Reply:
    """One executable."""
    found = content.executable(_known(call), call.path["executableId"])
    if found is None:
        raise not_found("Executable", call.path["executableId"])
    return Reply(200, found.as_json())


def _known(call: Call) -> str:
    scenario_id = call.path["scenarioId"]
    if scenario_id not in content.SCENARIOS:
        raise not_found("Scenario", scenario_id)
    return scenario_id
