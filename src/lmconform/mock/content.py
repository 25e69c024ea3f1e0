"""The content of a tenant as values: scenarios, versions, executables; templates are read into these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

# The time at which the first template counts as synchronised; the others follow.
SYNCED = "2026-01-15T08:00:00+00:00"
_APART = timedelta(minutes=3)
FOUNDATION = "foundation-models"


@dataclass(frozen=True, slots=True)
class Slot:
    """An input or output artifact of an executable; members that are None or empty are not shown.

    ``made`` is the name of the artifact that a run makes of an output, where a template renames it.
    """

    name: str
    kind: str | None = None
    description: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    made: str = ""

    def as_json(self) -> dict[str, Any]:
        """The artifact as the API shows it: SAP's client accepts these members and no others (fact H1)."""
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
    """A parameter of an executable; one with a default need not be bound."""

    name: str
    type: str = "string"
    default: str | None = None
    description: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The parameter as the API shows it."""
        shown = {"name": self.name, "type": self.type, "default": self.default, "description": self.description}
        return {name: value for name, value in shown.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Executable:
    """A workflow or serving template in the API (fact K); ``bulk`` allows bulk updates of its enactments.

    ``placeholders`` are what a deployment has to resolve, as ``inputs.parameters.replicas``. ``synced`` is when its
    template came, and ``lists`` whether labels and the outputs of what serves are shown without any (M25).
    """

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
    placeholders: tuple[str, ...] = ()
    synced: str = SYNCED
    lists: bool = False

    def as_json(self) -> dict[str, Any]:
        """The resource as the API shows it."""
        shown = {
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
            "createdAt": self.synced,
            "modifiedAt": self.synced,
        }
        absent = set() if self.lists else {"labels", "outputArtifacts"} if self.deployable else {"labels"}
        return {name: value for name, value in shown.items() if value or name not in absent}

    def products(self) -> tuple[tuple[str, str], ...]:
        """Name and kind of the output artifacts of a run."""
        return tuple((slot.made or slot.name, slot.kind or "other") for slot in self.outputs)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario; ``labels`` are pairs of key and value, ``synced`` is when its first and its newest template came."""

    id: str
    name: str
    description: str
    labels: tuple[tuple[str, str], ...] = ()
    synced: tuple[str, str] = (SYNCED, SYNCED)
    lists: bool = False

    def as_json(self) -> dict[str, Any]:
        """The resource as the API shows it."""
        labels = [{"key": key, "value": value} for key, value in self.labels]
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            **({"labels": labels} if labels or self.lists else {}),
            "createdAt": self.synced[0],
            "modifiedAt": self.synced[1],
        }


class Catalog:
    """The scenarios and executables of a tenant, the same in every resource group (fact F16).

    ``problems`` are one line for each template that cannot be used.
    """

    def __init__(
        self, scenarios: Iterable[Scenario], executables: Iterable[Executable], problems: Iterable[str] = ()
    ) -> None:
        self.problems = tuple(problems)
        self.scenarios = {scenario.id: scenario for scenario in sorted(scenarios, key=lambda s: s.id)}
        self._executables = sorted(executables, key=lambda e: e.id)

    def executables(self, scenario_id: str) -> list[Executable]:
        """The executables of a scenario, sorted by id."""
        return [e for e in self._executables if e.scenario_id == scenario_id]

    def executable(self, scenario_id: object, executable_id: object) -> Executable | None:
        """The executable with that id in that scenario, or None."""
        return next((e for e in self._executables if (e.scenario_id, e.id) == (scenario_id, executable_id)), None)

    def of(self, configuration: dict[str, Any]) -> Executable:
        """The executable of a configuration; it exists, because creating the configuration requires it."""
        executable = self.executable(configuration["scenarioId"], configuration["executableId"])
        assert executable is not None, configuration
        return executable

    def versions(self, scenario_id: str) -> list[dict[str, Any]]:
        """The versions of a scenario: the versions of its executables."""
        times: dict[str, list[str]] = {}
        for executable in self.executables(scenario_id):
            times.setdefault(executable.version_id, []).append(executable.synced)
        return [
            {"id": v, "scenarioId": scenario_id, "createdAt": min(found), "modifiedAt": max(found)}
            for v, found in sorted(times.items())
        ]

    def without(self, scenario_id: str) -> Catalog:
        """The catalog without a scenario."""
        left = [s for s in self.scenarios.values() if s.id != scenario_id]
        return Catalog(left, [e for e in self._executables if e.scenario_id != scenario_id], self.problems)

    def with_scenario(self, scenario_id: str, other: Catalog) -> Catalog:
        """The catalog with a scenario of another one, unless it has that scenario itself."""
        if scenario_id in self.scenarios:
            return self
        scenarios = [*self.scenarios.values(), other.scenarios[scenario_id]]
        return Catalog(scenarios, [*self._executables, *other.executables(scenario_id)], self.problems)

    def labelled(self, key: str, value: str) -> Catalog:
        """The catalog with one more label on each scenario."""
        scenarios = [replace(s, labels=(*s.labels, (key, value))) for s in self.scenarios.values()]
        return Catalog(scenarios, self._executables, self.problems)

    def with_empty_lists(self) -> Catalog:
        """The catalog that shows lists without entries as well."""
        scenarios = [replace(s, lists=True) for s in self.scenarios.values()]
        return Catalog(scenarios, [replace(e, lists=True) for e in self._executables], self.problems)

    def one_after_the_other(self) -> Catalog:
        """The catalog whose templates came one after the other, those of one scenario together."""
        first = datetime.fromisoformat(SYNCED)
        ordered = sorted(self._executables, key=lambda e: (e.scenario_id, e.id))
        executables = [replace(e, synced=(first + n * _APART).isoformat()) for n, e in enumerate(ordered)]
        times: dict[str, list[str]] = {}
        for executable in executables:
            times.setdefault(executable.scenario_id, []).append(executable.synced)
        scenarios = [replace(s, synced=(times[s.id][0], times[s.id][-1])) for s in self.scenarios.values()]
        return Catalog(scenarios, executables, self.problems)
