"""The ``x-lm-`` extensions of our Arazzo files, read from their nodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lmconform.contract.requirements import Register
from lmconform.contract.resources import Resource
from lmconform.errors import did_you_mean
from lmconform.judgement import Outcome, State
from lmconform.scenarios.model import Absent, Contains, Poll
from lmconform.scenarios.shape import Place, Shape, flag, table, text, texts
from lmconform.settings.expectations import Expectation
from lmconform.settings.target_keys import CONTENT

__all__ = ["ABSENT", "Absent", "contains", "content", "fills", "observe", "poll", "requirements", "state"]

ABSENT = Shape("x-lm-absent", ("operationId", "says"), ("parameters",))
_POLL = Shape("x-lm-poll", (), ("good", "bad", "gone", "late", "excuse", "unless", "needs"))
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


def poll(node: Mapping[str, Any], resource: Resource | None, place: Place) -> Poll | None:
    """``x-lm-poll`` of a step whose operation is about ``resource``; its statuses are those of the description."""
    if "x-lm-poll" not in node:
        return None
    found = _POLL.read(node["x-lm-poll"], place)
    if resource is None or resource.life is None:
        place.fail("x-lm-poll: the operation is about nothing that has statuses; poll one whose path has x-lm-life")
    good, bad = frozenset(texts(found, "good", place)), frozenset(texts(found, "bad", place))
    for status in sorted((good | bad) - set(resource.life.statuses)):
        hint = did_you_mean(status, resource.life.statuses)
        place.fail(f"x-lm-poll: {status!r} is no status of the {resource.noun}{hint}")
    if bool(good) == flag(found, "gone", place):
        place.fail("x-lm-poll: expected either good with statuses, or gone: true")
    unless = text(found, "unless", place)
    if unless and unless not in set(Expectation):
        place.fail(f"x-lm-poll: unless {unless!r} is unknown{did_you_mean(unless, map(str, Expectation))}")
    return Poll(
        resource=resource,
        good=good,
        bad=bad,
        gone=flag(found, "gone", place),
        late=flag(found, "late", place),
        excuse=text(found, "excuse", place),
        unless=Expectation(unless) if unless else None,
        needs=text(found, "needs", place),
    )


def contains(node: Mapping[str, Any], place: Place) -> Contains | None:
    """``x-lm-contains`` of a step."""
    if "x-lm-contains" not in node:
        return None
    found = _CONTAINS.read(node["x-lm-contains"], place)
    return Contains(text(found, "context", place), found["value"], frozenset(texts(found, "exact", place)))


def content(node: Mapping[str, Any], place: Place) -> str:
    """``x-lm-content`` of a workflow: what of the target it needs."""
    value = text(node, "x-lm-content", place)
    if value and value not in CONTENT:
        place.fail(f"x-lm-content: {value!r} is unknown{did_you_mean(value, CONTENT)}")
    return value


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
