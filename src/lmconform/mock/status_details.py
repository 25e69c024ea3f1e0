"""statusDetails of executions and deployments: their form is open, and tenants fill those of executions (fact M20)."""

from __future__ import annotations

from typing import Any

from lmconform.mock.records import Enactment, Moment


def of(enactment: Enactment, now: Moment, form: str) -> dict[str, Any] | None:
    """The member for a single enactment; ``form`` is the value of the switch."""
    if form == "yes":
        return {"mock": {"phase": now.status.capitalize()}}
    if enactment.serves or now.status in ("UNKNOWN", "COMPLETED"):
        return None
    pod = {
        "containerName": "main",
        "podName": f"{enactment.id}-main",
        "exitCode": 1 if now.status == "DEAD" else 0,
        "message": enactment.failure if now.status == "DEAD" else None,
        "ready": now.status == "RUNNING",
        "lastLogMessages": "",
    }
    step = {"id": enactment.id, "name": "main", "type": "Pod", "phase": now.status.capitalize(), "message": None}
    return {"details": [pod], "workflowInfo": [step | {"exitCode": pod["exitCode"]}]}
