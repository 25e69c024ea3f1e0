"""Which of all items a run takes: profile, dialect, ``--only``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import translate
from pathlib import Path

from lmconform.contract.bundle import read_yaml
from lmconform.errors import ConfigError, NothingSelected, closest
from lmconform.run.items import Item

# What ``lmconform distill`` wrote: the items of profile gate, in their order.
GATE = Path(__file__).with_name("gate.yaml")
_RANK = {"smoke": 0, "core": 1, "full": 2}
_JOKERS = frozenset("*?[")


def select(items: Sequence[Item], profile: str, only: Iterable[str]) -> list[Item]:
    """The items of ``profile`` that match one of the ``only`` patterns (all when there is none).

    A pattern is a glob over item ids, requirement ids and operationIds. Raises
    NothingSelected with the nearest name when a pattern, or the whole, matches nothing.
    """
    chosen = _gate(items) if profile == "gate" else [i for i in items if _RANK[i.profile] <= _RANK[profile]]
    patterns = {pattern: _matched(chosen, pattern) for pattern in only}
    for pattern, matched in patterns.items():
        if not matched:
            raise NothingSelected(_explain(pattern, items, profile))
    if patterns:
        wanted = set().union(*patterns.values())
        chosen = [item for item in chosen if item.id in wanted]
    if not chosen:
        raise NothingSelected(f"profile {profile} has no items; nothing ran")
    return chosen


def _gate(items: Sequence[Item]) -> list[Item]:
    known = {item.id: item for item in items}
    wanted: list[str] = read_yaml(GATE)["items"]
    unknown = [item for item in wanted if item not in known]
    if unknown:
        raise ConfigError(f"{GATE.name}: names {unknown[0]}, which is no item; 'lmconform distill' writes it anew")
    return [known[item] for item in wanted]


def _matched(items: Iterable[Item], pattern: str) -> set[str]:
    """The ids of the items that have a name which the pattern matches."""
    # Results carry ids such as item#REQUIREMENT: pasting one selects its item.
    wanted = pattern.partition("#")[0]
    if not _JOKERS.intersection(wanted):
        return {item.id for item in items if wanted in item.names}
    matches = re.compile(translate(wanted)).match
    return {item.id for item in items if any(matches(name) for name in item.names)}


def _explain(pattern: str, items: Sequence[Item], profile: str) -> str:
    matched = _matched(items, pattern)
    elsewhere = sorted({item.profile for item in items if item.id in matched}, key=_RANK.__getitem__)
    if elsewhere:
        return f"--only {pattern}: matches nothing in profile {profile}; use --profile {elsewhere[0]}"
    near = closest(pattern, {name for item in items for name in item.names})
    hint = f"; did you mean {near!r}?" if near else "; 'lmconform list items' shows what there is"
    return f"--only {pattern}: matches no item, requirement or operation{hint}"
