"""The ``x-lm-`` extensions of our Arazzo files, read from their nodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lmconform.contract.requirements import Register
from lmconform.errors import did_you_mean
from lmconform.judgement import Outcome, State
from lmconform.scenarios.model import Absent, Contains, Poll
from lmconform.scenarios.shape import Place, Shape, flag, table, text, texts

__all__ = ["ABSENT", "Absent", "contains", "fills", "observe", "poll", "requirements", "state"]

ABSENT = Shape("x-lm-absent", ("operationId", "says"), ("parameters",))
_POLL = Shape("x-lm-poll", ("status", "good", "bad", "transitions"), ("detail", "gone", "late", "excuse", "excused"))
_CONTAINS = Shape("x-lm-contains", ("context", "value"), ("exact",))
_OBSERVE = Shape("x-lm-observe", ("id", "value"))
_FILLS = Shape("x-lm-fills", ("stepId", "outputs"))
# What the words of ``x-lm-outcome`` mean. An action that says NOT_TESTABLE knows a reason that gates nothing.
_STATES = {
    Outcome.PASS: State.KEPT,
    Outcome.INFO: State.NOTED,
    Outcome.NOT_TESTABLE: State.INCONCLUSIVE,
}


def requirements(node: Mapping[str, Any], register: Register, place: Place) -> tuple[str, ...]:
    """The requirements that a step judges; each is in the register."""
    ids = texts(node, "x-lm-requirements", place)
    for one in ids:
        if one not in set(register):
            place.fail(f"x-lm-requirements: {one!r} is not in the register{did_you_mean(one, register)}")
    return ids


def poll(node: Mapping[str, Any], place: Place) -> Poll | None:
    """``x-lm-poll`` of a step: the transitions become the set of what may be seen after each status."""
    if "x-lm-poll" not in node:
        return None
    found = _POLL.read(node["x-lm-poll"], place)
    transitions = table(found, "transitions", place)
    graph = {str(key): set(texts(transitions, key, place)) for key in transitions}
    for target in sorted(set().union(*graph.values()) - set(graph)):
        place.fail(f"x-lm-poll: transitions lead to {target!r}, which has no row{did_you_mean(target, graph)}")
    good, bad = frozenset(texts(found, "good", place)), frozenset(texts(found, "bad", place))
    for status in sorted((good | bad) - set(graph)):
        place.fail(f"x-lm-poll: {status!r} is not in transitions{did_you_mean(status, graph)}")
    return Poll(
        status=text(found, "status", place),
        good=good,
        bad=bad,
        reachable={status: frozenset(_closure(status, graph)) for status in graph},
        detail=text(found, "detail", place),
        gone=flag(found, "gone", place),
        late=flag(found, "late", place),
        excuse=text(found, "excuse", place),
        excused=frozenset(texts(found, "excused", place)),
    )


def contains(node: Mapping[str, Any], place: Place) -> Contains | None:
    """``x-lm-contains`` of a step."""
    if "x-lm-contains" not in node:
        return None
    found = _CONTAINS.read(node["x-lm-contains"], place)
    return Contains(text(found, "context", place), found["value"], frozenset(texts(found, "exact", place)))


def observe(node: Mapping[str, Any], place: Place) -> tuple[str, str] | None:
    """``x-lm-observe`` of an action: id and value."""
    if "x-lm-observe" not in node:
        return None
    found = _OBSERVE.read(node["x-lm-observe"], place)
    return text(found, "id", place), text(found, "value", place)


def fills(node: Mapping[str, Any], place: Place) -> tuple[str, dict[str, Any]] | None:
    """``x-lm-fills`` of an action: the step that it passes over, and outputs for it."""
    if "x-lm-fills" not in node:
        return None
    found = _FILLS.read(node["x-lm-fills"], place)
    return text(found, "stepId", place), table(found, "outputs", place)


def state(node: Mapping[str, Any], place: Place) -> State | None:
    """``x-lm-outcome`` of an action: what the step counts as when the action is taken."""
    value = text(node, "x-lm-outcome", place)
    if value and value not in _STATES:
        place.fail(f"x-lm-outcome: {value!r} is not possible{did_you_mean(value, _STATES)}")
    return _STATES[Outcome(value)] if value else None


def _closure(status: str, graph: Mapping[str, set[str]]) -> set[str]:
    # Polling samples: whatever lies between two looks may have been passed through unseen.
    seen, waiting = {status}, [status]
    while waiting:
        for following in graph[waiting.pop()] - seen:
            seen.add(following)
            waiting.append(following)
    return seen
