"""Logs of executions and deployments: the lines that a run has written up to now (facts F49, F50)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lmconform.mock import deployments, enactments, executions
from lmconform.mock.call import Call, Reply
from lmconform.mock.enactments import Kind
from lmconform.mock.problems import NO_LOGS_YET, UNKNOWN_EXECUTION, Problem, bad_request, not_found
from lmconform.mock.records import Enactment, Moment
from lmconform.mock.times import format_nanoseconds, parse_instant

# Without start and end, the window is the last hour; without $top, a reply has 1000 lines.
_WINDOW = 3600.0
_DEFAULT_TOP = 1000
_MAX_LINES = 4000


def of_execution(call: Call) -> Reply:
    """The logs of an execution."""
    return _answer(executions.KIND, call)


def of_deployment(call: Call) -> Reply:
    """The logs of a deployment."""
    return _answer(deployments.KIND, call)


def _answer(kind: Kind, call: Call) -> Reply:
    enactment = enactments.find(kind, call)
    now = enactments.moment(call, enactment)
    # A deployment has logs while it is PENDING (M3), and none as long as nothing of it is there (M4).
    is_early = now.status == "UNKNOWN" if enactment.serves else now.started is None
    if is_early and call.switches["logs-before-start"] == "404":
        raise _none_yet(enactment)
    end = _bound(call, "end", call.group.now())
    start = _bound(call, "start", end - _WINDOW if "end" in call.query else call.group.now() - _WINDOW)
    if start > end and call.switches["logs-window-reversed"] == "400":
        raise bad_request("start is after end")
    # An instant lifecycle ends before its first step: the last line need not be the latest one.
    lines = sorted(line for line in _lines(call, enactment, now) if start <= line[0] <= end)
    if call.query.get("$order", "asc") == "desc":
        lines.reverse()
    items = [_item(call, enactment, *line) for line in lines[: call.query.get("$top", _DEFAULT_TOP)]]
    return Reply(200, {"data": {"result": items}})


def _none_yet(enactment: Enactment) -> Problem:
    """The error for logs of a deployment that tenants send while it is new (M4), or one like it."""
    if enactment.serves:
        return Problem(404, NO_LOGS_YET, f"DeploymentNotFoundError: Deployment {enactment.id} not found.")
    return not_found("Logs of", enactment.id, UNKNOWN_EXECUTION)


def _bound(call: Call, name: str, default: float) -> float:
    text = call.query.get(name)
    if text is None:
        return default
    try:
        # A plus sign that the client did not encode arrives as a space.
        return parse_instant(text.replace(" ", "+"), name)
    except Problem:
        if call.switches["invalid-query"] == "ignore":
            return default
        raise


def _lines(call: Call, enactment: Enactment, now: Moment) -> Iterator[tuple[float, str, str]]:
    """Time, container and text of each line, in order; before the start a deployment has those of its containers."""
    if now.started is None or now.started > call.group.now():
        if enactment.serves and now.submitted is not None:
            yield now.submitted, "storage-initializer", "Copying contents"
            yield now.submitted, "storage-initializer", ""
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
    for number in range(1, min(done, _MAX_LINES) + 1):
        yield started + number * step, "main", f"{word} {number}"
    if now.completed is not None:
        yield last, "main", f"The run is {now.status}"


def _pod(enactment: Enactment) -> str:
    return f"{enactment.id}-predictor-00001-deployment-0" if enactment.serves else enactment.id


def _item(call: Call, enactment: Enactment, when: float, container: str, text: str) -> dict[str, Any]:
    item = {"timestamp": format_nanoseconds(when), "msg": f'level=info msg="{text}"' if text else ""}
    origin = call.switches["log-origin"]
    if origin != "no":
        item |= {"container": container, "pod": _pod(enactment)}
    if origin == "yes":
        item["stream"] = "stderr" if container == "init" else "stdout"
    return item
