"""What a resource costs and how it lives: its statuses, what may follow them, where it can be stopped and deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from lmconform.errors import ContractError, did_you_mean


class Runs(StrEnum):
    """How long what a creation starts keeps running."""

    UNTIL_IT_ENDS = "until-it-ends"
    UNTIL_STOPPED = "until-stopped"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a creation starts (``x-lm-cost``).

    ``runs`` None: nothing runs. ``starts`` is the noun of the resource that it starts later, by
    the cron in the member ``at`` of its body; empty when it starts none.
    """

    runs: Runs | None = None
    starts: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Life:
    """The statuses of a resource (``x-lm-life``), which its member ``status`` holds.

    ``transitions`` maps a status to those that may directly follow it. ``goal`` is where it goes by
    itself. In a ``queued`` status it may stay for good, for lack of room. ``stop`` is the body of the
    modification that stops it, empty when nothing does.
    """

    initial: str
    goal: str
    transitions: Mapping[str, frozenset[str]]
    queued: frozenset[str]
    stoppable: frozenset[str]
    deletable: frozenset[str]
    stop: Mapping[str, str]

    @property
    def statuses(self) -> tuple[str, ...]:
        """All of them, in the order of the description."""
        return tuple(self.transitions)

    @property
    def terminal(self) -> frozenset[str]:
        """Those that nothing follows."""
        return frozenset(status for status, following in self.transitions.items() if not following)

    @property
    def settled(self) -> frozenset[str]:
        """Those that it does not leave by itself: the terminal ones and its goal."""
        return self.terminal | {self.goal}

    @property
    def reachable(self) -> Mapping[str, frozenset[str]]:
        """For each status all that may be seen after it, itself included, whatever the time between two looks."""
        return _closures(self.transitions)

    @property
    def onward(self) -> Mapping[str, frozenset[str]]:
        """``reachable`` for one that no request has changed: without the ways back to an earlier status."""
        place = {status: number for number, status in enumerate(self.transitions)}
        ahead = {s: frozenset(t for t in following if place[t] > place[s]) for s, following in self.transitions.items()}
        return _closures(ahead)

    @property
    def stopped(self) -> frozenset[str]:
        """The terminal status that a stop leads to; empty when nothing stops it."""
        return frozenset(self.stop.values())


def _closures(transitions: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    """For each status itself and all that follow it, in any number of steps."""

    def closure(status: str) -> frozenset[str]:
        seen, waiting = {status}, [status]
        while waiting:
            new = transitions[waiting.pop()] - seen
            seen |= new
            waiting += new
        return frozenset(seen)

    return {status: closure(status) for status in transitions}


def read_cost(place: str, node: Mapping[str, Any]) -> Cost:
    """The cost in an ``x-lm-cost``; ``place`` names the operation. Raises ContractError."""
    unknown = set(node) - {"runs", "starts", "at"}
    runs = node.get("runs")
    if unknown or runs not in (None, *Runs) or ("starts" in node) != ("at" in node):
        raise ContractError(
            f"{place}: x-lm-cost {dict(node)} cannot be used; "
            f"it has runs ({' or '.join(Runs)}), or starts with at (a noun, and a member of the body)"
        )
    return Cost(Runs(runs) if runs else None, str(node.get("starts", "")), str(node.get("at", "")))


def read_life(place: str, node: Mapping[str, Any], changes: Iterable[Mapping[str, Any]]) -> Life:
    """The life in an ``x-lm-life``; ``place`` names the path. Raises ContractError.

    ``changes`` are bodies of modifications that the links of the description name: the one that sets
    a terminal status stops the resource.
    """
    transitions = {status: frozenset(after) for status, after in _member(place, node, "transitions").items()}
    life = Life(
        initial=_member(place, node, "initial"),
        goal=_member(place, node, "goal"),
        transitions=transitions,
        queued=frozenset(node.get("queued", ())),
        stoppable=frozenset(node.get("stoppable", ())),
        deletable=frozenset(node.get("deletable", ())),
        stop={},
    )
    named = {life.initial, life.goal, *life.queued, *life.stoppable, *life.deletable}.union(*transitions.values())
    for status in sorted(named - set(transitions)):
        raise ContractError(
            f"{place}: x-lm-life names status {status!r}, which is not among its transitions"
            f"{did_you_mean(status, transitions)}"
        )
    if not life.stoppable:
        return life
    stops = (body for body in changes if body and all(value in life.terminal for value in body.values()))
    return replace(life, stop=dict(next(stops, {})))


def _member(place: str, node: Mapping[str, Any], name: str) -> Any:
    if name not in node:
        raise ContractError(f"{place}: x-lm-life has no {name!r}")
    return node[name]
