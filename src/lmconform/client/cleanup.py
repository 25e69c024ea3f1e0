"""Removes what a run made: schedules, metrics, files, deployments, executions."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from lmconform.client.client import Client
from lmconform.errors import SafetyRefusal, Skip, TargetLost, TargetUnreachable
from lmconform.evidence.exchange import Exchange
from lmconform.safety.guard import Journal

if TYPE_CHECKING:
    from lmconform.client.session import Session

_SECONDS = 20.0
_DEAF_ROUNDS = 3
_ROUNDS = 5
_REFUSALS = frozenset({400, 404, 409, 412})
# What goes by one request: the operation, and where it wants the id. Schedules first: they start executions.
_REMOVALS = {
    "schedule": ("deleteExecutionSchedule", "path", "executionScheduleId"),
    "metrics": ("deleteMetrics", "query", "executionId"),
    "file": ("deleteFile", "path", "path"),
}
_LISTS = {
    "schedule": "listExecutionSchedules",
    "deployment": "listDeployments",
    "execution": "listExecutions",
}
# What is stopped before it can go, with seconds: a deployment costs money as long as it is there.
_STOPPED_FIRST = {"deployment": 120.0, "execution": _SECONDS}


def clean(session: Session) -> None:
    """Remove what can be removed, in bounded time; the session's journal says what is left.

    The API has no way to remove artifacts and configurations (fact F53).
    """
    client = session.client("cleanup")
    journal = session.journal
    try:
        _adopt(client, journal)
        _remove(session, client, time.monotonic() + _SECONDS)
        for kind, seconds in _STOPPED_FIRST.items():
            for group in journal.groups(kind):
                _stop_and_remove(session, client, kind, group, time.monotonic() + seconds)
    except (TargetLost, TargetUnreachable):
        # Nobody is there to remove it.
        return


def _adopt(client: Client, journal: Journal) -> None:
    """Find what was started by requests whose answers were lost: what runs a configuration of ours is ours."""
    for kind, configuration, group in journal.all_maybe_started():
        found = _send(client, _LISTS[kind], group, query={"configurationId": configuration})
        resources = found.json_object().get("resources") if found is not None else None
        for item in resources if isinstance(resources, list) else ():
            # The filter is the target's word; whose it is we see ourselves.
            ours = isinstance(item, dict) and item.get("configurationId") == configuration
            if ours and isinstance(item.get("id"), str) and not journal.owns(item["id"]):
                journal.created(kind, item["id"], group)


def _remove(session: Session, client: Client, deadline: float) -> None:
    """Remove what goes by one request, and ask again where the API itself did not answer."""
    journal, settled = session.journal, set[str]()
    for number in range(_ROUNDS):
        left = [(kind, g, made) for kind in _REMOVALS for g in journal.groups(kind) for made in journal.left(kind, g)]
        left = [one for one in left if one[2] not in settled]
        if left and number:
            time.sleep(min(session.target.poll_interval, 2.0))
        for kind, group, made in left:
            if time.monotonic() > deadline:
                return
            operation, place, name = _REMOVALS[kind]
            status = _ask(client, operation, group, **{place: {name: made}})
            if _is_gone(status):
                journal.removed(kind, made)
            elif status in _REFUSALS:
                settled.add(made)


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
    answer = _send(client, operation, group, **rest)
    return answer.status if answer is not None else 0


def _send(client: Client, operation: str, group: str, **rest: Any) -> Exchange | None:
    try:
        return client.send(operation, resource_group=group, judge=False, **rest)
    except (SafetyRefusal, Skip):
        return None


def _is_gone(status: int) -> bool:
    return 200 <= status < 300 or status == 404
