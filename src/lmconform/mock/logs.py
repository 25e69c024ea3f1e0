"""Logs of executions and deployments: what a run would have said by now (facts F49, F50)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lmconform.mock import deployments, enactments, executions
from lmconform.mock.call import Call, Reply
from lmconform.mock.enactments import Kind
from lmconform.mock.lifecycle import Enactment, Moment
from lmconform.mock.problems import Problem, bad_request, not_found
from lmconform.mock.times import instant, nanoseconds

_WINDOW = 3600.0
_DEFAULT = 1000


def of_execution(call: Call) -> Reply:
    """The logs of an execution."""
    return _answer(executions.KIND, call)


def of_deployment(call: Call) -> Reply:
    """The logs of a deployment."""
    return _answer(deployments.KIND, call)


def _answer(kind: Kind, call: Call) -> Reply:
    enactment = enactments.one(kind, call)
    now = enactments.moment(call, enactment)
    if now.started is None and call.switches["logs-before-start"] == "404":
        raise not_found("Logs of", enactment.id, kind.unknown)
    end = _bound(call, "end", call.group.now())
    start = _bound(call, "start", end - _WINDOW if "end" in call.query else call.group.now() - _WINDOW)
    if start > end and call.switches["logs-window-reversed"] == "400":
        raise bad_request("start is after end")
    # A life of no length ends before its first step: what is said last need not be the latest.
    lines = sorted(line for line in _lines(call, enactment, now) if start <= line[0] <= end)
    if call.query.get("$order", "asc") == "desc":
        lines.reverse()
    items = [_item(call, enactment, *line) for line in lines[: call.query.get("$top", _DEFAULT)]]
    return Reply(200, {"data": {"result": items}})


def _bound(call: Call, name: str, default: float) -> float:
    text = call.query.get(name)
    if text is None:
        return default
    try:
        # A plus sign that was not encoded arrives as a space.
        return instant(text.replace(" ", "+"), name)
    except Problem:
        if call.switches["invalid-query"] == "ignore":
            return default
        raise


def _lines(call: Call, enactment: Enactment, now: Moment) -> Iterator[tuple[float, str, str]]:
    """Time, container and text of each line, in order; nothing is said before the start."""
    if now.started is None or now.started > call.group.now():
        return
    started, here = now.started, call.group.now()
    step = call.group.timing.pace / 10
    yield started, "init", "Starting the executor"
    for number, binding in enumerate(enactment.configuration["inputArtifactBindings"][:20]):
        when = started + (number + 1) * step / 100
        yield min(when, here), "init", f"Loading input artifact {binding['key']}"
    if now.status == "DEAD":
        yield now.completed or here, "main", f"Error: {enactment.failure}"
        return
    last = min(now.completed or here, here)
    done = int((last - started) / step) if step else 0
    word = "Serving, request" if enactment.serves else "Training, step"
    for number in range(1, min(done, 4000) + 1):
        yield started + number * step, "main", f"{word} {number}"
    if now.completed is not None:
        yield last, "main", f"The run is {now.status}"


def _item(call: Call, enactment: Enactment, when: float, container: str, text: str) -> dict[str, Any]:
    item = {"timestamp": nanoseconds(when), "msg": f'level=info msg="{text}"'}
    if call.switches["log-origin"] == "yes":
        item |= {"container": container, "pod": enactment.id, "stream": "stderr" if container == "init" else "stdout"}
    return item
