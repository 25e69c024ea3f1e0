"""The second resource group, and what a probe makes in it."""

from __future__ import annotations

from dataclasses import dataclass

from lmconform.errors import Inconclusive
from lmconform.probes.builders import executables
from lmconform.probes.builders.artifacts import ARTIFACT, artifact_body
from lmconform.probes.builders.configurations import CONFIGURATION, configuration_body
from lmconform.probes.context import GROUPS, Context
from lmconform.probes.fixtures import fixture


@dataclass(frozen=True, slots=True)
class Foreign:
    """A configuration in another resource group, and the artifacts there that it binds: their ids."""

    artifacts: tuple[str, ...]
    configuration: str


def other_group(ctx: Context) -> str:
    """The second resource group; raises NotApplicable, and Inconclusive without a usable one."""
    ctx.require(GROUPS)
    other = ctx.session.target.other_resource_group
    if other is None:
        raise Inconclusive("needs a second resource group: --other-resource-group")
    _require_usable(ctx, other)
    return other


@fixture(remember=(Inconclusive,))
def _require_usable(ctx: Context, group: str) -> None:
    """Raise Inconclusive when requests in a resource group are refused."""
    answer = ctx.send("listScenarios", resource_group=group)
    if answer.status != 200:
        raise Inconclusive(f"resource group {group!r} cannot be used: {answer.brief}")


@fixture()
def foreign(ctx: Context, group: str, *, deployable: bool) -> Foreign:
    """What an execution or a deployment in another resource group would run; raises NotTestable and Inconclusive."""
    runnable = executables.find(ctx, deployable=deployable)
    inputs = []
    for key, kind in runnable.inputs:
        body = artifact_body(ctx, kind=kind, scenarioId=runnable.scenario_id, url=runnable.artifact)
        inputs.append({"key": key, "artifactId": ctx.make(ARTIFACT.create, body, resource_group=group).id})
    body = configuration_body(ctx, deployable=deployable, inputArtifactBindings=inputs)
    configuration = ctx.make(CONFIGURATION.create, body, resource_group=group).id
    return Foreign(tuple(bound["artifactId"] for bound in inputs), configuration)
