"""Models of the scenario foundation-models."""

from __future__ import annotations

from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.defects.lists import off_by_one
from lmconform.mutants.registry import mutant


@mutant("model-count", "LM-MODEL-LIST-COUNT")
def model_count(bench: Bench) -> None:
    """BUG: count in the list of models is one too high."""
    off_by_one(bench, "listScenarioModels")


@mutant("model-count-of-versions", "LM-MODEL-LIST-COUNT")
def model_count_of_versions(bench: Bench) -> None:
    """BUG: count in the list of models is the number of their versions."""

    @bench.after("listScenarioModels")
    def versions(call: Call, reply: Reply) -> None:
        reply.json["count"] = sum(len(model["versions"]) for model in reply.json["resources"])


@mutant("model-scenario-unlabelled", "LM-MODEL-SCENARIO-LABELLED")
def model_scenario_unlabelled(bench: Bench) -> None:
    """BUG: the label of foundation-models has the value True, with a capital."""

    @bench.after("listScenarios", "getScenario")
    def capital(call: Call, reply: Reply) -> None:
        for scenario in resources(reply):
            for label in scenario.get("labels") or []:
                label["value"] = label["value"].capitalize()


@mutant("model-versions-repeated", "LM-MODEL-VERSIONS")
def model_versions_repeated(bench: Bench) -> None:
    """BUG: the first version of each model is listed twice."""

    @bench.after("listScenarioModels")
    def latest(call: Call, reply: Reply) -> None:
        for model in reply.json["resources"]:
            model["versions"].append(dict(model["versions"][0]))


@mutant("model-versions-named-latest", "LM-MODEL-VERSIONS")
def model_versions_named_latest(bench: Bench) -> None:
    """BUG: all versions of a model have the name latest."""

    @bench.after("listScenarioModels")
    def latest(call: Call, reply: Reply) -> None:
        for model in reply.json["resources"]:
            for version in model["versions"]:
                version["name"] = "latest"
