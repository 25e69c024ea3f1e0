"""Probes of models: the scenario foundation-models has them, where a tenant has that scenario."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from lmconform.errors import NotApplicable
from lmconform.probes import executables
from lmconform.probes.context import Context, Json
from lmconform.probes.observations import listed
from lmconform.probes.registry import observation, probe

# SAP's clients ask for the models of this scenario alone (F61).
_FOUNDATION = "foundation-models"


def _scenario(ctx: Context) -> Json:
    found = next((s for s in executables.scenarios(ctx) if s["id"] == _FOUNDATION), None)
    if found is None:
        raise NotApplicable(f"the tenant has no scenario {_FOUNDATION}")
    return found


def _models(ctx: Context) -> Json:
    _scenario(ctx)
    return ctx.get_or_fail("listScenarioModels", scenarioId=_FOUNDATION)


@probe("LM-MODEL-LIST-COUNT", effect="read")
def models_are_counted(ctx: Context) -> None:
    body = _models(ctx)
    length = len(body.get("resources") or [])
    ctx.expect(body.get("count") == length, expected=f"count: {length}", actual=f"count: {body.get('count')}")


@probe("LM-MODEL-SCENARIO-LABELLED", effect="read")
def scenario_of_models_is_labelled(ctx: Context) -> None:
    labels = {str(e.get("key")): e.get("value") for e in _scenario(ctx).get("labels") or [] if isinstance(e, dict)}
    value = labels.get("scenarios.ai.sap.com/llm")
    ctx.expect(value == "true", expected="scenarios.ai.sap.com/llm = true", actual=f"{labels}")


@probe("LM-MODEL-VERSIONS", effect="read")
def versions_of_a_model_differ(ctx: Context) -> None:
    for model in _models(ctx).get("resources") or []:
        names = [v.get("name") for v in model.get("versions") or []]
        odd = sorted({str(n) for n in names if names.count(n) > 1})
        label = f"{model.get('model')} of {model.get('executableId')}"
        ctx.expect(not odd, expected=f"each version of {label} once", actual=f"{odd} more than once")


@observation(
    "LM-OBS-MODELS-ELSEWHERE",
    operation="listScenarioModels",
    effect="read",
    source="F61",
    text="Models of a scenario that is not foundation-models.",
)
def models_elsewhere(ctx: Context) -> str:
    other = next((str(s["id"]) for s in executables.scenarios(ctx) if s["id"] != _FOUNDATION), None)
    if other is None:
        raise NotApplicable(f"the tenant has no scenario but {_FOUNDATION}")
    return listed(ctx.get("listScenarioModels", scenarioId=other))


@observation(
    "LM-OBS-MODELS-UNKNOWN-SCENARIO",
    operation="listScenarioModels",
    effect="read",
    source="F61",
    text="Models of a scenario that does not exist.",
)
def models_of_nothing(ctx: Context) -> str:
    return listed(ctx.get("listScenarioModels", scenarioId=ctx.absent_id()))
