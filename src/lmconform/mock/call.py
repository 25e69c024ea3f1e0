"""A request that is understood, and the answer to it."""

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
    """A valid request for an operation. ``query`` holds parsed values, ``body`` parsed JSON or a file's bytes.

    ``without`` are the capabilities that this mock does not have.
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

    def said(self, real: str, published: str) -> str:
        """A message: as tenants send it, or as the published description has it in its examples (fact D13)."""
        return real if self.switches["messages"] == "real" else published


@dataclass(slots=True)
class Reply:
    """What to answer: a JSON value, or text for ``text/plain``, or a file's bytes, or nothing."""

    status: int
    json: Any = None
    text: str | None = None
    data: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Reply]


def created(call: Call, status: int, collection: str, body: dict[str, Any]) -> Reply:
    """An answer to a POST, with ``Location`` in the chosen form."""
    path = f"/v2/lm/{collection}/{body['id']}"
    form = call.switches["location"]
    location = {"relative": path, "absolute": call.base + path, "absent": None}[form]
    return Reply(status, body, headers={"Location": location} if location else {})


def count(call: Call, number: int) -> Reply:
    """The answer of a ``$count`` endpoint."""
    if call.switches["count-media-type"] == "json":
        return Reply(200, number)
    return Reply(200, text=str(number))


def listing(call: Call, resources: list[dict[str, Any]], total: int) -> Reply:
    """A list with its count."""
    number = total if call.switches["count-under-top"] == "total" else len(resources)
    return Reply(200, {"count": number, "resources": resources})
