"""All items that there are, in the order in which they run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from lmconform.contract import revisions
from lmconform.contract.life import Runs
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.contract.resources import resources
from lmconform.fuzz import links, oracle
from lmconform.probes import registry
from lmconform.run import waiving
from lmconform.run.items import FuzzItem, Item, ObservationItem, ProbeItem, ScenarioItem, SequenceItem, numbered
from lmconform.run.selection import select
from lmconform.scenarios.document import load as load_scenarios
from lmconform.scenarios.model import Step, Workflow, item_id
from lmconform.settings.options import RunConfig
from lmconform.waivers.entry import Entry

_FUZZ_SEQUENCE = (
    *("LM-FUZZ-ANSWERED", "LM-FUZZ-SEQUENCE-READABLE"),
    *("LM-FUZZ-SEQUENCE-USABLE", "LM-FUZZ-SEQUENCE-GONE"),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run will do; nothing was sent to make it. ``waivers`` are those of the file, for any target and day."""

    config: RunConfig
    contract: Contract
    register: Register
    items: tuple[Item, ...]
    waivers: tuple[Entry, ...] = ()

    def at(self, version: str) -> Plan:
        """The same items, judged by the contract as it was published in ``version``."""
        return replace(self, contract=self.contract.at(version))

    def left_out(self) -> tuple[str, ...]:
        """The requirements of the items that were published after the contract's version, sorted."""
        named = {requirement for item in self.items for requirement in item.requirements}
        return tuple(sorted(named - set(self.register.at(self.contract.version))))


def plan(config: RunConfig) -> Plan:
    """Read contract, register and scenarios, and select the items; raises HarnessError."""
    # All of it: which version judges the target is known once GET /lm/meta has answered.
    contract = Contract.load(config.dialect, overlays=config.overlay)
    register = Register.load()
    every = catalogue(contract, register)
    waivers = waiving.read(config.waivers, contract, register, every, allow_renewals=config.allow_renewals)
    items = select(every, config.profile, config.only)
    if config.is_bounded:
        items = _frugal(items, contract)
    # Waivers may name what is not scored here: the file is shared with other targets.
    return Plan(config, contract, revisions.held_to(register, config.revision), tuple(items), waivers)


def _frugal(items: list[Item], contract: Contract) -> list[Item]:
    """The same items in an order that spends few executions and deployments on what finds most.

    Probes share what they start, and one deployment serves dozens of requirements; a workflow that starts a deployment
    or several executions has them for itself, and comes last. A single training stays where it is: it is what the
    tutorial is about.
    """
    return sorted(items, key=lambda item: isinstance(item, ScenarioItem) and _is_dear(item.workflow, contract))


def _is_dear(workflow: Workflow, contract: Contract) -> bool:
    known = [contract.operation(step.operation_id) for step in workflow.steps if step.operation_id in contract]
    started = [made.cost.runs for operation in known for made in resources(contract).creates(operation)[:1]]
    return Runs.UNTIL_STOPPED in started or started.count(Runs.UNTIL_IT_ENDS) > 1


def catalogue(contract: Contract, register: Register) -> list[Item]:
    """Every item of every profile: reads, scenarios between the writing probes, fuzz, probes that look back."""
    return numbered(_items(contract, register))


def _items(contract: Contract, register: Register) -> Iterator[Item]:
    every = [(p, _probe_item(p, register)) for p in registry.load(register)]
    probes = [(p, item) for p, item in every if not p.last]
    looks = [_observation_item(look) for look in registry.load_observations()]
    yield from (item for probe, item in probes if probe.effect == "read")
    yield from (item for item in looks if item.profile == "smoke")
    writing: list[list[Item]] = [
        [item for probe, item in probes if (probe.effect, probe.late) == ("write", late)] for late in (False, True)
    ]
    destroying: list[Item] = [item for probe, item in probes if probe.effect == "destructive"]
    half = len(destroying) // 2
    # While scenarios wait for what they have started, probes run; and the other way round.
    groups: list[list[Item]] = [
        *writing,
        destroying[:half],
        destroying[half:],
        [item for item in looks if item.profile != "smoke"],
    ]
    nothing: list[Item] = []
    for steps, others in zip_longest(_scenario_rounds(contract, register), groups, fillvalue=nothing):
        yield from steps
        yield from others
    for operation in contract.operations:
        fuzz_id, requirements = f"fuzz/{operation.id}", oracle.judged(contract, operation)
        yield FuzzItem(fuzz_id, "full", "", requirements, (fuzz_id, operation.id, *requirements), operation.id)
    for start in links.starts(contract):
        fuzz_id = f"fuzz/sequence/{start.id}"
        names = (fuzz_id, start.id, *_FUZZ_SEQUENCE)
        yield SequenceItem(fuzz_id, "full", "", _FUZZ_SEQUENCE, names, start.id)
    yield from (item for probe, item in every if probe.last)


def _probe_item(probe: registry.Probe, register: Register) -> ProbeItem:
    requirement = register[probe.requirement].id
    profile = "full" if probe.costly else "smoke" if probe.effect == "read" else "core"
    return ProbeItem(probe.id, profile, "", (requirement,), (probe.id, requirement), probe)


def _observation_item(look: registry.Observation) -> ObservationItem:
    profile = "full" if look.costly else "smoke" if look.effect == "read" else "core"
    return ObservationItem(look.id, profile, "", (), (look.id, look.name), look)


def _scenario_rounds(contract: Contract, register: Register) -> Iterator[list[Item]]:
    """All workflows up to where they have to wait, then all up to where they have to wait again."""
    found = [w for d in load_scenarios(contract, register=register) for w in d.workflows]
    for turns in zip_longest(*(_between_polls(workflow) for workflow in found), fillvalue=()):
        yield [_scenario_item(workflow, step) for workflow, steps in zip(found, turns, strict=True) for step in steps]


def _scenario_item(workflow: Workflow, step: Step) -> ScenarioItem:
    name = item_id(workflow, step)
    names = (name, *step.requirements, step.operation_id)
    return ScenarioItem(name, "core", name.rpartition("/")[0], step.requirements, names, workflow, step)


def _between_polls(workflow: Workflow) -> list[list[Step]]:
    """The steps of a workflow in parts, each of which begins with a poll, but for the first.

    A poll that an execution spoils by ending early cannot be put off.
    """
    parts: list[list[Step]] = [[]]
    for step in workflow.steps:
        if step.poll and "COMPLETED" not in step.poll.bad:
            parts.append([])
        parts[-1].append(step)
    return parts
