"""Scenarios and executables that the mock offers: the tutorial's text classification, and one more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_SYNCED = "2026-01-15T08:00:00+00:00"


@dataclass(frozen=True, slots=True)
class Executable:
    """What a workflow or serving template becomes. ``parameters``: name to default or None."""

    id: str
    scenario_id: str
    name: str
    description: str
    deployable: bool
    inputs: tuple[str, ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()
    parameters: dict[str, str | None] = field(default_factory=dict)
    version_id: str = "0.0.1"

    def as_json(self) -> dict[str, Any]:
        """The resource as the API shows it."""
        parameters = [
            {"name": name, "type": "string", **({} if default is None else {"default": default})}
            for name, default in self.parameters.items()
        ]
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "scenarioId": self.scenario_id,
            "versionId": self.version_id,
            "deployable": self.deployable,
            "labels": [],
            "parameters": parameters,
            "inputArtifacts": [{"name": name} for name in self.inputs],
            "outputArtifacts": [{"name": name, "kind": kind} for name, kind in self.outputs],
            "createdAt": _SYNCED,
            "modifiedAt": _SYNCED,
        }


EXECUTABLES = (
    Executable(
        "text-clf-train-tutorial",
        "text-clf-tutorial",
        "Text classification training",
        "Trains a classifier on labelled sentences",
        deployable=False,
        inputs=("text-data",),
        outputs=(("text-model-tutorial", "model"),),
        parameters={"train-epochs": "1"},
    ),
    Executable(
        "text-clf-infer-tutorial",
        "text-clf-tutorial",
        "Text classification serving",
        "Serves the trained classifier",
        deployable=True,
        inputs=("textmodel",),
    ),
    Executable(
        "house-price-train",
        "house-price",
        "House price training",
        "Trains a regression on a table",
        deployable=False,
        inputs=("house-data",),
        outputs=(("house-model", "model"), ("house-report", "resultset")),
        parameters={"max-depth": None, "criterion": "squared_error"},
        version_id="1.2.0",
    ),
)

SCENARIOS = {
    "text-clf-tutorial": ("Text classification", "Learns to sort sentences, as the tutorial does"),
    "house-price": ("House prices", "Predicts the price of a house"),
}


def scenario(scenario_id: str) -> dict[str, Any]:
    """The scenario as the API shows it."""
    name, description = SCENARIOS[scenario_id]
    return {
        "id": scenario_id,
        "name": name,
        "description": description,
        "labels": [],
        "createdAt": _SYNCED,
        "modifiedAt": _SYNCED,
    }


def executables(scenario_id: str) -> list[Executable]:
    """The executables of a scenario, by id."""
    return sorted((e for e in EXECUTABLES if e.scenario_id == scenario_id), key=lambda e: e.id)


def executable(scenario_id: object, executable_id: object) -> Executable | None:
    """One executable, or None."""
    return next((e for e in EXECUTABLES if (e.scenario_id, e.id) == (scenario_id, executable_id)), None)


def versions(scenario_id: str) -> list[dict[str, Any]]:
    """The versions of a scenario: those of its executables."""
    ids = sorted({e.version_id for e in executables(scenario_id)})
    return [{"id": v, "scenarioId": scenario_id, "createdAt": _SYNCED, "modifiedAt": _SYNCED} for v in ids]
