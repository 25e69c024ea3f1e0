"""Finds mutants, activates one, and names the requirements that can have none."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from lmconform.contract import bundle
from lmconform.contract.requirements import Requirement
from lmconform.errors import ConfigError, did_you_mean
from lmconform.mutants.bench import Bench

Apply = Callable[[Bench], None]
_PACKAGE = "lmconform.mutants"
_DECLARED: dict[str, Mutant] = {}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One defect of the mock.

    ``family`` is the file or folder that it lies in, ``bug`` the sentence that says what goes wrong, ``breaks`` the ids
    of the requirements that must see it.
    """

    id: str
    family: str
    bug: str
    breaks: tuple[str, ...]
    apply: Apply

    def text(self, register: Mapping[str, Requirement]) -> str:
        """What goes wrong, with the sentence of the first requirement that it breaks, as the register has it."""
        return f'{self.bug} Requirement: "{register[self.breaks[0]].text}"'


def mutant(mutant_id: str, *breaks: str) -> Callable[[Apply], Apply]:
    """Declares a mutant: a function whose docstring begins with ``BUG:`` and says what goes wrong.

    ``breaks`` are the ids of the requirements that must see it. Raises ValueError for an id that is declared twice.
    """

    def declare(apply: Apply) -> Apply:
        if mutant_id in _DECLARED:
            raise ValueError(f"two mutants have the id {mutant_id}; ids are unique")
        bug = " ".join((inspect.getdoc(apply) or "").split())
        family = apply.__module__.removeprefix(f"{_PACKAGE}.").partition(".")[0]
        _DECLARED[mutant_id] = Mutant(mutant_id, family, bug, breaks, apply)
        return apply

    return declare


@cache
def load() -> tuple[Mutant, ...]:
    """All mutants of the modules below this package, at any depth, in the order of these modules."""
    package = importlib.import_module(_PACKAGE)
    for module in pkgutil.walk_packages(package.__path__, f"{_PACKAGE}."):
        importlib.import_module(module.name)
    return tuple(sorted(_DECLARED.values(), key=lambda one: one.apply.__module__))


def activate(mutant_id: str, bench: Bench) -> None:
    """Apply the mutant of that id to the bench; raises ConfigError, with the nearest id, when there is none."""
    known = {one.id: one for one in load()}
    if mutant_id not in known:
        hint = did_you_mean(mutant_id, known) or "; 'lmconform list mutants' shows them"
        raise ConfigError(f"--mutant: {mutant_id!r} is unknown{hint}")
    known[mutant_id].apply(bench)


def unproven() -> dict[str, str]:
    """Requirement to the reason why no mutant of a mock can break it."""
    with resources.as_file(resources.files(_PACKAGE) / "unproven.yaml") as path:
        rows = bundle.read_yaml(path).get("unproven") or {}
    return {str(name): str(reason) for name, reason in rows.items()}
