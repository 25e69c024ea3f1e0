"""How many resources generated data may make, by what one costs and by whether the target is disposable.

A target is disposable when nothing on it costs anything and nothing has to be kept small.
"""

from __future__ import annotations

from typing import Final

from lmconform.contract.life import Runs
from lmconform.contract.resource import Resource

# Until so many requests in vain, one operation may show how many resources there can be.
MOST_SHOWN: Final = 3
# Seconds that the sequences of one item may take.
_WALKING_DISPOSABLE, _WALKING = 15.0, 120.0
# Configurations for each recipe; one more choice is always for one that does not exist.
_CONFIGURATIONS_DISPOSABLE, _CONFIGURATIONS = 4, 2


def needed(resource: Resource, *, disposable: bool) -> tuple[int, int]:
    """How many are made to be read, and how many to be changed and deleted."""
    if resource.cost.runs is Runs.UNTIL_IT_ENDS:
        return (3, 6) if disposable else (1, 2)
    if not resource.is_temporary:
        return (2, 0) if disposable else (1, 0)
    if resource.cost.runs is Runs.UNTIL_STOPPED:
        return (2, 4) if disposable else (1, 0)
    return (2, 4) if disposable else (1, 1)


def generated(resource: Resource, *, disposable: bool) -> int | None:
    """How many the cases of one operation and mode may create; None for no limit."""
    if disposable or resource.owner:
        return None
    if resource.cost.runs is Runs.UNTIL_STOPPED:
        return 1
    return 4 if resource.cost.starts else 8


def in_sequences(resource: Resource, *, disposable: bool) -> int | None:
    """How many the sequences of one item may create; None for no limit, 0 where each one costs money."""
    if disposable or resource.owner:
        return None
    if resource.cost.runs is Runs.UNTIL_STOPPED:
        return 0
    return 2 if resource.cost.starts else 3


def configurations(*, disposable: bool) -> int:
    """How many configurations of each recipe are made to be named."""
    return _CONFIGURATIONS_DISPOSABLE if disposable else _CONFIGURATIONS


def walking(*, disposable: bool) -> float:
    """How many seconds the sequences of one item may take."""
    return _WALKING_DISPOSABLE if disposable else _WALKING
