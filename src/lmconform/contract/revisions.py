"""Frozen sets of requirements: a target that pins one is scored by it, whatever the register has gained since."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lmconform.contract import bundle
from lmconform.contract.requirements import Register
from lmconform.errors import ConfigError, ContractError, did_you_mean
from lmconform.judgement import Level


def names() -> tuple[str, ...]:
    """The revisions that there are, the oldest first; each is called after the month in which it was frozen."""
    return tuple(sorted(path.stem for path in _folder().glob("*.yaml")))


def check(asked: str) -> str:
    """The revision that ``--revision`` names; raises ConfigError when there is none of that name."""
    if asked not in names():
        raise ConfigError(f"--revision: there is no {asked!r}{did_you_mean(asked, names())}")
    return asked


def read(name: str) -> Mapping[str, Level]:
    """The requirements that a revision scores, with their levels; raises ContractError."""
    path = _folder() / f"{name}.yaml"
    rows = bundle.read_yaml(path).get("requirements")
    try:
        return {str(requirement): Level(level) for requirement, level in dict(rows or {}).items()}
    except (TypeError, ValueError) as error:
        raise ContractError(f"{path}: requirements: expected ids with MUST, SHOULD or MAY ({error})") from error


def held_to(register: Register, name: str | None) -> Register:
    """The register as that revision scores it; all of it without a name. Raises ContractError."""
    return register if name is None else register.held_to(read(name), name)


def _folder() -> Path:
    return bundle.root() / "specs" / "lm" / "revisions"
