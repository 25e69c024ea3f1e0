"""Holds waivers against what there is: unknown ids, outcomes that cannot be, entries that stand twice or overlap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from itertools import combinations, product
from typing import Final, NoReturn

from lmconform.contract.requirements import Register, Requirement
from lmconform.errors import ConfigError, closest_of, did_you_mean
from lmconform.judgement import Level, Outcome, State
from lmconform.results import excerpt
from lmconform.waivers import patterns
from lmconform.waivers.entry import Entry, plain

_JOKERS: Final = frozenset("*?[")
_OBSERVATION: Final = "LM-OBS-"
# How alike an unknown name and a known one are when the known one was meant; in a short name one letter is much.
_MEANT, _MEANT_SHORT, _SHORT = 0.85, 0.65, 8


@dataclass(frozen=True, slots=True)
class Known:
    """What waivers may name. ``items`` has the requirements of each item; ``targets`` is None where names are unknown.

    A requirement of the register that no item names is judged at every exchange, by a check.
    """

    register: Register
    items: Mapping[str, Sequence[str]]
    operations: frozenset[str]
    targets: frozenset[str] | None

    def reach(self, entry: Entry) -> frozenset[str]:
        """The items that may show what the entry names."""
        named = any(entry.requirement in requirements for requirements in self.items.values())
        return frozenset(
            item
            for item, requirements in self.items.items()
            if (not entry.requirement or not named or entry.requirement in requirements)
            and (not entry.items or any(fnmatchcase(item, _item(pattern)) for pattern in entry.items))
        )


def checked(entries: Iterable[Entry], known: Known) -> tuple[Entry, ...]:
    """The entries, each with its outcome and its reach; raises ConfigError."""
    found = tuple(_one(entry, known) for entry in entries)
    for first, second in combinations(found, 2):
        _apart(first, second)
    return found


def _one(entry: Entry, known: Known) -> Entry:
    for pattern in entry.items:
        _item_known(entry, pattern, known)
    for operation in entry.operations:
        if operation not in known.operations:
            _unknown(entry, "operation", operation, known.operations)
    for target in entry.targets:
        is_name = "://" not in target and not _JOKERS.intersection(target)
        if known.targets is not None and is_name and target not in known.targets:
            _unknown(entry, "target", target, known.targets)
    outcome = _outcome(entry, known) if entry.requirement else entry.outcome or Outcome.FAIL
    entry = replace(entry, outcome=outcome, reach=known.reach(entry))
    if not entry.reach:
        raise ConfigError(f"{entry.where}: no item judges {entry.requirement} among {', '.join(entry.items)}")
    return entry


def _outcome(entry: Entry, known: Known) -> str:
    """The outcome that it expects of a requirement; raises ConfigError for one that cannot be."""
    if entry.requirement.startswith(_OBSERVATION):
        raise ConfigError(f"{entry.where}: {entry.requirement} is an observation, which never gates; remove the entry")
    if entry.requirement not in known.register:
        _unknown(entry, "requirement", entry.requirement, known.register)
    requirement = known.register[entry.requirement]
    if requirement.excluded:
        raise ConfigError(f"{entry.where}: nothing judges {requirement.id}, so that it cannot fail; remove the entry")
    legal = _outcomes(requirement)
    if not legal:
        what = f"{requirement.level}, evidence {requirement.evidence}"
        raise ConfigError(f"{entry.where}: {requirement.id} ({what}) never gates; remove the entry")
    outcome = entry.outcome or legal[0]
    if outcome not in legal:
        raise ConfigError(
            f"{entry.where}: {requirement.id} is a {requirement.level}, which is never {outcome}; "
            f"write 'outcome: {legal[0]}'"
        )
    return outcome


def _outcomes(requirement: Requirement) -> list[str]:
    """The outcomes with which it can fail, the usual one first."""
    broken, _ = requirement.weigh(State.BROKEN)
    if broken is Outcome.INFO:
        return []
    return [broken, Outcome.NOT_TESTABLE] if requirement.level is Level.MUST else [broken]


def _item_known(entry: Entry, pattern: str, known: Known) -> None:
    item, _, part = pattern.partition("#")
    if not any(fnmatchcase(name, item) for name in known.items):
        _unknown(entry, "item", item, known.items)
    if part and not _JOKERS.intersection(part) and part not in known.register and part not in known.operations:
        _unknown(entry, "item", part, (*known.register, *known.operations), before=f"{item}#")


def _unknown(entry: Entry, key: str, name: str, names: Iterable[str], before: str = "") -> NoReturn:
    near = closest_of(name, names)
    if near and SequenceMatcher(a=name, b=near[0]).ratio() >= (_MEANT if len(name) > _SHORT else _MEANT_SHORT):
        hint = f"; write '{key}: {before}{near[0]}'"
    else:
        # What resembles it by chance would be waived for nothing.
        hint = (
            f"; the nearest are {', '.join(near)}; correct or remove the entry" if near else did_you_mean(name, names)
        )
    hint = hint or "; remove the entry"
    raise ConfigError(f"{entry.where}: there is no {key} {name!r}{hint}")


def _apart(first: Entry, second: Entry) -> None:
    """Raises ConfigError for two entries that may be about one result."""
    if not _share(first, second):
        return
    if _same(first, second):
        raise ConfigError(f"{second.where}: says the same as {first.where}; remove {second.lines}")
    both = sorted(first.reach & second.reach)
    more = f" and {len(both) - 1} more" if len(both) > 1 else ""
    raise ConfigError(
        f"{second.where}: overlaps {first.where} at {both[0]}{more}; narrow one by item, operation, when or actual, "
        f"or remove {second.lines}"
    )


def _same(first: Entry, second: Entry) -> bool:
    def key(entry: Entry) -> tuple[object, ...]:
        lists = (entry.items, entry.operations, entry.targets, entry.contracts)
        return (entry.requirement, *map(frozenset, lists), entry.outcome, entry.actual)

    return key(first) == key(second)


def _share(first: Entry, second: Entry) -> bool:
    return (
        (not first.requirement or not second.requirement or first.requirement == second.requirement)
        and bool(first.reach & second.reach)
        and _meet(first.operations, second.operations)
        and _meet(tuple(map(plain, first.targets)), tuple(map(plain, second.targets)))
        and _meet(first.contracts, second.contracts)
        and _meet(_parts(first), _parts(second))
        and first.outcome == second.outcome
        and (not first.actual or not second.actual or patterns.meet(_tokens(first.actual), _tokens(second.actual)))
    )


def _meet(some: Sequence[str], others: Sequence[str]) -> bool:
    """Whether something can match a pattern of both; no pattern matches all."""
    pairs = product(map(patterns.of_glob, some), map(patterns.of_glob, others))
    return not some or not others or any(patterns.meet(a, b) for a, b in pairs)


def _tokens(actual: str) -> list[str]:
    """Those of the pattern of what a failure shows."""
    return patterns.of_text(excerpt.normalized(actual))


def _item(pattern: str) -> str:
    return pattern.partition("#")[0]


def _parts(entry: Entry) -> tuple[str, ...]:
    """The parts of items that it names; none when it names a whole item."""
    parts = tuple(pattern.partition("#")[2] for pattern in entry.items)
    return parts if all(parts) else ()
