"""A finding with its whole story, and an item with all that a run recorded of it, as lines for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import translate
from typing import Any, Final

from lmconform.errors import ConfigError, closest
from lmconform.reporting import escaping, terminal
from lmconform.results.events import Observation, Result
from lmconform.results.stream import Run

_JOKERS: Final = frozenset("*?[")


def lines(run: Run, pattern: str) -> Iterator[str]:
    """What the run recorded of the items that match: every result with its story, and observations.

    ``pattern`` is an item, a result or a requirement, by its id or as a glob. Raises ConfigError with the closest id
    when nothing matches.
    """
    matches = re.compile(translate(pattern)).match if _JOKERS & set(pattern) else pattern.__eq__
    events: list[Result | Observation] = [*run.results.values(), *run.observations.values()]
    found = [event for event in events if any(map(matches, _names(event)))]
    if not found:
        known = {name for event in events for name in _names(event)}
        near = closest(pattern, known)
        hint = f"; did you mean {near!r}?" if near else ""
        raise ConfigError(f"{pattern!r} is no item, result or requirement in {run.file}{hint}")
    for event in found:
        lines = _result(event) if isinstance(event, Result) else _observation(event)
        yield from (escaping.terminal(line) for line in lines)
        yield ""


def _names(event: Result | Observation) -> tuple[str, ...]:
    if isinstance(event, Observation):
        return event.id, event.item
    return event.id, event.item, *event.requirements


def _result(result: Result) -> Iterator[str]:
    yield from terminal.rows(result)
    for name, value in (("id", result.id), ("exchanges", ", ".join(result.exchanges)), ("option", result.option)):
        if value:
            yield f"  {name:<9} {value}"
    if result.cases:
        counts = f"{result.cases}, {result.accepted} accepted of {result.positive} that ought to be"
        yield f"  cases     {counts}"
    yield f"  seconds   {result.duration:.2f}"
    for number, step in enumerate(result.story, 1):
        yield from _step(number, step, result.item)


def _step(number: int, step: Mapping[str, Any], item: str) -> Iterator[str]:
    """A request and its answer: what was sent after ``>``, what came back after ``<``."""
    if step["left_out"]:
        yield f"  … {step['left_out']} requests that are in exchanges.jsonl"
    remarks = [f"{step['times']} times"] if step["times"] > 1 else []
    remarks += [f"sent by {step['item']}"] if step["item"] != item else []
    remarks += ["shows the finding"] if step["telling"] else []
    query = f"?{step['query']}" if step["query"] else ""
    said = f" ({', '.join(remarks)})" if remarks else ""
    yield f"  {number}. {step['method']} {step['path']}{query}{said}"
    yield from (f"     > {name}: {value}" for name, value in step["headers"])
    if step["body"]:
        yield f"     > {step['body']}"
    yield f"     < {step['status']} in {step['seconds']:.3f} s, exchange {step['id']}"
    yield from (f"     < {name}: {value}" for name, value in step["answer_headers"])
    if step["answer"]:
        yield f"     < {step['answer']}"


def _observation(observation: Observation) -> Iterator[str]:
    yield f"OBSERVED {observation.id}  {observation.operation}".rstrip()
    for name, value in (("what", observation.text), ("value", observation.value), ("source", observation.source)):
        if value:
            yield f"  {name:<9} {value}"
