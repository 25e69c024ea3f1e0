"""What a tenant's templates make: scenarios, versions, executables, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

SYNCED = "2026-01-15T08:00:00+00:00"
FOUNDATION = "foundation-models"


@dataclass(frozen=True, slots=True)
class Slot:
    """An input or output artifact of an executable; what is None or empty is not shown."""

    name: str
    kind: str | None = None
    description: str | None = None
    labels: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The artifact as an executable shows it: these members and no others (fact H1)."""
        shown: dict[str, Any] = {"name": self.name}
        if self.kind is not None:
            shown["kind"] = self.kind
        if self.description is not None:
            shown["description"] = self.description
        if self.labels:
            shown["labels"] = [{"key": key, "value": value} for key, value in self.labels]
        return shown


@dataclass(frozen=True, slots=True)
class Variable:
    """A parameter of an executable; one with a default may stay unbound."""

    name: str
    type: str = "string"
    default: str | None = None
    description: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The parameter as an executable shows it."""
        shown = {"name": self.name, "type": self.type, "default": self.default, "description": self.description}
        return {name: value for name, value in shown.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Executable:
    """What a workflow or serving template becomes (fact K). ``bulk``: its runs may be changed in bulk."""

    id: str
    scenario_id: str
    name: str
    description: str
    deployable: bool
    version_id: str
    inputs: tuple[Slot, ...] = ()
    outputs: tuple[Slot, ...] = ()
    parameters: tuple[Variable, ...] = ()
    bulk: bool = False

    def as_json(self) -> dict[str, Any]:
        """The resource as the API shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "scenarioId": self.scenario_id,
            "versionId": self.version_id,
            "deployable": self.deployable,
            "labels": [],
            "parameters": [variable.as_json() for variable in self.parameters],
            "inputArtifacts": [slot.as_json() for slot in self.inputs],
            "outputArtifacts": [slot.as_json() for slot in self.outputs],
            "createdAt": SYNCED,
            "modifiedAt": SYNCED,
        }

    def products(self) -> tuple[tuple[str, str], ...]:
        """Name and kind of what a run leaves behind."""
        return tuple((slot.name, slot.kind or "other") for slot in self.outputs)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario; ``labels`` are keys and values."""

    id: str
    name: str
    description: str
    labels: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The resource as the API shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "labels": [{"key": key, "value": value} for key, value in self.labels],
            "createdAt": SYNCED,
            "modifiedAt": SYNCED,
        }


class Catalog:
    """The scenarios and executables of a tenant, the same in every resource group (fact F16)."""

    def __init__(self, scenarios: Iterable[Scenario], executables: Iterable[Executable]) -> None:
        self.scenarios = {scenario.id: scenario for scenario in sorted(scenarios, key=lambda s: s.id)}
        self._executables = sorted(executables, key=lambda e: e.id)

    def executables(self, scenario_id: str) -> list[Executable]:
        """The executables of a scenario, by id."""
        return [e for e in self._executables if e.scenario_id == scenario_id]

    def executable(self, scenario_id: object, executable_id: object) -> Executable | None:
        """One executable, or None."""
        return next((e for e in self._executables if (e.scenario_id, e.id) == (scenario_id, executable_id)), None)

    def of(self, configuration: dict[str, Any]) -> Executable:
        """The executable of a configuration: nobody can make one without."""
        found = self.executable(configuration["scenarioId"], configuration["executableId"])
        assert found is not None, configuration
        return found

    def versions(self, scenario_id: str) -> list[dict[str, Any]]:
        """The versions of a scenario: those of its executables."""
        ids = sorted({e.version_id for e in self.executables(scenario_id)})
        return [{"id": v, "scenarioId": scenario_id, "createdAt": SYNCED, "modifiedAt": SYNCED} for v in ids]

    def without(self, scenario_id: str) -> Catalog:
        """The catalog without a scenario."""
        left = [s for s in self.scenarios.values() if s.id != scenario_id]
        return Catalog(left, [e for e in self._executables if e.scenario_id != scenario_id])

    def labelled(self, key: str, value: str) -> Catalog:
        """The catalog with one more label on each scenario."""
        scenarios = [replace(s, labels=(*s.labels, (key, value))) for s in self.scenarios.values()]
        return Catalog(scenarios, self._executables)
