"""Errors as the API sends them: the JSON envelope of the API, or the plain text of the gateway."""

from __future__ import annotations

import uuid
from typing import Any

from lmconform.mock.switches import Switches

NO_METRICS = "02010055"
TOO_LARGE = "02000005"
WRONG_STATE = "01010076"
UNKNOWN_EXECUTION = "01010020"
UNKNOWN_DEPLOYMENT = "01010016"
# A placeholder of a serving template that has no value (M8, M9), a model that does not exist (M8).
UNRESOLVED = "01010072"
UNKNOWN_MODEL = "01510003"
# A resource group that exists (M8).
TAKEN = "05060002"
# Sent without a request id (M4).
NO_LOGS_YET = "05011000"
_PUBLISHED = frozenset(
    (
        NO_METRICS,
        TOO_LARGE,
        WRONG_STATE,
        UNKNOWN_EXECUTION,
        UNKNOWN_DEPLOYMENT,
        NO_LOGS_YET,
        UNRESOLVED,
        UNKNOWN_MODEL,
        TAKEN,
    )
)


class Problem(Exception):
    """Raised to answer a request with an error.

    ``text`` is the plain-text body of the gateway, sent instead of the envelope; ``missing`` is the id that
    does not exist in this resource group, if that is the reason.
    """

    def __init__(
        self,
        status: int,
        code: str = "",
        message: str = "",
        *,
        text: str | None = None,
        detail: str | None = None,
        missing: str | None = None,
    ) -> None:
        super().__init__(message or text or code)
        self.status = status
        self.code = code
        self.message = message
        self.text = text
        self.detail = detail
        self.missing = missing


def bad_request(message: str, code: str = "01010001") -> Problem:
    """A 400 for a request that breaks the contract."""
    return Problem(400, code, f"Invalid Request, {message}")


def not_found(kind: str, resource_id: str, code: str = "01010004") -> Problem:
    """A 404 for an id that does not exist in this resource group."""
    return Problem(404, code, f"{kind} {resource_id[:80]!r} does not exist", missing=resource_id)


def no_metrics() -> Problem:
    """The 404 of the metrics endpoints."""
    return Problem(404, NO_METRICS, "Metrics was not found.", detail="Empty result set.")


def envelope(problem: Problem, target: str, switches: Switches) -> dict[str, Any]:
    """The body of an error; the metrics service always sends details."""
    specific = switches["error-codes"] == "own" or problem.code in _PUBLISHED
    error: dict[str, Any] = {"code": problem.code if specific else str(problem.status), "message": problem.message}
    if switches["error-target"] == "present":
        error["target"] = target
    name = "absent" if problem.code == NO_LOGS_YET else switches["error-request-id"]
    if name == "empty":
        error["requestId"] = ""
    elif name != "absent":
        number = uuid.uuid4()
        error[name] = number.hex if switches["request-id-form"] == "hex" else str(number)
    if target == "/metrics" or switches["error-details"] == "array":
        error["details"] = [{"code": problem.code, "message": problem.detail or problem.message}]
    elif switches["error-details"] == "object":
        error["details"] = {"reason": problem.message}
    if problem.code == TAKEN:
        error |= {"details": {}, "status": problem.status}
    return {"error": error}
