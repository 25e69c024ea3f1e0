"""Observations of configurations: references to unknown resources."""
# ruff: noqa: D103 - the decorator holds the sentence of each observation

from __future__ import annotations

from lmconform.errors import Inconclusive
from lmconform.probes.builders import executables
from lmconform.probes.builders.configurations import configuration_body
from lmconform.probes.context import Context
from lmconform.probes.observing import answer
from lmconform.probes.registry import observation


@observation(
    "LM-OBS-UNKNOWN-ARTIFACT", operation="createConfiguration", source="F20", text="A binding of an unknown artifact."
)
def unknown_artifact(ctx: Context) -> str:
    bound = [{"key": key, "artifactId": ctx.absent_id()} for key, _ in executables.find(ctx).inputs]
    if not bound:
        raise Inconclusive("the executable has no input artifact")
    return answer(ctx.send("createConfiguration", json=configuration_body(ctx, inputArtifactBindings=bound)))


@observation(
    "LM-OBS-UNKNOWN-EXECUTABLE", operation="createConfiguration", source="F19", text="A configuration of nothing."
)
def unknown_executable(ctx: Context) -> str:
    return answer(ctx.send("createConfiguration", json=configuration_body(ctx, executableId=ctx.absent_id())))
