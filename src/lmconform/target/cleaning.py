"""Removes what a run made: schedules, metrics, files, deployments, executions."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from lmconform.errors import SafetyRefusal, Skip, TargetLost, TargetUnreachable
from lmconform.target.client import Client

if TYPE_CHECKING:
    from lmconform.target.session import Session

_SECONDS = 20.0
_DEAF_ROUNDS = 3
_REFUSALS = frozenset({400, 404, 409, 412})
# What goes by one request: the operation, and where it wants the id. Schedules first: they start executions.
_REMOVALS = {
    "schedule": ("deleteExecutionSchedule", "path", "executionScheduleId"),
    "metrics": ("deleteMetrics", "query", "executionId"),
    "file": ("deleteFile", "path", "path"),
}
# What is stopped before it can go, with seconds: a deployment costs money as long as it is there.
_STOPPED_FIRST = {"deployment": 120.0, "execution": _SECONDS}


def clean(session: Session) -> None:
    """Remove what can be removed, in bounded time; the session's journal says what is left.

    The API has no way to remove artifacts and configurations (lm-facts F53).
    """
    deadline = time.monotonic() + _SECONDS
    client = session.client("cleanup")
    journal = session.journal
    try:
        for kind, (operation, place, name) in _REMOVALS.items():
            for group in journal.groups(kind):
                for made in journal.left(kind, group):
                    if time.monotonic() < deadline and _is_gone(
                        _ask(client, operation, group, **{place: {name: made}})
                    ):
                        journal.removed(kind, made)
        for kind, seconds in _STOPPED_FIRST.items():
            for group in journal.groups(kind):
                _stop_and_remove(session, client, kind, group, time.monotonic() + seconds)
    except (TargetLost, TargetUnreachable):
        # Nobody is there to remove it.
        return


def _stop_and_remove(session: Session, client: Client, kind: str, group: str, deadline: float) -> None:
    noun, name = kind.capitalize(), f"{kind}Id"
    waiting, deaf = session.journal.left(kind, group), 0
    while waiting and time.monotonic() < deadline and deaf < _DEAF_ROUNDS:
        still: list[str] = []
        statuses: set[int] = set()
        for made in waiting:
            removed = _ask(client, f"delete{noun}", group, path={name: made})
            if _is_gone(removed):
                session.journal.removed(kind, made)
                continue
            stop = {"targetStatus": "STOPPED"}
            statuses |= {removed, _ask(client, f"modify{noun}", group, path={name: made}, json=stop)}
            still.append(made)
        # A refusal may end with the status of the thing; what is not the API's word will not.
        deaf = 0 if any(200 <= s < 300 or s in _REFUSALS for s in statuses) else deaf + 1
        if still:
            time.sleep(min(session.target.poll_interval, 2.0))
        waiting = still


def _ask(client: Client, operation: str, group: str, **rest: Any) -> int:
    """Send one request of the cleaning; returns the status, 0 when there is none."""
    try:
        return client.send(operation, resource_group=group, judge=False, **rest).status
    except (SafetyRefusal, Skip):
        return 0


def _is_gone(status: int) -> bool:
    return 200 <= status < 300 or status == 404
