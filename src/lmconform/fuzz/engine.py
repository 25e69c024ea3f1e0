"""schemathesis and hypothesis, set up so that nothing but our own configuration counts."""

from __future__ import annotations

import atexit
from typing import Any

import schemathesis
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import Flaky
from schemathesis.config import (
    GenerationConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
    StatefulPhaseConfig,
)
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.schemas import BaseSchema

from lmconform.errors import ContractError
from lmconform.private_files import PrivateFolder


class Over(BaseException):
    """Leaves hypothesis at once, to go on with ``error``, if there is one.

    Every Exception is a finding to hypothesis, which it repeats and makes small.
    """

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__(error)
        self.error = error


def leave(end: Over | Flaky) -> None:
    """Raise what made us leave, if anything did.

    hypothesis takes it for flaky data when we leave where it went on before.
    """
    over = end if isinstance(end, Over) else end.__context__
    if not isinstance(over, Over):
        raise end
    if over.error is not None:
        raise over.error from None


def prepare() -> None:
    """Give hypothesis a temporary folder: a run leaves no files where somebody started it."""
    folder = PrivateFolder()
    atexit.register(folder.remove)
    set_hypothesis_home_dir(folder.path)


def read(document: dict[str, Any]) -> BaseSchema:
    """The description as schemathesis has it; a schemathesis.toml that lies about is not looked at."""
    # No codec means every character that UTF-8 has as well; naming it costs seconds for a table of them.
    generation = GenerationConfig(codec=None, modes=[GenerationMode.POSITIVE])
    # Links are curated: two of those that would be inferred send an id as one of another kind.
    phases = PhasesConfig(stateful=StatefulPhaseConfig.from_dict({"inference": {"algorithms": []}}))
    project = ProjectConfig(generation=generation, phases=phases)
    config = SchemathesisConfig(projects=ProjectsConfig(default=project))
    return schemathesis.openapi.from_dict(_without_examples(document), config=config)


def _without_examples(node: Any) -> Any:
    """The description without examples: they would be mixed into the data, and their ids name nothing that is real."""
    if isinstance(node, list):
        return [_without_examples(part) for part in node]
    if not isinstance(node, dict):
        return node
    return {key: _without_examples(v) for key, v in node.items() if key != "examples" or not isinstance(v, list)}


def operations(document: dict[str, Any]) -> dict[str, Any]:
    """The operations of a description, by id."""
    found: dict[str, Any] = {}
    for result in read(document).get_all_operations():
        if not isinstance(result, Ok):
            raise ContractError(f"schemathesis cannot read the contract: {result.err()}")
        found[result.ok().definition.raw["operationId"]] = result.ok()
    return found
