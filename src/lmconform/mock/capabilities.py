"""The capabilities that ``--without`` takes away, and the operations of each, from the description."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from lmconform.contract.dialects import DIALECTS
from lmconform.contract.openapi import Contract
from lmconform.contract.resources import resources
from lmconform.errors import ConfigError, did_you_mean

# Where GET /lm/meta has them; an extension is known by the word behind it, whatever it can do.
_CAPABILITIES: Final = "aiApi.capabilities."
_EXTENSIONS: Final = "extensions."


def _name(path: str) -> str:
    """The name of a dotted path: ``logs.executions``, ``metrics``."""
    if path.startswith(_EXTENSIONS):
        return path.removeprefix(_EXTENSIONS).partition(".")[0]
    return path.removeprefix(_CAPABILITIES)


@cache
def capabilities() -> Mapping[str, tuple[str, ...]]:
    """Name to the operations that need it, of all dialects: they name it, or it opens their resource.

    A member of a body (ttl) has a capability without operations: without it the member is refused.
    """
    found: dict[str, dict[str, None]] = {}
    for dialect in DIALECTS:
        contract = Contract.load(dialect)
        known = resources(contract)
        for operation in contract.operations:
            resource = known.resource_of(operation)
            paths = (known.capability(operation), resource.capability if resource is not None else "")
            for path in filter(None, paths):
                found.setdefault(_name(path), {})[operation.id] = None
            for path in known.gated_members(operation).values():
                found.setdefault(_name(path), {})
    return {name: tuple(operations) for name, operations in found.items()}


@cache
def _dependent() -> Mapping[str, frozenset[str]]:
    """Name to the capabilities that there are only with it."""
    needed: dict[str, set[str]] = {}
    for one, other in resources(Contract.load()).implied().items():
        if _name(one) != _name(other):
            needed.setdefault(_name(other), set()).add(_name(one))
    return {name: frozenset(names) for name, names in needed.items()}


def with_dependents(names: Iterable[str]) -> frozenset[str]:
    """The named capabilities and those that require them; raises ConfigError for an unknown name."""
    chosen = set(names)
    if not chosen:
        # Reading all dialects takes a quarter of the time in which a mock starts.
        return frozenset()
    known = capabilities()
    for name in chosen:
        if name not in known:
            raise ConfigError(f"--without {name}: is no capability{did_you_mean(name, known)} ({', '.join(known)})")
    return frozenset(chosen.union(*(_dependent().get(name, ()) for name in chosen)))


def withheld(without: frozenset[str]) -> frozenset[str]:
    """The operations that a mock without these capabilities does not have."""
    return frozenset(operation for name in without for operation in capabilities()[name])
