"""Finds mutants, and says which requirements can have none."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from lmconform.contract import bundle
from lmconform.errors import ConfigError, did_you_mean
from lmconform.mutants.bench import Bench

Apply = Callable[[Bench], None]
_INFRASTRUCTURE = frozenset({"registry", "bench", "common"})
_FOUND: dict[str, Mutant] = {}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One defect. ``breaks`` are the requirements that must see it; ``text`` quotes the first."""

    id: str
    family: str
    text: str
    breaks: tuple[str, ...]
    apply: Apply


def mutant(mutant_id: str, *breaks: str) -> Callable[[Apply], Apply]:
    """Declare a mutant; the function's docstring begins with ``BUG:`` and quotes ``breaks[0]``."""

    def declare(apply: Apply) -> Apply:
        if mutant_id in _FOUND:
            raise ValueError(f"two mutants are called {mutant_id}")
        text = " ".join((inspect.getdoc(apply) or "").split())
        family = apply.__module__.rpartition(".")[2].replace("_", " ")
        _FOUND[mutant_id] = Mutant(mutant_id, family, text, breaks, apply)
        return apply

    return declare


@cache
def load() -> tuple[Mutant, ...]:
    """All mutants, family by family."""
    package = importlib.import_module("lmconform.mutants")
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        if module.name not in _INFRASTRUCTURE:
            importlib.import_module(f"{package.__name__}.{module.name}")
    return tuple(_FOUND.values())


def activate(mutant_id: str, bench: Bench) -> None:
    """Apply the bench with the mutant of that id; raises ConfigError with the nearest one."""
    known = {m.id: m for m in load()}
    if mutant_id not in known:
        raise ConfigError(f"--mutant: {mutant_id!r} is unknown{did_you_mean(mutant_id, known)}")
    known[mutant_id].apply(bench)


def unproven() -> dict[str, str]:
    """Requirement to the reason why no mutant of a mock can break it."""
    with resources.as_file(resources.files("lmconform.mutants") / "unproven.yaml") as path:
        rows = bundle.read_yaml(path).get("unproven") or {}
    return {str(name): str(reason) for name, reason in rows.items()}
