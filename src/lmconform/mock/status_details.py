"""statusDetails of executions and deployments: their form is open, and tenants fill them like this (fact M20)."""

from __future__ import annotations

import re
from typing import Any

from lmconform.mock.records import Enactment, Moment
from lmconform.mock.times import format_seconds

_CAPITAL = re.compile(r"[A-Z]")


def of(enactment: Enactment, now: Moment, form: str) -> dict[str, Any] | None:
    """The member for a single enactment; ``form`` is the value of the switch."""
    if form == "yes":
        return {"mock": {"phase": now.status.capitalize()}}
    if now.status in ("UNKNOWN", "COMPLETED"):
        return None
    shown = _deployment(now) if enactment.serves else _execution(enactment, now)
    return _snake(shown) if form == "snake" else shown


def _execution(enactment: Enactment, now: Moment) -> dict[str, Any]:
    code: int | str = {"DEAD": 1, "STOPPED": 0}.get(now.status, "")
    message = f"Error (exit code {code})" if now.status == "DEAD" else ""
    name, phase = enactment.id, {"DEAD": "Failed"}.get(now.status, now.status.capitalize())
    pod = f"{name}-{int(name[1:], 16) % 10_000_000_000:010}"
    shown = {"exitCode": str(code), "phase": phase, "message": message}
    steps = [
        {"id": name, "name": name, "type": "Steps", **shown},
        {"id": pod, "name": f"{name}[0].main", "type": "Pod", "outputs": "", **shown},
    ]
    # What waits has no containers yet.
    containers = (
        []
        if now.started is None
        else [_container(enactment, now, pod, "main"), _container(enactment, now, name, "wait")]
    )
    return {"details": containers, "workflowInfo": steps}


def _container(enactment: Enactment, now: Moment, pod: str, name: str) -> dict[str, Any]:
    return {
        "containerName": name,
        "podName": pod,
        "exitCode": {"DEAD": 1, "STOPPED": 0}.get(now.status, ""),
        "message": None if now.status == "STOPPED" else "",
        "ready": now.status == "RUNNING",
        "lastLogMessages": enactment.failure if name == "main" else "",
    }


def _deployment(now: Moment) -> dict[str, Any]:
    if now.started is None:
        return {}
    since = format_seconds(now.started)
    ready = str(now.status == "RUNNING")
    condition = {"lastTransitionTime": since, "message": None, "status": ready}
    kinds = ({**condition, "type": "Ready"}, {**condition, "type": "PredictorReady", "severity": "Info"})
    return {"deploymentInfo": list(kinds), "details": {"default": {"predictor": {"revisionInfo": {"ready": ready}}}}}


def _snake(value: Any) -> Any:
    """The value with its members in lower case, as SAP's client prints them."""
    if isinstance(value, dict):
        return {_CAPITAL.sub(lambda found: f"_{found[0].lower()}", name): _snake(one) for name, one in value.items()}
    return [_snake(one) for one in value] if isinstance(value, list) else value
