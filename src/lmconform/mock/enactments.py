"""What executions and deployments have in common: watch, count, stop, delete, one by one and in bulk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lmconform.mock import lifecycle, query
from lmconform.mock.call import Call, Reply, count, listing
from lmconform.mock.lifecycle import Enactment, Moment
from lmconform.mock.problems import WRONG_STATE, Problem, bad_request, not_found
from lmconform.mock.store import Group
from lmconform.mock.times import seconds

_MOST_IN_BULK = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """Executions or deployments: their words, their shelf, and the members that only they have.

    ``optional`` names the members that may be absent; ``unknown`` is the error code for an id that nobody has.
    """

    noun: str
    collection: str
    unknown: str
    optional: tuple[str, ...]
    shelf: Callable[[Group], dict[str, Enactment]]
    members: Callable[[Call, Enactment, Moment], dict[str, Any]]

    @property
    def key(self) -> str:
        """The path parameter that holds the id."""
        return f"{self.noun.lower()}Id"


def get(kind: Kind, call: Call) -> Reply:
    """One of them."""
    return Reply(200, _show(kind, call, one(kind, call), alone=True))


def list_(kind: Kind, call: Call) -> Reply:
    """Those that match."""
    found = _found(kind, call)
    return listing(call, query.page(call, found), len(found))


def count_(kind: Kind, call: Call) -> Reply:
    """How many match, whatever the page."""
    return count(call, len(_found(kind, call)))


def delete(kind: Kind, call: Call) -> Reply:
    """Delete one; it disappears after a while."""
    enactment = one(kind, call)
    again = call.switches["second-delete"]
    if enactment.deleted is not None and again != "202":
        raise Problem(int(again), kind.unknown if again == "404" else WRONG_STATE, "Deletion is under way")
    _delete(call, enactment, int(call.switches["forbidden-delete"]))
    message = call.said("Deletion scheduled", f"{kind.noun} deletion scheduled")
    answer = {"id": enactment.id, "message": message}
    return Reply(202, answer | {"targetStatus": "DELETED"} if call.switches["extra-status"] == "yes" else answer)


def modify_many(kind: Kind, call: Call) -> Reply:
    """Stop or delete up to 100: always 202, one entry for each, in their order (C.4)."""
    wanted = call.body.get(kind.collection) or []
    ids = [item["id"] for item in wanted]
    if len(ids) > _MOST_IN_BULK:
        raise bad_request(f"at most {_MOST_IN_BULK} {kind.collection} in one request")
    if len(set(ids)) < len(ids) and call.switches["bulk-duplicate"] == "400":
        raise bad_request(f"an id stands twice in {kind.collection}")
    return Reply(202, {kind.collection: [_modify_item(kind, call, item) for item in wanted]})


def one(kind: Kind, call: Call) -> Enactment:
    """The one that the path names, or a 404; it may be known a little late, as the documentation warns (C.2)."""
    found = kind.shelf(call.group).get(call.path[kind.key])
    if found is None or (kind.noun == "Deployment" and _is_late(call, found, "deployment-gap")):
        raise not_found(kind.noun, call.path[kind.key], kind.unknown)
    return found


def stop(call: Call, enactment: Enactment, status: int) -> None:
    """Stop it, or raise ``status`` when it is not in a state to be stopped."""
    now = moment(call, enactment).status
    if now not in lifecycle.STOPPABLE or enactment.deleted is not None:
        raise Problem(status, WRONG_STATE, f"Invalid Request, Current status {now} cannot be changed.")
    enactment.stopped = call.group.now()
    call.group.touch(enactment.shelf, enactment.id)


def moment(call: Call, enactment: Enactment) -> Moment:
    """How it is now."""
    return lifecycle.at(enactment, call.group.now(), call.group.timing)


def modified(kind: Kind, enactment: Enactment) -> dict[str, Any]:
    """The answer to a modification."""
    return {"id": enactment.id, "message": f"{kind.noun} modification scheduled"}


def _modify_item(kind: Kind, call: Call, item: dict[str, Any]) -> dict[str, Any]:
    enactment = kind.shelf(call.group).get(item["id"])
    try:
        if enactment is None:
            raise Problem(404, kind.unknown, f"{kind.noun} {item['id']} does not exist")
        if not call.catalog.of(enactment.configuration).bulk and call.switches["bulk-unannotated"] == "refuse":
            raise Problem(400, "01010077", "The template does not allow bulk updates")
        if item["targetStatus"] == "DELETED":
            _delete(call, enactment, 400)
        else:
            stop(call, enactment, 400)
    except Problem as problem:
        target = f"/lm/{kind.collection}"
        error = {"code": problem.code, "message": problem.message, "requestId": item["id"], "target": target}
        return {"id": item["id"], "error": error}
    return modified(kind, enactment)


def _delete(call: Call, enactment: Enactment, status: int) -> None:
    now = moment(call, enactment).status
    if now not in lifecycle.DELETABLE:
        raise Problem(status, WRONG_STATE, f"Invalid Request, Current status {now} cannot be changed.")
    if enactment.deleted is None:
        call.group.delete(enactment)


def _show(kind: Kind, call: Call, enactment: Enactment, *, alone: bool = False) -> dict[str, Any]:
    now = moment(call, enactment)
    configuration = enactment.configuration
    head = {
        "id": enactment.id,
        "configurationId": configuration["id"],
        "status": now.status,
        "createdAt": seconds(enactment.created),
        "modifiedAt": seconds(now.modified),
    }
    particular = kind.members(call, enactment, now)
    details = {name: particular[name] for name in ("details",) if name in particular}
    if call.query.get("$select") == "status":
        return query.shown({**head, **details}, call, details)
    full: dict[str, Any] = {
        **head,
        "configurationName": configuration["name"],
        "executableId": configuration["executableId"],
        "scenarioId": configuration["scenarioId"],
        "targetStatus": now.target_status,
        "statusMessage": enactment.failure[:256] if now.status == "DEAD" else None,
        "submissionTime": _stamp(now.submitted),
        "startTime": _stamp(now.started),
        "completionTime": _stamp(now.completed),
        **particular,
    }
    if alone and call.switches["status-details"] == "yes":
        full["statusDetails"] = {"mock": {"phase": now.status.capitalize()}}
    return query.shown(full, call, (*kind.optional, "statusMessage", "submissionTime", "startTime", "completionTime"))


def _stamp(when: float | None) -> str | None:
    return None if when is None else seconds(when)


def _found(kind: Kind, call: Call) -> list[dict[str, Any]]:
    query.known_ids(call)
    wanted = call.query.get("executableIds")
    found = []
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
        found.append(_show(kind, call, enactment))
    return found


def _listed(kind: Kind, call: Call) -> list[Enactment]:
    listed = [e for e in kind.shelf(call.group).values() if not _is_late(call, e, "list-lag")]
    serves = kind.noun == "Deployment"
    return listed + [ghost for ghost in call.group.ghosts.values() if ghost.serves is serves]


def _is_late(call: Call, enactment: Enactment, switch: str) -> bool:
    if call.switches[switch] == "none":
        return False
    return call.group.now() < enactment.created + 0.4 * call.group.timing.pace
