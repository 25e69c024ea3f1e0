"""A validated request for an operation, and the reply to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lmconform.contract.openapi import Operation
from lmconform.mock.content import Catalog
from lmconform.mock.store import Group
from lmconform.mock.switches import Switches


@dataclass(slots=True)
class Call:
    """A validated request. ``query`` holds parsed values, ``body`` parsed JSON or the bytes of a file.

    ``base`` is the URL that absolute links begin with; ``without`` are the capabilities that this mock
    does not have.
    """

    operation: Operation
    path: dict[str, str]
    query: dict[str, Any]
    body: Any
    group: Group
    switches: Switches
    base: str
    catalog: Catalog
    without: frozenset[str]

    def message(self, real: str, published: str) -> str:
        """A message as tenants send it, or as the examples of the published description have it (fact D13)."""
        return real if self.switches["messages"] == "real" else published


@dataclass(slots=True)
class Reply:
    """Status, headers and body: ``json``, ``text`` (sent as ``text/plain``) or ``data`` (bytes); all None: no body."""

    status: int
    json: Any = None
    text: str | None = None
    data: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Reply]


def created(call: Call, status: int, collection: str, body: dict[str, Any]) -> Reply:
    """The reply to a POST, with ``Location`` in the form that the switch chooses."""
    path = f"/v2/lm/{collection}/{body['id']}"
    form = call.switches["location"]
    location = {"relative": path, "absolute": call.base + path, "absent": None}[form]
    return Reply(status, body, headers={"Location": location} if location else {})


def count(call: Call, number: int) -> Reply:
    """The reply of a ``$count`` endpoint."""
    if call.switches["count-media-type"] == "json":
        return Reply(200, number)
    return Reply(200, text=str(number))


def listing(call: Call, resources: list[dict[str, Any]], total: int) -> Reply:
    """A page of a list; ``total`` is how many resources match without paging."""
    number = total if call.switches["count-under-top"] == "total" else len(resources)
    return Reply(200, {"count": number, "resources": resources})
