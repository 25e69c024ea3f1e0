"""Probes of models: the scenario foundation-models has them, where a tenant has that scenario."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from typing import Final

from lmconform.errors import Failure, NotApplicable
from lmconform.probes.builders import executables
from lmconform.probes.context import Context, Json
from lmconform.probes.fixtures import fixture
from lmconform.probes.reading import objects
from lmconform.probes.registry import probe
from lmconform.probes.shared.paging import expect_count

# SAP's clients read the models of this scenario only (F61).
FOUNDATION: Final = "foundation-models"


def _scenario(ctx: Context) -> Json:
    scenario = next((s for s in executables.scenarios(ctx) if s["id"] == FOUNDATION), None)
    if scenario is None:
        raise NotApplicable(f"the tenant has no scenario {FOUNDATION}")
    return scenario


@fixture(remember=(Failure,))
def _models(ctx: Context) -> Json:
    """The list of models; raises Failure, and NotApplicable where there is no scenario for them."""
    _scenario(ctx)
    return ctx.get_or_fail("listScenarioModels", scenarioId=FOUNDATION)


@probe("LM-MODEL-LIST-COUNT")
def models_are_counted(ctx: Context) -> None:
    expect_count(ctx, _models(ctx))


@probe("LM-MODEL-SCENARIO-LABELLED")
def scenario_of_models_is_labelled(ctx: Context) -> None:
    labels = {str(e.get("key")): e.get("value") for e in objects(_scenario(ctx), "labels")}
    value = labels.get("scenarios.ai.sap.com/llm")
    ctx.expect(value == "true", expected="scenarios.ai.sap.com/llm = true", actual=f"{labels}")


@probe("LM-MODEL-VERSIONS")
def versions_of_a_model_differ(ctx: Context) -> None:
    for model in objects(_models(ctx)):
        names = [v.get("name") for v in objects(model, "versions")]
        repeated = sorted({str(n) for n in names if names.count(n) > 1})
        label = f"{model.get('model')} of {model.get('executableId')}"
        ctx.expect(not repeated, expected=f"each version of {label} once", actual=f"{repeated} more than once")
