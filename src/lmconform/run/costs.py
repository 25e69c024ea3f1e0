"""What items cost at most: requests by method, creations by noun. costs.yaml declares both for each item.

An item that makes what others share costs more than one that finds it: there are two rows for each, ``single`` and
``among`` all items of a run. A selection costs no more than its items by themselves, and no more than the whole run.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lmconform.contract.bundle import read_yaml
from lmconform.run.items import FuzzItem, Item

# What benchmarks/costs.py wrote.
FILE: Final = Path(__file__).with_name("costs.yaml")
# Rows are what was seen on mocks: other lawful targets make items ask somewhat more often.
MARGIN: Final = 1.5
# Generated cases per operation and mode behind the rows.
_EXAMPLES: Final = 50
_SINGLE, _AMONG = "single", "among"
Row = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Cost:
    """``requests`` by method, without polls; ``makes`` by noun."""

    requests: Counter[str] = field(default_factory=Counter)
    makes: Counter[str] = field(default_factory=Counter)


def most(selected: Iterable[Item], every: Iterable[Item], *, workers: int, examples: int) -> Cost:
    """What the ``selected`` items cost at most, of ``every`` item of a run; each of the workers shares nothing.

    ``examples`` is the number of generated cases per operation and mode.
    """
    single = _sum(selected, _SINGLE, examples)
    among = _sum(every, _AMONG, examples)
    found = {name: math.ceil(MARGIN * min(single[name], workers * among[name])) for name in single}
    return Cost(
        Counter({name: number for name, number in found.items() if name.isupper() and number}),
        Counter({name: number for name, number in found.items() if not name.isupper() and number}),
    )


def row(item: str) -> Row:
    """What is declared for an item; one that is not declared costs as much as the dearest of its kind."""
    rows = _rows()
    return rows[item] if item in rows else _dearest(item.partition("/")[0])


def weight(item: str) -> float:
    """What an item takes among all others, as the number of its requests and one."""
    return 1.0 + sum(number for name, number in row(item)[_AMONG].items() if name.isupper())


def is_declared(item: str) -> bool:
    """Whether the item has a row."""
    return item in _rows()


def _sum(items: Iterable[Item], way: str, examples: int) -> Counter[str]:
    total: Counter[str] = Counter()
    for item in items:
        times = max(1.0, examples / _EXAMPLES) if isinstance(item, FuzzItem) else 1.0
        for name, number in row(item.id)[way].items():
            total[name] += math.ceil(times * number)
    return total


@functools.cache
def _rows() -> dict[str, Row]:
    found: dict[str, Row] = read_yaml(FILE)["items"]
    return found


@functools.cache
def _dearest(kind: str) -> Row:
    dearest: dict[str, Counter[str]] = {_SINGLE: Counter(), _AMONG: Counter()}
    for item, declared in _rows().items():
        if item.partition("/")[0] == kind:
            for way, counts in declared.items():
                dearest[way] |= Counter(counts)
    return dearest
