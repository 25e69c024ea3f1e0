"""Whether a configuration gives its executable what it needs (facts F22, F26)."""

from __future__ import annotations

from typing import Any

from lmconform.mock.content import Executable
from lmconform.mock.store import Group

Resource = dict[str, Any]


def missing(group: Group, configuration: Resource, executable: Executable) -> str:
    """What is not bound or does not exist, in words, or an empty text: what a check before the start sees."""
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


def unloadable(group: Group, configuration: Resource, executable: Executable) -> str:
    """What shows only when the run loads its artifacts: a url that ends in a slash."""
    bound = {b["key"]: b["artifactId"] for b in configuration["inputArtifactBindings"]}
    for slot in executable.inputs:
        artifact = group.artifacts.get(bound.get(slot.name, ""))
        if artifact is not None and artifact["url"].endswith("/"):
            return "Failed to load artifacts: The specified key does not exist"
    return ""


def failure(group: Group, configuration: Resource, executable: Executable) -> str:
    """Why an execution of the configuration will die, or an empty text."""
    return missing(group, configuration, executable) or unloadable(group, configuration, executable)
