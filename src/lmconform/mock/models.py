"""Models of a scenario; only ``foundation-models`` has models (fact F61)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lmconform.mock.call import Call, Reply
from lmconform.mock.content import FOUNDATION
from lmconform.mock.problems import not_found
from lmconform.mock.scenarios import scenario_id_of


def _version(name: str, *, latest: bool, **members: Any) -> dict[str, Any]:
    return {
        "name": name,
        "isLatest": latest,
        "deprecated": not latest,
        "retirementDate": "" if latest else "2027-06-30",
        "contextLength": 128000,
        "inputTypes": ["text"],
        "capabilities": ["text-generation"],
        "orchestrationCapabilities": ["streaming"],
        "cost": [{"inputCost": "0.00086"}, {"outputCost": "0.00158"}],
        "streamingSupported": True,
        "metadata": [{"meanWinRate": "0.8"}, {"chatBotArenaScore": "1200"}, {"airBenchRefusalRate": "0.5"}],
        **members,
    }


_MODELS = (
    ("example-large", "Writes and sums up", (_version("2", latest=True), _version("1", latest=False))),
    ("example-small", "Writes, fast and cheap", (_version("1", latest=True, contextLength=16000),)),
)


def list_models(call: Call) -> Reply:
    """The models of a scenario."""
    scenario_id = scenario_id_of(call)
    executables = call.catalog.executables(scenario_id) if scenario_id == FOUNDATION else []
    if not executables:
        if call.switches["models-elsewhere"] == "404":
            raise not_found("Models of scenario", scenario_id)
        return Reply(200, {"count": 0, "resources": []})
    executable_id = executables[0].id
    models = [_show(call, name, text, versions, executable_id) for name, text, versions in _MODELS]
    return Reply(200, {"count": len(models), "resources": models})


def is_offered(parameters: Mapping[str, str | None]) -> bool:
    """Whether there is the model, in that version, that the parameters of a configuration name."""
    wanted = parameters.get("modelName"), parameters.get("modelVersion")
    known = {(name, version["name"]) for name, _, versions in _MODELS for version in versions}
    return wanted in known | {(name, "latest") for name, _ in known}


def _show(
    call: Call, name: str, description: str, versions: tuple[dict[str, Any], ...], executable_id: str
) -> dict[str, Any]:
    needed = ("name", "isLatest", "deprecated")
    model = {"model": name, "executableId": executable_id, "description": description, "versions": list(versions)}
    if call.switches["model-details"] == "no":
        return model | {"versions": [{key: version[key] for key in needed} for version in versions]}
    return model | {
        "displayName": name.replace("-", " ").capitalize(),
        "accessType": "Remote",
        "provider": "example",
        "allowedScenarios": [{"scenarioId": FOUNDATION, "executableId": executable_id}],
    }
