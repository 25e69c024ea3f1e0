"""What of a tenant a run may train and serve with: the owner names it, or the run looks for something that fits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Runs:
    """An executable of a scenario, the URL of its input artifacts, values of its parameters; empty: not named.

    ``parameters`` are pairs of name and value, ``where`` is the key that names them, for people.
    """

    scenario: str = ""
    executable: str = ""
    artifact: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    where: str = ""

    @property
    def label(self) -> str:
        """The executable, and where it is named, for people."""
        return f"{self.where}: scenario {self.scenario}, executable {self.executable}"


@dataclass(frozen=True, slots=True)
class Content:
    """What executions ``train`` and what deployments ``serve``."""

    train: Runs = Runs()
    serve: Runs = Runs()

    def of(self, *, deployable: bool) -> Runs:
        """What is served when ``deployable``, else what is trained."""
        return self.serve if deployable else self.train

    def as_json(self) -> dict[str, Any]:
        """A form that ``from_json`` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Content:
        """The content that ``as_json`` described."""
        return cls(**{name: _runs(**runs) for name, runs in data.items()})


def _runs(parameters: Iterable[tuple[str, str]], **texts: str) -> Runs:
    return Runs(parameters=tuple((name, value) for name, value in parameters), **texts)
