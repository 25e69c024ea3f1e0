"""The probes and observations: every module of this package is imported to find them."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lmconform import probes as package
from lmconform.contract.bundle import read_yaml
from lmconform.errors import Failure, Inconclusive, caught

if TYPE_CHECKING:
    from lmconform.contract.requirements import Register
    from lmconform.probes.context import Context

# The order of a run, as data: moving a probe to another file does not change it.
ORDER: Final = Path(__file__).with_name("order.yaml")
Function = Callable[["Context"], None]
Look = Callable[["Context"], str]


@dataclass(frozen=True, slots=True)
class Probe:
    """Judges one requirement. ``effect`` is that of the requirement: read, write or destructive.

    ``late``: it waits for something that other probes may have started by then. ``last``: it looks back at what the
    run has done, and runs after all other items. A ``costly`` one is left to profile full.
    """

    requirement: str
    function: Function
    effect: str
    late: bool = False
    last: bool = False
    costly: bool = False

    @property
    def id(self) -> str:
        """Stable id of the item: ``probe/LM-…``."""
        return f"probe/{self.requirement}"


@dataclass(frozen=True, slots=True)
class Observation:
    """Records one behaviour that the contract leaves open; its value never gates.

    ``function`` returns the value as short text that is the same whenever the target behaves
    the same: no ids, no times, no totals. ``operation`` is an operationId, ``source`` names
    facts, ``capability`` is a dotted path in ``GET /lm/meta`` or empty. A ``costly`` one is left to profile full.
    """

    name: str
    function: Look
    effect: str
    operation: str
    text: str
    source: str
    capability: str
    costly: bool = False

    @property
    def id(self) -> str:
        """Stable id of the item: ``observe/LM-OBS-…``."""
        return f"observe/{self.name}"


@dataclass(frozen=True, slots=True)
class _Definition:
    function: Function
    late: bool
    last: bool
    costly: bool


_definitions: dict[str, _Definition] = {}
_observations: dict[str, Observation] = {}


def probe(
    requirement: str, *, late: bool = False, last: bool = False, costly: bool = False
) -> Callable[[Function], Function]:
    """Make a function the probe of ``requirement`` (an id of the register).

    The function gets a Context and returns when the requirement holds. It raises Failure when it
    is broken, NotApplicable, NotTestable or Inconclusive when it cannot be judged. Effect and
    capability are those of the register; the capability is checked before the function is called.
    ``late`` saves time and nothing else: the order of probes never matters. ``last`` ones see more after the others.
    ``costly`` ones need requests that profile core has no room for.
    """

    def define(function: Function) -> Function:
        if requirement in _definitions:
            raise ValueError(f"two probes for {requirement}")

        @functools.wraps(function)
        def judge(ctx: Context) -> None:
            ctx.begin(requirement)
            ctx.conclude(caught(lambda: function(ctx)))

        _definitions[requirement] = _Definition(judge, late, last, costly)
        return function

    return define


def observation(
    name: str,
    *,
    operation: str,
    text: str,
    source: str,
    effect: str = "write",
    capability: str = "",
    costly: bool = False,
) -> Callable[[Look], Look]:
    """Make a function the observation ``LM-OBS-…``; it returns the observed value, and raises Skip without one."""

    def define(function: Look) -> Look:
        if name in _observations:
            raise ValueError(f"two observations {name}")

        @functools.wraps(function)
        def look(ctx: Context) -> str:
            ctx.requirement = name
            ctx.require(capability)
            try:
                return function(ctx)
            except Failure as failure:
                # A probe reports the defect; the value of an observation must be the same in each run.
                raise Inconclusive("a requirement that it depends on is broken") from failure

        _observations[name] = Observation(name, look, effect, operation, text, source, capability, costly)
        return function

    return define


def load(register: Register) -> tuple[Probe, ...]:
    """All probes: reads, writes, late writes, deletions, last ones; within each phase in the order of order.yaml.

    Raises ContractError for a probe whose requirement is not in the register.
    """
    _import_all()
    probes = [
        Probe(name, d.function, register[name].effect, d.late, d.last, d.costly) for name, d in _definitions.items()
    ]
    phases, position = {"read": 0, "write": 1, "destructive": 3}, _positions("probes")

    def key(probe: Probe) -> tuple[bool, int, int]:
        return probe.last, phases[probe.effect] + probe.late, position.get(probe.requirement, len(position))

    return tuple(sorted(probes, key=key))


def load_observations() -> tuple[Observation, ...]:
    """All observations, reads first; within each phase in the order of order.yaml."""
    _import_all()
    position = _positions("observations")
    return tuple(
        sorted(_observations.values(), key=lambda o: (o.effect != "read", position.get(o.name, len(position))))
    )


@functools.cache
def _positions(kind: str) -> dict[str, int]:
    """The place of each id in order.yaml; an id that is not listed comes after the others of its phase."""
    order: dict[str, list[str]] = read_yaml(ORDER)
    return {name: number for number, name in enumerate(order[kind])}


def _import_all() -> None:
    for module in sorted(m.name for m in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")):
        importlib.import_module(module)
