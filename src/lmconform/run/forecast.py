"""What a run will send, create and start at most, and how long that may take: known before the first item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lmconform.client.bounds import bounds
from lmconform.client.cleanup import most_rounds, outputs
from lmconform.client.polling import LEAST_PAUSE
from lmconform.contract.capabilities import Capabilities
from lmconform.contract.life import Runs
from lmconform.contract.requirements import Register
from lmconform.contract.resource import Resource
from lmconform.contract.resources import Resources, resources
from lmconform.run import costs
from lmconform.run.catalogue import Plan, catalogue
from lmconform.run.items import Item, ScenarioItem
from lmconform.run.selection import select
from lmconform.safety.budget import ALL
from lmconform.safety.guard import NAME_PREFIX
from lmconform.settings.target import Target
from lmconform.settings.time_limits import TimeLimits

# Requests of the clean-up for one thing: a deletion, a stop, and a deletion again.
_CLEANING: Final = {"DELETE": 2, "PATCH": 1}
_SHOWN: Final = 6


@dataclass(frozen=True, slots=True)
class Forecast:
    """Upper bounds of one run. ``requests`` by method do not count what is sent again after 429 and 5xx, nor ``polls``:
    what is asked again while something is waited for, a status, or at the end that it can be deleted.

    ``creates`` is by noun; ``names`` are those that do not begin with the prefix. ``minutes`` is by noun how long all
    of what runs may run together. ``seconds`` is for the requests, ``waiting`` for what is waited for; ``pace`` says
    where the seconds come from. ``outputs`` are the nouns of what is made by what runs and stays, each with the noun of
    its maker: only the target's content says how many there will be, and ``creates`` does not count them.
    """

    requests: Counter[str]
    polls: int
    interval: float
    creates: Counter[str]
    names: tuple[str, ...]
    minutes: Mapping[str, float]
    seconds: float
    waiting: float
    pace: str
    outputs: tuple[tuple[str, str], ...] = ()

    @property
    def line(self) -> str:
        """All of it in one line."""
        polls = f" and {self.polls:,} polls" if self.polls else ""
        waiting = f", waiting {_span(self.waiting)} at most" if self.waiting else ""
        took = f"about {_span(self.seconds)} {self.pace}{waiting}"
        return f"at most {self.requests.total():,} requests{polls}; creates {self._created()}; {took}"

    def lines(self) -> Iterator[str]:
        """The same, a line for each thing."""
        methods = ", ".join(f"{number:,} {method}" for method, number in self.requests.most_common())
        polls = f"; {self.polls:,} polls, one every {self.interval:g} s" if self.polls else ""
        yield f"requests  at most {self.requests.total():,}: {methods}{polls}"
        yield f"creates   {self._created()}"
        if self.creates:
            more = ", …" if len(self.names) > _SHOWN else ""
            others = f", but for {', '.join(map(repr, self.names[:_SHOWN]))}{more}" if self.names else ""
            yield f"names     begin with {NAME_PREFIX}{others}"
        for noun, maker in self.outputs:
            made = f"each {maker} may leave {_plural(noun)} that it makes"
            yield f"outputs   {made}: they are not counted, and cannot be deleted"
        for noun, minutes in self.minutes.items():
            yield f"runs      at most {self.creates[noun]} {_plural(noun)}, for {_span(minutes * 60)} in all"
        waiting = f"; {_span(self.waiting)} at most for what is waited for" if self.waiting else ""
        yield f"takes     about {_span(self.seconds)} {self.pace}{waiting}"

    def _created(self) -> str:
        if not self.creates:
            return "nothing"
        return "at most " + ", ".join(f"{number:,} {_plural(noun)}" for noun, number in self.creates.most_common())


def forecast(
    plan: Plan, target: Target, meta: dict[str, Any] | None, *, workers: int, seconds_per_request: float
) -> Forecast:
    """The bounds of ``plan`` on ``target``; ``seconds_per_request`` was measured by the requests before."""
    config, register = plan.config, plan.register.at(plan.contract.version)
    known, capabilities = resources(plan.contract), Capabilities(meta, plan.contract)
    every = select(catalogue(plan.contract, plan.register), _profile(plan.items), ())
    applicable = [item for item in plan.items if _applies(item, register, capabilities)]
    cost = costs.most(applicable, every, workers=workers, examples=config.max_examples)
    creates = _bounded(cost.makes, known, plan, target)
    requests = cost.requests + _cleaning(creates, known) + _asking(applicable, target)
    waits = {noun: _waits(known[noun], target.limits) for noun in creates if known[noun].cost.runs is not None}
    interval = max(target.poll_interval, LEAST_PAUSE)
    waiting = sum(creates[noun] * sum(seconds) for noun, seconds in waits.items())
    polls = sum(
        creates[noun] * (sum(int(limit / interval) + 1 for limit in seconds) + 2 * most_rounds(known[noun], target))
        for noun, seconds in waits.items()
    )
    seconds = requests.total() / config.rate if config.rate else requests.total() * seconds_per_request / workers
    if config.max_time is not None:
        # The last item may begin right before, and wait for one of each.
        waiting = min(waiting, config.max_time + sum(sum(seconds) for seconds in waits.values()))
    return Forecast(
        requests=requests,
        polls=polls,
        interval=interval,
        creates=creates,
        names=tuple(dict.fromkeys(name for item in applicable for name in _names(item))),
        minutes={
            noun: _minutes(known[noun], number, target.limits, seconds + waiting)
            for noun, number in ((noun, creates[noun]) for noun in waits)
        },
        seconds=seconds,
        waiting=waiting,
        outputs=tuple((made.noun, maker.noun) for made, _, maker in outputs(known) if creates[maker.noun]),
        pace=f"at --rate {config.rate:g}" if config.rate else "at the pace of the first answers",
    )


def _profile(items: Iterable[Item]) -> str:
    """The smallest profile that has all of the items."""
    order = ("smoke", "core", "full")
    return order[max((order.index(item.profile) for item in items), default=0)]


def _applies(item: Item, register: Register, capabilities: Capabilities) -> bool:
    """Whether the target advertises what one of the requirements of the item is about."""
    return not item.requirements or any(
        r in register and capabilities.has(register[r].capability) for r in item.requirements
    )


def _bounded(makes: Counter[str], known: Resources, plan: Plan, target: Target) -> Counter[str]:
    """What is created, where options and the target bound it."""
    limits = bounds(known, plan.config, target)
    found = Counter({n: min(number, limits[n].most) if n in limits else number for n, number in makes.items()})
    if ALL in limits:
        found = Counter({noun: min(number, limits[ALL].most) for noun, number in found.items()})
    return +found


def _cleaning(creates: Counter[str], known: Resources) -> Counter[str]:
    number = sum(n for noun, n in creates.items() if not known[noun].is_permanent)
    found = Counter({method: times * number for method, times in _CLEANING.items() if number})
    # What each of them has made is asked for.
    found["GET"] += sum(creates[maker.noun] for _, _, maker in outputs(known))
    return +found


def _asking(items: Iterable[Item], target: Target) -> Counter[str]:
    """What scenarios ask of the target before they use what its owner names: one executable each."""
    named = any(target.content.of(deployable=deployable).executable for deployable in (False, True))
    flows = {item.workflow.id for item in items if isinstance(item, ScenarioItem)}
    return Counter({"GET": len(flows)} if named and flows else {})


def _waits(resource: Resource, limits: TimeLimits) -> tuple[float, ...]:
    """How long one of the resource may be waited for, promise by promise, in seconds."""
    begins = limits.poll if resource.cost.runs is Runs.UNTIL_IT_ENDS else limits.start
    return tuple(limit.seconds for limit in (begins, limits.stop, limits.delete))


def _minutes(resource: Resource, number: int, limits: TimeLimits, whole: float) -> float:
    """How long so many of them may run together: one that does not end runs until it is stopped after its limit.

    What runs until it is stopped may run as long as the run.
    """
    if resource.cost.runs is Runs.UNTIL_STOPPED:
        return number * whole / 60
    return number * (limits.poll.seconds + limits.stop.seconds) / 60


def _names(item: Item) -> Iterator[str]:
    """The names that a scenario gives by itself: the tutorial's."""
    body = item.step.body if isinstance(item, ScenarioItem) else None
    payload = body.payload if body is not None else None
    name = payload.get("name") if isinstance(payload, Mapping) else None
    if isinstance(name, str) and "$" not in name and not name.startswith(NAME_PREFIX):
        yield name


def _plural(noun: str) -> str:
    return noun if noun.endswith("s") else f"{noun}s"


def _span(seconds: float) -> str:
    """A length of time for people."""
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
