"""A target that a name in lmconform.toml stands for: what the file says of it beyond the options of a run."""

from __future__ import annotations

from dataclasses import dataclass, field

from lmconform.settings.content import Content
from lmconform.settings.credential_reference import Reference


@dataclass(frozen=True, slots=True)
class NamedTarget:
    """``name`` and the file that has it, as ``shown`` in reports.

    ``keys`` are the options (as attributes of RunConfig) whose values are those of the file.
    """

    name: str
    shown: str
    keys: frozenset[str] = frozenset()
    credentials: Reference | None = None
    content: Content = field(default_factory=Content)
