"""Checks that a configuration binds what its executable requires (facts F22, F26)."""

from __future__ import annotations

from typing import Any

from lmconform.mock.content import Executable
from lmconform.mock.store import Group

Resource = dict[str, Any]


def missing(group: Group, configuration: Resource, executable: Executable) -> str:
    """The first input or parameter that is not bound or does not exist, as a message, or "": checked before a start."""
    bound = {b["key"]: b["artifactId"] for b in configuration["inputArtifactBindings"]}
    for slot in executable.inputs:
        if slot.name not in bound:
            return f"Input artifact {slot.name} is not bound; keys are case-sensitive"
        if bound[slot.name] not in group.artifacts:
            return "Failed to load artifacts: The specified key does not exist"
    given = {b["key"] for b in configuration["parameterBindings"]}
    for variable in executable.parameters:
        if variable.default is None and variable.name not in given:
            return f"Parameter {variable.name} is not bound; keys are case-sensitive"
    return ""


def unresolved(configuration: Resource, executable: Executable) -> tuple[str, ...]:
    """The placeholders of a serving template that no binding resolves, also for a hyphen in its key (fact M9)."""
    artifacts = {b["key"] for b in configuration["inputArtifactBindings"]} & {slot.name for slot in executable.inputs}
    given = {b["key"] for b in configuration["parameterBindings"]}
    parameters = {v.name for v in executable.parameters if v.default is not None or v.name in given}
    known = {f"inputs.parameters.{name}" for name in parameters}
    known |= {f"inputs.artifacts.{name}" for name in artifacts if "-" not in name}
    return tuple(name for name in executable.placeholders if name not in known)


def unloadable(group: Group, configuration: Resource, executable: Executable) -> str:
    """An artifact that a run fails to load (its url ends in a slash), as a message, or ""."""
    bound = {b["key"]: b["artifactId"] for b in configuration["inputArtifactBindings"]}
    for slot in executable.inputs:
        artifact = group.artifacts.get(bound.get(slot.name, ""))
        if artifact is not None and artifact["url"].endswith("/"):
            return "Failed to load artifacts: The specified key does not exist"
    return ""


def failure(group: Group, configuration: Resource, executable: Executable) -> str:
    """Why an execution of the configuration will fail, or ""."""
    return missing(group, configuration, executable) or unloadable(group, configuration, executable)
