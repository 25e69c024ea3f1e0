"""Scenarios and their versions."""

from __future__ import annotations

from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.answers import elsewhere, unknown_is_200
from lmconform.mutants.defects.lists import forget, off_by_one
from lmconform.mutants.registry import mutant


@mutant("status-unknown-scenario-200", "LM-SCENARIO-UNKNOWN-404")
def status_unknown_scenario_200(bench: Bench) -> None:
    """BUG: a scenario that does not exist is answered with 200 and an empty object."""
    unknown_is_200(bench, "getScenario")


@mutant("view-scenario-name", "LM-SCENARIO-LIST-EQUALS-GET")
def view_scenario_name(bench: Bench) -> None:
    """BUG: a scenario read by its id has another name than in the list."""
    elsewhere(bench, "getScenario", "name", "Another name")


@mutant("view-scenarios-by-group", "LM-SCENARIO-TENANT-WIDE")
def view_scenarios_by_group(bench: Bench) -> None:
    """BUG: the second resource group lists one scenario less."""

    @bench.after("listScenarios")
    def fewer(call: Call, reply: Reply) -> None:
        if call.group.name == "other":
            reply.json["resources"].pop()
            reply.json["count"] -= 1


@mutant("count-scenarios", "LM-SCENARIO-LIST-COUNT")
def count_scenarios(bench: Bench) -> None:
    """BUG: count in the list of scenarios is one too high."""
    off_by_one(bench, "listScenarios")


@mutant("count-versions", "LM-SCENARIO-VERSIONS-COUNT")
def count_versions(bench: Bench) -> None:
    """BUG: count in the list of a scenario's versions is one too high."""
    off_by_one(bench, "listScenarioVersions")


@mutant("view-version-owner", "LM-SCENARIO-VERSIONS-OWNER")
def view_version_owner(bench: Bench) -> None:
    """BUG: the versions of a scenario name another scenario."""
    elsewhere(bench, "listScenarioVersions", "scenarioId", "another-scenario")


@mutant("scenario-versions-selector", "LM-SCENARIO-VERSIONS-SELECTOR")
def scenario_versions_selector(bench: Bench) -> None:
    """BUG: labelSelector is ignored when the versions of a scenario are listed."""
    forget(bench, "labelSelector", "listScenarioVersions")
