"""Builds configurations: valid bodies that bind all inputs of an executable, and shared ones to deploy."""

from __future__ import annotations

from typing import Any, Final

from lmconform.errors import Inconclusive, NotTestable
from lmconform.probes.builders import executables
from lmconform.probes.builders.artifacts import input_artifact_id
from lmconform.probes.builders.resource_type import ResourceType, without_none
from lmconform.probes.context import Context, Created, Json
from lmconform.probes.fixtures import fixture


def configuration_body(ctx: Context, *, deployable: bool = False, **overrides: Any) -> Json:
    """A valid body for POST of a configuration, with every input and parameter of the executable bound.

    ``deployable``: for a deployment instead of an execution. An override None leaves the member out.
    """
    runnable = executables.find(ctx, deployable=deployable)
    body = {
        "name": ctx.unique("configuration"),
        "executableId": runnable.executable_id,
        "scenarioId": runnable.scenario_id,
        "parameterBindings": [{"key": key, "value": value} for key, value in runnable.parameters],
    }
    if "inputArtifactBindings" not in overrides:
        body["inputArtifactBindings"] = [
            {"key": key, "artifactId": input_artifact_id(ctx, kind, runnable.scenario_id, runnable.artifact)}
            for key, kind in runnable.inputs
        ]
    return without_none({**body, **overrides})


def create_configuration(ctx: Context, *, deployable: bool = False, **overrides: Any) -> Created:
    """Create a configuration; raises NotTestable."""
    return ctx.make("createConfiguration", configuration_body(ctx, deployable=deployable, **overrides))


@fixture()
def deployable_configuration(ctx: Context) -> Created:
    """A configuration to deploy that no enactment of the pool starts with: updates of deployments share it."""
    return create_configuration(ctx, deployable=True)


def unbound_configuration(ctx: Context) -> Created:
    """A configuration to deploy whose required inputs are not bound; raises Inconclusive when that is impossible."""
    runnable = executables.find(ctx, deployable=True)
    if not runnable.inputs:
        # A parameter may have a default that the API does not show.
        raise Inconclusive(f"executable {runnable.executable_id} has no input artifact")
    try:
        return create_configuration(ctx, deployable=True, inputArtifactBindings=[], parameterBindings=[])
    except NotTestable as refusal:
        raise Inconclusive(f"a configuration without bindings: {refusal}") from refusal


CONFIGURATION: Final = ResourceType(
    noun="CONFIGURATION",
    body=configuration_body,
    vary=lambda ctx, index: {},
)
