"""The admin API of resource groups: list, create, get, delete (fact H2)."""

from __future__ import annotations

import re
from typing import Any

from lmconform.mock.call import Reply
from lmconform.mock.problems import TAKEN, Problem, bad_request, not_found
from lmconform.mock.store import GROUPS, Group, Store
from lmconform.mock.times import format_seconds
from lmconform.mock.validation import parse

PATH = "/v2/admin/resourceGroups"
_ID = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9.-]{1,251}[a-zA-Z0-9]", re.ASCII)
_KEY = re.compile(r"ext\.ai\.sap\.com/[A-Za-z0-9][-A-Za-z0-9_.]{0,46}[A-Za-z0-9]?")
_MOST_LABELS = 50
_ZONE = "lmconform-mock"


def answer(store: Store, method: str, path: str, body: bytes) -> Reply:
    """The reply of ``/v2/admin/resourceGroups``, or of one group below it; raises Problem."""
    name = path.removeprefix(PATH).strip("/")
    if not name:
        if method == "GET":
            groups = [_show(group) for group in store.groups.values()]
            return Reply(200, {"count": len(groups), "resources": groups})
        if method == "POST":
            return _create(store, parse(body))
    elif method in ("GET", "PATCH", "DELETE"):
        group = store.groups.get(name)
        if group is None:
            raise not_found("Resource group", name)
        if method == "PATCH":
            return _modify(group, parse(body))
        return Reply(200, _show(group)) if method == "GET" else _delete(store, name)
    raise Problem(405, "405", "Method not allowed")


def _create(store: Store, body: Any) -> Reply:
    if not isinstance(body, dict):
        raise bad_request("the body is no object")
    name = body.get("resourceGroupId")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise bad_request(
            "resourceGroupId has 3 to 253 letters, digits, dots and hyphens, and no dot or hyphen outside"
        )
    labels = _labels(body.get("labels") or [])
    if name in store.groups:
        raise Problem(409, TAKEN, "Resource group exists already")
    store.add(name).labels = labels
    return Reply(202, {"resourceGroupId": name, "tenantId": _ZONE, "zoneId": ""})


def _modify(group: Group, body: Any) -> Reply:
    """Replace the labels."""
    if not isinstance(body, dict) or "labels" not in body:
        raise bad_request("labels are missing")
    group.labels = _labels(body["labels"])
    group.touch("groups", group.name)
    return Reply(202, {"id": group.name, "message": "Resource group modification scheduled"})


def _delete(store: Store, name: str) -> Reply:
    if name in GROUPS:
        raise bad_request(f"resource group {name} is the mock's own and stays")
    store.remove(name)
    return Reply(202, {"id": name, "message": "Resource group deletion scheduled"})


def _labels(sent: Any) -> list[dict[str, str]]:
    valid = isinstance(sent, list) and len(sent) <= _MOST_LABELS
    for label in sent if valid else ():
        key, value = (label.get("key"), label.get("value")) if isinstance(label, dict) else (None, None)
        if not isinstance(key, str) or not _KEY.fullmatch(key) or not isinstance(value, str) or len(value) > 5000:
            valid = False
    if not valid:
        raise bad_request("labels is no list of keys in ext.ai.sap.com/ and values")
    return [{"key": label["key"], "value": label["value"]} for label in sent]


def _show(group: Group) -> dict[str, Any]:
    ready = group.name in GROUPS or group.now() >= group.created + group.timing.pace
    return {
        "resourceGroupId": group.name,
        "tenantId": _ZONE,
        "zoneId": "",
        "createdAt": format_seconds(group.created),
        "labels": group.labels,
        "status": "PROVISIONED" if ready else "PROVISIONING",
    }
