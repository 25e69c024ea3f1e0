"""Bulk updates of executions and deployments: stop or delete up to 100 in one request (fact C4)."""

from __future__ import annotations

from typing import Any

from lmconform.mock import enactments
from lmconform.mock.call import Call, Reply
from lmconform.mock.enactments import Kind
from lmconform.mock.problems import Problem, bad_request

_MAX_ITEMS = 100


def modify(kind: Kind, call: Call) -> Reply:
    """Always 202, with one entry for each item of the request, in the same order."""
    items = call.body.get(kind.collection) or []
    ids = [item["id"] for item in items]
    if len(ids) > _MAX_ITEMS:
        raise bad_request(f"at most {_MAX_ITEMS} {kind.collection} in one request")
    if len(set(ids)) < len(ids) and call.switches["bulk-duplicate"] == "400":
        raise bad_request(f"an id stands twice in {kind.collection}")
    return Reply(202, {kind.collection: [_modify_item(kind, call, item) for item in items]})


def _modify_item(kind: Kind, call: Call, item: dict[str, Any]) -> dict[str, Any]:
    enactment = kind.shelf(call.group).get(item["id"])
    try:
        if enactment is None:
            raise Problem(404, kind.unknown_code, f"{kind.noun} {item['id']} does not exist")
        if not call.catalog.of(enactment.configuration).bulk and call.switches["bulk-unannotated"] == "refuse":
            raise Problem(400, "01010077", "The template does not allow bulk updates")
        if item["targetStatus"] == "DELETED":
            enactments.mark_deleted(call, enactment, 400)
        else:
            enactments.stop(call, enactment, 400)
    except Problem as problem:
        target = f"/lm/{kind.collection}"
        error = {"code": problem.code, "message": problem.message, "requestId": item["id"], "target": target}
        return {"id": item["id"], "error": error}
    return enactments.modified(kind, enactment)
