"""``lmconform explain``: what an id stands for, why we believe it, and what judges it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from lmconform import mutants
from lmconform.contract import facts, paths, versions
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register, Requirement
from lmconform.errors import ConfigError, closest_of
from lmconform.exit_codes import ExitCode
from lmconform.mock.switches import SWITCHES, Switch

if TYPE_CHECKING:
    from lmconform.run.items import Item

# Names in one line.
_SHOWN = 12
_Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One thing with an id: what it is, its sentence, and what else is known of it, name by name."""

    kind: str
    id: str
    text: str
    rows: tuple[_Row, ...]


@click.command("explain")
@click.argument("name", metavar="ID")
def command(name: str) -> int:
    """Explain ID: a requirement, observation, item, operation, fact, switch or mutant.

    Prints its sentence, its source and evidence, what judges it, and since which version of SAP's description it is
    promised. Sends nothing.
    """
    every = list(_every())
    found = [entry for entry in every if entry.id.casefold() == name.casefold()]
    if not found:
        near = closest_of(name, {entry.id for entry in every})
        hint = f"the closest are {', '.join(near)}" if near else "'lmconform list' shows what there is"
        raise ConfigError(f"{name!r} is no requirement, observation, item, operation, fact, switch or mutant; {hint}")
    for entry in found:
        click.echo(f"{entry.kind} {entry.id}")
        click.echo(f"  {entry.text}")
        for row, text in entry.rows:
            if text:
                click.echo(f"  {row:<9} {text}")
    return ExitCode.PASSED


def _every() -> Iterator[_Entry]:
    """Everything that has an id."""
    from lmconform.run.catalogue import catalogue
    from lmconform.run.items import ObservationItem, ScenarioItem

    register, contract = Register.load(), Contract.load()
    items = catalogue(contract, register)
    judges: dict[str, list[str]] = {}
    for item in items:
        for name in item.names:
            judges.setdefault(name, []).append(item.id)
    known = mutants.load()
    breaking: dict[str, list[str]] = {}
    for one in known:
        for name in one.breaks:
            breaking.setdefault(name, []).append(one.id)
    for requirement in register.values():
        yield _requirement(requirement, judges.get(requirement.id, []), breaking.get(requirement.id, []))
    observed: dict[str, dict[str, None]] = {}
    for item in items:
        if isinstance(item, ObservationItem):
            look = item.look
            rows = (("operation", look.operation), ("source", facts.in_words(look.source)), ("recorded", item.id))
            yield _Entry("observation", look.name, f"{look.text} It is recorded, and never gates.", rows)
        elif isinstance(item, ScenarioItem):
            for action in (*item.step.on_success, *item.step.on_failure):
                if action.observe:
                    observed.setdefault(action.observe[0], {})[item.id] = None
        yield _item(item, register)
    for name, steps in observed.items():
        text = "What a step of a scenario saw. It is recorded, and never gates."
        yield _Entry("observation", name, text, (("recorded", ", ".join(steps)),))
    for operation in contract.operations:
        text = f"{operation.method} {paths.BASE}{operation.path}"
        yield _Entry("operation", operation.id, text, (("judged by", _some(judges.get(operation.id, []))),))
    for fact in facts.load().values():
        cited = [r.id for r in register.values() if fact.id in map(str.strip, r.source.split(","))]
        rows = (("source", fact.source), ("evidence", fact.evidence), ("cited by", _some(cited)))
        yield _Entry("fact", fact.id, fact.text, rows)
    yield from map(_switch, SWITCHES)
    for one in known:
        yield _Entry("mutant", one.id, one.bug, (("family", one.family), ("breaks", _some(one.breaks))))


def _requirement(requirement: Requirement, judges: list[str], breaking: list[str]) -> _Entry:
    from lmconform.reporting.finding import EVIDENCE

    rows = (
        ("level", requirement.level),
        ("evidence", f"{requirement.evidence}: {EVIDENCE[requirement.evidence]}"),
        ("source", facts.in_words(requirement.source)),
        ("since", f"SAP's description {versions.first(requirement.since)}"),
        ("applies", f"where GET /lm/meta advertises {requirement.capability}" if requirement.capability else ""),
        ("effect", f"{requirement.effect}, the most that judging it does to a target"),
        ("judged by", _some(judges) or ("" if requirement.excluded else "every exchange of every item")),
        ("excluded", requirement.excluded),
        ("mutants", _some(breaking) or mutants.unproven().get(requirement.id, "")),
    )
    return _Entry("requirement", requirement.id, requirement.text, rows)


def _item(item: Item, register: Register) -> _Entry:
    texts = [f"{name}: {register[name].text}" for name in item.requirements]
    rows = (("profile", f"{item.profile} is the smallest that runs it"), ("judges", _some(item.requirements)))
    return _Entry("item", item.id, texts[0] if len(texts) == 1 else f"It judges {len(texts)} requirements.", rows)


def _switch(switch: Switch) -> _Entry:
    values = f"{', '.join(switch.values)} (the first is the default); each is lawful"
    rows = (("values", values), ("source", facts.in_words(switch.source)))
    return _Entry("switch", switch.name, f"{switch.text[:1].upper()}{switch.text[1:]}.", rows)


def _some(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(found[:_SHOWN]) + more
