"""One mutant: the items run against it until one of them sees the defect."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, Final

from lmconform.client import embedded
from lmconform.client.session import Session
from lmconform.errors import HarnessError, TargetLost
from lmconform.evidence.redaction import of_process
from lmconform.judgement import Outcome
from lmconform.mutation import nursery
from lmconform.results.events import Result
from lmconform.run.catalogue import Plan
from lmconform.run.items import Item
from lmconform.settings.options import RunConfig
from lmconform.settings.target import remote

# Seconds for what takes the mock's clock about one: a mutant that never gets there ends its trial soon.
LIMITS: Final = {"stop_timeout": 6.0, "delete_timeout": 6.0, "start_timeout": 8.0, "poll_timeout": 8.0}


@dataclass(frozen=True, slots=True)
class MutantRun:
    """A mock to run the items against: id and family, what goes wrong, the requirements that it breaks.

    ``options`` are those of ``lmconform mock`` that make it. A mock that breaks nothing is lawful.
    """

    id: str
    family: str = ""
    text: str = ""
    breaks: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kill:
    """A gating result, or the warning that a declared SHOULD is broken.

    ``after`` is seconds since the first item began, ``requests`` what was sent till then, ``case`` the
    number of the generated case that showed it first.
    """

    requirement: str
    item: str
    after: float
    requests: int
    case: int = 0


@dataclass(slots=True)
class MutantTrial:
    """The result of one mutant; ``error`` says why it could not be tried, ``spent`` is seconds by item."""

    mutant: MutantRun
    kills: list[Kill] = field(default_factory=list)
    items: int = 0
    seconds: float = 0.0
    error: str = ""
    spent: dict[str, float] = field(default_factory=dict)
    seed: int = 0

    @property
    def declared(self) -> list[Kill]:
        """The kills by requirements that the mutant says it breaks."""
        return [kill for kill in self.kills if kill.requirement in self.mutant.breaks]

    @property
    def status(self) -> str:
        """``killed``, ``elsewhere`` (only by requirements that it does not declare), ``survived`` or ``error``."""
        if self.error and not self.kills:
            return "error"
        if not self.kills:
            return "survived"
        return "killed" if self.declared else "elsewhere"


def try_(plan: Plan, mutant: MutantRun, *, everything: bool = False, in_run_order: bool = False) -> MutantTrial:
    """Start the mock with the mutant's defect and run the plan's items against it.

    The items of the requirements that it breaks come first, until each of these was seen or none
    is left; then the first declared kill ends the trial, unless ``everything`` asks for all items. ``in_run_order``
    keeps the order of ``lmconform run`` and ends at the first kill of any kind.
    """
    trial = MutantTrial(mutant, seed=plan.config.seed)
    started = time.monotonic()
    try:
        # Each mock has a secret of its own, and each secret makes the search for all of them slower.
        with of_process().forgetting(), embedded.start(plan.config, mutant.options, nursery.spawn) as mock:
            config = as_tenant(plan.config, mock)
            target = remote(config, {})
            with closing(Session.open(config, plan.contract, plan.register, target, None)) as probe:
                meta = probe.examine()
            own = 0 if in_run_order else sum(_is_own(item, mutant) for item in plan.items)
            items = plan.items if in_run_order else own_first(plan.items, mutant.breaks)
            with closing(Session.open(config, plan.contract, plan.register, target, None, meta=meta)) as session:
                _run(trial, session, items, least=own, everything=everything, any_kill_ends=in_run_order)
    except HarnessError as error:
        trial.error = str(error)
    trial.seconds = round(time.monotonic() - started, 3)
    return trial


def as_tenant(config: RunConfig, mock: embedded.EmbeddedMock) -> RunConfig:
    """The configuration that judges the mock by its URL and a service key, as a disposable tenant is judged.

    Intervals and limits are those of its clock; an option that the user gave wins.
    """
    seconds = {name: value for name, value in config.seconds.items() if value is not None}
    limits: dict[str, Any] = LIMITS | {f"{name}_timeout": value for name, value in seconds.items()}
    return replace(
        config,
        target=mock.target.base_url,
        service_key=mock.service_key,
        resource_group=mock.target.resource_group,
        other_resource_group=mock.target.other_resource_group,
        allow_writes=True,
        disposable=True,
        poll_interval=mock.target.poll_interval,
        **limits,
    )


def own_first(items: Sequence[Item], breaks: Iterable[str]) -> list[Item]:
    """The items that judge one of ``breaks``, then their relatives, then the rest.

    Relatives have the same resource in their ids. Steps of one scenario stay in their order.
    """
    wanted = set(breaks)
    stems = {"-".join(requirement.split("-")[:2]) for requirement in wanted}

    def rank(item: Item) -> int:
        if wanted & set(item.requirements):
            return 0
        return 1 if any(r.startswith(stem) for r in item.requirements for stem in stems) else 2

    return sorted(items, key=rank)


def _is_own(item: Item, mutant: MutantRun) -> bool:
    return bool(set(mutant.breaks) & set(item.requirements))


def _run(
    trial: MutantTrial, session: Session, items: Iterable[Item], *, least: int, everything: bool, any_kill_ends: bool
) -> None:
    """Run items until all that is declared was seen; after the first ``least`` of them one kill is enough."""
    began, wanted = time.monotonic(), set(trial.mutant.breaks)
    for item in items:
        item_began = time.monotonic()
        events, error = item.events(session, lambda line: None)
        trial.spent[item.id] = round(time.monotonic() - item_began, 4)
        trial.items += 1
        for event in events:
            if not isinstance(event, Result):
                continue
            if event.outcome == Outcome.ERROR:
                # Ours: a defect of a server never excuses a crash of the harness.
                trial.error = trial.error or f"{event.item}: {event.message}"
            # A SHOULD that is broken gates nothing; a mutant that says it breaks it is seen all the same.
            warned = event.outcome is Outcome.WARN and not wanted.isdisjoint(event.requirements)
            if event.gates or warned:
                after = round(time.monotonic() - began, 3)
                trial.kills += [
                    Kill(r, event.item, after, session.transport.sent, event.case) for r in event.requirements
                ]
        if isinstance(error, TargetLost):
            return
        if everything:
            continue
        seen = {kill.requirement for kill in trial.declared}
        if (wanted and wanted == seen) or (trial.items >= least and (trial.kills if any_kill_ends else seen)):
            return


def with_seed(plan: Plan, seed: int) -> Plan:
    """The same plan with other generated data."""
    return replace(plan, config=replace(plan.config, seed=seed))
