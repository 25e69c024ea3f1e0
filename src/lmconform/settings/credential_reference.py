"""Credentials as a file with targets names them: a path, a profile, variables; a secret has no place in such a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lmconform.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Variable:
    """A value that an environment variable holds; ``key`` is where the user named it."""

    name: str
    key: str

    def read(self, environ: Mapping[str, str]) -> str:
        """Its value; raises ConfigError when it is unset or empty."""
        value = environ.get(self.name, "")
        if not value:
            raise ConfigError(f"{self.key}: the variable {self.name} is not set; export it")
        return value


@dataclass(frozen=True, slots=True)
class Reference:
    """One way to credentials: a ``service_key``, an ``aicore_profile``, or single ``values`` by their names.

    ``where`` is the key in the file, ``shown`` the name of the file in a report. Values are texts that are no secret,
    or variables.
    """

    where: str
    shown: str
    service_key: Path | Variable | None = None
    aicore_profile: str = ""
    values: Mapping[str, str | Variable] = field(default_factory=dict)

    def single_values(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The values, with those of the variables; raises ConfigError."""
        return {n: v.read(environ) if isinstance(v, Variable) else v for n, v in self.values.items()}
