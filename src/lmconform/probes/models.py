"""Probes of models: the scenario foundation-models has them, where a tenant has that scenario."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from lmconform.errors import NotApplicable
from lmconform.probes import recipe
from lmconform.probes.lab import Json, Lab
from lmconform.probes.observations import listed
from lmconform.probes.registry import observation, probe

# SAP's clients ask for the models of this scenario alone (F61).
_FOUNDATION = "foundation-models"


def _scenario(lab: Lab) -> Json:
    found = next((s for s in recipe.scenarios(lab) if s["id"] == _FOUNDATION), None)
    if found is None:
        raise NotApplicable(f"the tenant has no scenario {_FOUNDATION}")
    return found


def _models(lab: Lab) -> Json:
    _scenario(lab)
    return lab.read("listScenarioModels", scenarioId=_FOUNDATION)


@probe("LM-MODEL-LIST-COUNT", effect="read")
def models_are_counted(lab: Lab) -> None:
    body = _models(lab)
    length = len(body.get("resources") or [])
    lab.expect(body.get("count") == length, expected=f"count: {length}", actual=f"count: {body.get('count')}")


@probe("LM-MODEL-SCENARIO-LABELLED", effect="read")
def scenario_of_models_is_labelled(lab: Lab) -> None:
    labels = {str(e.get("key")): e.get("value") for e in _scenario(lab).get("labels") or [] if isinstance(e, dict)}
    value = labels.get("scenarios.ai.sap.com/llm")
    lab.expect(value == "true", expected="scenarios.ai.sap.com/llm = true", actual=f"{labels}")


@probe("LM-MODEL-VERSIONS", effect="read")
def versions_of_a_model_differ(lab: Lab) -> None:
    for model in _models(lab).get("resources") or []:
        names = [v.get("name") for v in model.get("versions") or []]
        odd = sorted({str(n) for n in names if names.count(n) > 1})
        label = f"{model.get('model')} of {model.get('executableId')}"
        lab.expect(not odd, expected=f"each version of {label} once", actual=f"{odd} more than once")


@observation(
    "LM-OBS-MODELS-ELSEWHERE",
    operation="listScenarioModels",
    effect="read",
    source="F61",
    text="Models of a scenario that is not foundation-models.",
)
def models_elsewhere(lab: Lab) -> str:
    other = next((str(s["id"]) for s in recipe.scenarios(lab) if s["id"] != _FOUNDATION), None)
    if other is None:
        raise NotApplicable(f"the tenant has no scenario but {_FOUNDATION}")
    return listed(lab.get("listScenarioModels", scenarioId=other))


@observation(
    "LM-OBS-MODELS-UNKNOWN-SCENARIO",
    operation="listScenarioModels",
    effect="read",
    source="F61",
    text="Models of a scenario that does not exist.",
)
def models_of_nothing(lab: Lab) -> str:
    return listed(lab.get("listScenarioModels", scenarioId=lab.absent_id()))
