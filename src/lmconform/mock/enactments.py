"""Operations that executions and deployments share: get, list, count, stop, delete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lmconform.mock import lifecycle, query, status_details
from lmconform.mock.call import Call, Reply, count, listing
from lmconform.mock.problems import WRONG_STATE, Problem, not_found
from lmconform.mock.records import Enactment, Moment
from lmconform.mock.store import Group
from lmconform.mock.times import format_seconds

_OPTIONAL = ("executableId", "statusMessage", "statusDetails", "submissionTime", "startTime", "completionTime")
# How long a new enactment is unknown or unlisted when a switch says "late", in steps.
_DELAY = 0.4


@dataclass(frozen=True, slots=True)
class Kind:
    """Executions or deployments: their names, their shelf, and the members that the other kind does not have.

    ``optional`` names the members that may be absent; ``unknown_code`` is the error code for an unknown id.
    """

    noun: str
    collection: str
    unknown_code: str
    optional: tuple[str, ...]
    shelf: Callable[[Group], dict[str, Enactment]]
    members: Callable[[Call, Enactment, Moment], dict[str, Any]]

    @property
    def key(self) -> str:
        """The path parameter that holds the id."""
        return f"{self.noun.lower()}Id"


def get(kind: Kind, call: Call) -> Reply:
    """The enactment that the path names."""
    return Reply(200, _show(kind, call, find(kind, call), single=True))


def list_(kind: Kind, call: Call) -> Reply:
    """The enactments that match the query."""
    resources = _matching(kind, call)
    return listing(call, query.page(call, resources), len(resources))


def count_(kind: Kind, call: Call) -> Reply:
    """The number of enactments that match, without paging."""
    return count(call, len(_matching(kind, call)))


def delete(kind: Kind, call: Call) -> Reply:
    """Delete one enactment; it disappears when the deletion is done."""
    enactment = find(kind, call)
    repeated = call.switches["second-delete"]
    if enactment.deleted is not None and repeated != "202":
        raise Problem(int(repeated), kind.unknown_code if repeated == "404" else WRONG_STATE, "Deletion is under way")
    mark_deleted(call, enactment, int(call.switches["forbidden-delete"]))
    message = call.message("Deletion scheduled", f"{kind.noun} deletion scheduled")
    answer = {"id": enactment.id, "message": message}
    return Reply(202, answer | {"targetStatus": "DELETED"} if call.switches["extra-status"] == "yes" else answer)


def find(kind: Kind, call: Call) -> Enactment:
    """The enactment that the path names; raises 404. A new one may be unknown for a moment, as documented (C.2)."""
    enactment = kind.shelf(call.group).get(call.path[kind.key])
    if enactment is None or (kind.noun == "Deployment" and _is_late(call, enactment, "deployment-gap")):
        raise not_found(kind.noun, call.path[kind.key], kind.unknown_code)
    return enactment


def stop(call: Call, enactment: Enactment, status: int) -> None:
    """Stop the enactment; raises ``status`` when its status forbids it."""
    now = moment(call, enactment).status
    if now not in lifecycle.STOPPABLE or enactment.deleted is not None:
        raise Problem(status, WRONG_STATE, f"Invalid Request, Current status {now} cannot be changed.")
    # Where STOPPING is not shown, a second stop finds the first one under way.
    enactment.stopped = enactment.stopped or call.group.now()
    call.group.touch(enactment.shelf, enactment.id)


def moment(call: Call, enactment: Enactment) -> Moment:
    """The status of the enactment now."""
    return lifecycle.at(enactment, call.group.now(), call.group.timing)


def modified(kind: Kind, enactment: Enactment) -> dict[str, Any]:
    """The body of the reply to a modification."""
    return {"id": enactment.id, "message": f"{kind.noun} modification scheduled"}


def mark_deleted(call: Call, enactment: Enactment, status: int) -> None:
    """Delete the enactment; raises ``status`` when its status forbids it."""
    now = moment(call, enactment).status
    if now not in lifecycle.DELETABLE:
        raise Problem(status, WRONG_STATE, f"Invalid Request, Current status {now} cannot be changed.")
    if enactment.deleted is None:
        call.group.delete(enactment)


def _show(kind: Kind, call: Call, enactment: Enactment, *, single: bool = False) -> dict[str, Any]:
    now = moment(call, enactment)
    configuration = enactment.configuration
    head = {
        "id": enactment.id,
        "configurationId": configuration["id"],
        "status": now.status,
        "createdAt": format_seconds(enactment.created),
        "modifiedAt": format_seconds(enactment.created if call.switches["modified-at"] == "creation" else now.modified),
    }
    specific = kind.members(call, enactment, now)
    details = {name: specific[name] for name in ("details",) if name in specific}
    if call.query.get("$select") == "status":
        return query.with_optionals({**head, **details}, call, details)
    full: dict[str, Any] = {
        **head,
        "configurationName": configuration["name"],
        "executableId": _executable(call, enactment),
        "scenarioId": configuration["scenarioId"],
        "targetStatus": now.target_status,
        "statusMessage": _message(call, enactment, now),
        "submissionTime": _format(_submitted(call, enactment, now)),
        "startTime": _format(now.started),
        "completionTime": _format(now.completed),
        **specific,
    }
    if single and call.switches["status-details"] != "no":
        full["statusDetails"] = status_details.of(enactment, now, call.switches["status-details"])
    return query.with_optionals(full, call, (*kind.optional, *_OPTIONAL))


def _executable(call: Call, enactment: Enactment) -> str | None:
    hidden = enactment.serves and call.switches["deployment-executable"] == "absent"
    return None if hidden else str(enactment.configuration["executableId"])


def _message(call: Call, enactment: Enactment, now: Moment) -> str | None:
    if now.status == "UNKNOWN" and enactment.serves and call.switches["fresh-message"] == "not-found":
        return f"Deployment id {enactment.id} not found"
    return enactment.failure[:256] if now.status == "DEAD" else None


def _submitted(call: Call, enactment: Enactment, now: Moment) -> float | None:
    """When it was submitted; tenants were seen to set it at once and to the start later on, and anew (M15)."""
    way = call.switches["submission-time"]
    if way == "update" and enactment.updated is not None:
        return enactment.updated
    if way != "creation":
        return now.submitted
    return enactment.created if now.started is None else now.started


def _format(when: float | None) -> str | None:
    return None if when is None else format_seconds(when)


def _matching(kind: Kind, call: Call) -> list[dict[str, Any]]:
    query.check_filter_ids(call)
    wanted = call.query.get("executableIds")
    resources = []
    for enactment in _listed(kind, call):
        configuration = enactment.configuration
        facts = {
            "configurationId": configuration["id"],
            "scenarioId": configuration["scenarioId"],
            "executionScheduleId": enactment.schedule,
        }
        if wanted is not None and configuration["executableId"] not in wanted:
            continue
        if not query.matches(facts, call, facts):
            continue
        if "status" in call.query and moment(call, enactment).status != call.query["status"]:
            continue
        resources.append(_show(kind, call, enactment))
    return resources


def _listed(kind: Kind, call: Call) -> list[Enactment]:
    listed = [e for e in kind.shelf(call.group).values() if not _is_late(call, e, "list-lag")]
    serves = kind.noun == "Deployment"
    return listed + [ghost for ghost in call.group.ghosts.values() if ghost.serves is serves]


def _is_late(call: Call, enactment: Enactment, switch: str) -> bool:
    if call.switches[switch] == "none":
        return False
    return call.group.now() < enactment.created + _DELAY * call.group.timing.pace
