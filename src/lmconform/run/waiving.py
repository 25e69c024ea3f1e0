"""The waivers of a run: read and checked with its plan, and those that count once the target is known."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path

from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.errors import ConfigError
from lmconform.run.items import Item
from lmconform.settings import target_file
from lmconform.settings.options import MOCK, RunConfig
from lmconform.waivers import document
from lmconform.waivers.checking import Known, checked
from lmconform.waivers.entry import Entry
from lmconform.waivers.matching import Active


def read(
    path: Path | None, contract: Contract, register: Register, items: Iterable[Item], *, allow_renewals: bool
) -> tuple[Entry, ...]:
    """The entries of a file, held against all ``items`` that there are; none without a file. Raises ConfigError."""
    if path is None:
        return ()
    known = Known(
        register,
        {item.id: item.requirements for item in items},
        frozenset(operation.id for operation in contract.operations),
        _targets(),
    )
    return checked(document.read(path, allow_renewals=allow_renewals), known)


def active(entries: Iterable[Entry], config: RunConfig, contract: str, today: date) -> Active:
    """The waivers of that target, judged by that version of the contract, on that day."""
    names = (config.label, config.target)
    return Active(tuple(entry for entry in entries if entry.applies(names, contract)), today)


def _targets() -> frozenset[str] | None:
    """The names of targets, where there is a file that has them."""
    with suppress(ConfigError):
        file = target_file.find(Path())
        return frozenset((MOCK, *file.entries)) if file else None
    return None
