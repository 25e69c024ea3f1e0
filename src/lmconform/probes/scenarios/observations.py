"""Observations of scenarios, executables and models."""
# ruff: noqa: D103 - the decorator holds the sentence of each observation

from __future__ import annotations

from lmconform.errors import NotApplicable
from lmconform.probes.builders import executables
from lmconform.probes.context import Context
from lmconform.probes.observing import listed, time_form
from lmconform.probes.registry import observation
from lmconform.probes.scenarios.models import FOUNDATION


@observation(
    "LM-OBS-EXECUTABLES-UNKNOWN-SCENARIO",
    operation="listExecutables",
    effect="read",
    source="J",
    text="Executables of a scenario that does not exist.",
)
def executables_of_nothing(ctx: Context) -> str:
    return listed(ctx.get("listExecutables", scenarioId=ctx.absent_id()))


@observation(
    "LM-OBS-VERSIONS-UNKNOWN-SCENARIO",
    operation="listScenarioVersions",
    effect="read",
    source="J",
    text="Versions of a scenario that does not exist.",
)
def versions_of_nothing(ctx: Context) -> str:
    return listed(ctx.get("listScenarioVersions", scenarioId=ctx.absent_id()))


@observation(
    "LM-OBS-TIMES-SCENARIO",
    operation="listScenarios",
    source="D1",
    effect="read",
    text="How the creation time of a scenario is written.",
)
def scenario_times(ctx: Context) -> str:
    return time_form(executables.first_scenario(ctx).get("createdAt"))


@observation(
    "LM-OBS-MODELS-ELSEWHERE",
    operation="listScenarioModels",
    effect="read",
    source="F61",
    text="Models of a scenario that is not foundation-models.",
)
def models_elsewhere(ctx: Context) -> str:
    other = executables.other_scenario_id(ctx, FOUNDATION)
    if other is None:
        raise NotApplicable(f"the tenant has no scenario but {FOUNDATION}")
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
