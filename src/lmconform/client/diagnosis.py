"""Why an execution or a deployment died, as far as the target says: its status members, and the end of its log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from lmconform.contract.resources import Resource
from lmconform.errors import Skip

if TYPE_CHECKING:
    from lmconform.client.client import Client

_LOGS: Final = "logs"
_LINES: Final = 10
# Characters of one line, and of statusDetails.
_LINE, _DETAILS = 160, 400


def diagnosis(client: Client, resource: Resource, body: Mapping[str, Any]) -> str:
    """statusMessage, statusDetails and the last lines of the log of what ``body`` shows, in one line; may be empty.

    The log is asked for with one request, which nothing judges. Where the target refuses it, the rest has to do.
    """
    message, details = body.get("statusMessage"), body.get("statusDetails")
    parts = [f"statusMessage: {message}"] if message else []
    parts += [f"statusDetails: {json.dumps(details, ensure_ascii=False)[:_DETAILS]}"] if details else []
    lines = _last_lines(client, resource, str(body.get("id")))
    parts += [f"log: {' / '.join(lines)}"] if lines else []
    return " | ".join(parts)


def _last_lines(client: Client, resource: Resource, resource_id: str) -> list[str]:
    session, operation = client.session, resource.operation(_LOGS)
    if operation is None or not session.capabilities.has(session.resources.capability(operation)):
        return []
    # Another client of the same item: the last exchange of the item stays the one that shows the status.
    asking = session.client(client.item)
    path = resource.address(operation, resource_id)["path"]
    try:
        answer = asking.send(operation.id, path, {"$order": "desc", "$top": _LINES}, judge=False)
    except Skip:
        return []
    data = answer.json_object().get("data") if answer.ok else None
    found = data.get("result") if isinstance(data, dict) else None
    lines = [line for line in found if isinstance(line, dict)] if isinstance(found, list) else []
    lines.sort(key=lambda line: str(line.get("timestamp")))
    return [str(line.get("msg"))[:_LINE] for line in lines[-_LINES:]]
