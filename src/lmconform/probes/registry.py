"""The probes and observations, found by looking into every module of this package."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml

from lmconform import probes
from lmconform.errors import Failure, Inconclusive, caught

if TYPE_CHECKING:
    from lmconform.probes.context import Context

# The order of a run, as data: moving a probe to another file does not change it.
ORDER: Final = Path(__file__).with_name("order.yaml")

Function = Callable[["Context"], None]
Look = Callable[["Context"], str]


@dataclass(frozen=True, slots=True)
class Probe:
    """Judges one requirement. ``effect`` is the most it does: read, write or destructive.

    ``late``: it waits for something that other probes may have started by then.
    """

    requirement: str
    function: Function
    effect: str
    late: bool = False

    @property
    def id(self) -> str:
        """Stable id of the item: ``probe/LM-…``."""
        return f"probe/{self.requirement}"


@dataclass(frozen=True, slots=True)
class Observation:
    """Records one behaviour that nobody promised; its value never gates.

    ``function`` returns the value as short text that is the same whenever the target behaves
    the same: no ids, no times, no totals. ``operation`` is an operationId, ``source`` names
    facts, ``capability`` is a dotted path in ``GET /lm/meta`` or empty.
    """

    name: str
    function: Look
    effect: str
    operation: str
    text: str
    source: str
    capability: str

    @property
    def id(self) -> str:
        """Stable id of the item: ``observe/LM-OBS-…``."""
        return f"observe/{self.name}"


_probes: dict[str, Probe] = {}
_observations: dict[str, Observation] = {}


def probe(requirement: str, *, effect: str = "write", late: bool = False) -> Callable[[Function], Function]:
    """Make a function the probe of ``requirement`` (an id of the register).

    The function gets a Context and returns when the requirement holds. It raises Failure when it
    is broken, NotApplicable, NotTestable or Inconclusive when it cannot be judged. What the
    register says about the capability is asked before the function is called. ``late`` saves
    time and nothing else: the order of probes never matters.
    """

    def register(function: Function) -> Function:
        if requirement in _probes:
            raise ValueError(f"two probes for {requirement}")

        @functools.wraps(function)
        def judge(ctx: Context) -> None:
            ctx.begin(requirement)
            ctx.conclude(caught(lambda: function(ctx)))

        _probes[requirement] = Probe(requirement, judge, effect, late)
        return function

    return register


def observation(
    name: str, *, operation: str, text: str, source: str, effect: str = "write", capability: str = ""
) -> Callable[[Look], Look]:
    """Make a function the observation ``LM-OBS-…``; it returns what it saw.

    It raises Skip when there is nothing to see.
    """

    def register(function: Look) -> Look:
        if name in _observations:
            raise ValueError(f"two observations {name}")

        @functools.wraps(function)
        def look(ctx: Context) -> str:
            ctx.requirement = name
            ctx.require(capability)
            try:
                return function(ctx)
            except Failure as failure:
                # A probe reports it; what an observation says must be the same in each run.
                raise Inconclusive("what it builds on is broken") from failure

        _observations[name] = Observation(name, look, effect, operation, text, source, capability)
        return function

    return register


def load() -> tuple[Probe, ...]:
    """All probes: reads first, then creations, what waits for them, and deletions; within each as order.yaml has it."""
    _import_all()
    turns, position = {"read": 0, "write": 1, "destructive": 3}, _positions("probes")
    return tuple(
        sorted(_probes.values(), key=lambda p: (turns[p.effect] + p.late, position.get(p.requirement, len(position))))
    )


def load_observations() -> tuple[Observation, ...]:
    """All observations, reads first; within each as order.yaml has it."""
    _import_all()
    position = _positions("observations")
    return tuple(
        sorted(_observations.values(), key=lambda o: (o.effect != "read", position.get(o.name, len(position))))
    )


@functools.cache
def _positions(kind: str) -> dict[str, int]:
    """The place of each id in order.yaml; an id that is not listed comes after the others of its phase."""
    order: dict[str, list[str]] = yaml.safe_load(ORDER.read_text(encoding="utf-8"))
    return {name: number for number, name in enumerate(order[kind])}


def _import_all() -> None:
    for module in sorted(m.name for m in pkgutil.iter_modules(probes.__path__)):
        importlib.import_module(f"lmconform.probes.{module}")
