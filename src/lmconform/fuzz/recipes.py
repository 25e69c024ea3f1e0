"""Executables that generated configurations may name, as the target describes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

_KINDS = ("model", "dataset", "resultset", "other")


@dataclass(frozen=True, slots=True)
class Recipe:
    """An executable, and what a configuration of it binds: inputs as (name, kind), names of parameters."""

    scenario: str
    executable: str
    version: str
    inputs: tuple[tuple[str, str], ...]
    parameters: tuple[str, ...]

    def bindings(self, artifact: str) -> list[dict[str, str]]:
        """Every input bound to one artifact."""
        return [{"key": name, "artifactId": artifact} for name, _ in self.inputs]

    def values(self, value: str) -> list[dict[str, str]]:
        """Every parameter bound to one value."""
        return [{"key": name, "value": value} for name in self.parameters]

    def artifact(self, number: int, prefix: str) -> dict[str, Any]:
        """The body that registers an artifact which the inputs take; ``prefix`` begins its name."""
        name = f"{prefix}fuzz-{number}"
        kind = next((kind for _, kind in self.inputs if kind in _KINDS), "dataset")
        return {"name": name, "kind": kind, "url": f"ai://default/{name}", "scenarioId": self.scenario}

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
    found: Iterable[tuple[str, dict[str, Any]]], *, deployable: bool, first: tuple[str, str]
) -> Iterator[Recipe]:
    """Recipes from pairs of a scenario's id and an executable, ``first`` (scenario and executable) before all others.

    ``deployable``: those that serve, else those that train.
    """
    for scenario, executable in sorted(found, key=lambda f: (f[0], f[1]["id"]) != first):
        if executable.get("deployable") is not deployable:
            continue
        inputs = [i for i in executable.get("inputArtifacts") or [] if "name" in i]
        parameters = [p for p in executable.get("parameters") or [] if "name" in p]
        yield Recipe(
            scenario,
            executable["id"],
            str(executable.get("versionId") or ""),
            tuple((str(i["name"]), str(i.get("kind") or "")) for i in inputs),
            tuple(str(p["name"]) for p in parameters if p.get("default") is None),
        )
