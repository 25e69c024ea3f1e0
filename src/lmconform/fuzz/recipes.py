"""Executables that generated configurations may name, as the target describes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lmconform.settings.content import Runs
from lmconform.settings.runnable import ARTIFACT_KINDS, declared


@dataclass(frozen=True, slots=True)
class Recipe:
    """An executable, and what a configuration of it binds: inputs as (name, kind), names of parameters.

    ``known`` is what the owner of the target names for it: the URL of its artifacts, values of parameters.
    """

    scenario: str
    executable: str
    version: str
    inputs: tuple[tuple[str, str], ...]
    parameters: tuple[str, ...]
    known: Runs = field(default_factory=Runs)

    def bindings(self, artifact: str) -> list[dict[str, str]]:
        """Every input bound to one artifact."""
        return [{"key": name, "artifactId": artifact} for name, _ in self.inputs]

    def values(self, value: str) -> list[dict[str, str]]:
        """Every parameter bound to one value, but for those with a value that is known."""
        values = dict.fromkeys(self.parameters, value) | dict(self.known.parameters)
        return [{"key": name, "value": bound} for name, bound in values.items()]

    def artifact(self, number: int, prefix: str) -> dict[str, Any]:
        """The body that registers an artifact which the inputs take; ``prefix`` begins its name."""
        name = f"{prefix}fuzz-{number}"
        kind = next((kind for _, kind in self.inputs if kind in ARTIFACT_KINDS), "dataset")
        url = self.known.artifact or f"ai://default/{name}"
        return {"name": name, "kind": kind, "url": url, "scenarioId": self.scenario}

    def configuration(self, artifact: str, number: int, prefix: str) -> dict[str, Any]:
        """The body that creates a complete configuration; ``prefix`` begins its name."""
        return {
            "name": f"{prefix}fuzz-{number}",
            "scenarioId": self.scenario,
            "executableId": self.executable,
            "parameterBindings": self.values("1"),
            "inputArtifactBindings": self.bindings(artifact),
        }


def recipes(
    found: Iterable[tuple[str, dict[str, Any]]], *, deployable: bool, first: tuple[str, str], known: Runs | None = None
) -> Iterator[Recipe]:
    """Recipes from pairs of a scenario's id and an executable, ``first`` (scenario and executable) before all others.

    ``deployable``: those that serve, else those that train. Where ``known`` names an executable, there is no other.
    """
    if known and known.executable:
        found = [f for f in found if (f[0], f[1]["id"]) == (known.scenario, known.executable)]
    for scenario, executable in sorted(found, key=lambda f: (f[0], f[1]["id"]) != first):
        if executable.get("deployable") is not deployable:
            continue
        inputs = declared(executable, "inputArtifacts")
        yield Recipe(
            scenario,
            executable["id"],
            str(executable.get("versionId") or ""),
            tuple((str(i["name"]), str(i.get("kind") or "")) for i in inputs),
            tuple(str(p["name"]) for p in declared(executable, "parameters") if p.get("default") is None),
            known or Runs(),
        )
