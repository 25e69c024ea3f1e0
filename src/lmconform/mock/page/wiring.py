"""Wraps the application with the web page, and gives the page read access to the mock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp

from lmconform.contract.resources import Role, resources
from lmconform.mock.control import Control
from lmconform.mock.page import offer, state
from lmconform.mock.page.front import Front
from lmconform.mock.page.series import Charts
from lmconform.mock.problems import Problem
from lmconform.mock.service import Service
from lmconform.mock.store import Group

_LOG_LINES = 50
# Requests and pieces of advice that the page shows.
_REQUESTS = 50


@dataclass(frozen=True, slots=True)
class PageInfo:
    """What the page shows of the mock's start: its URL, the address it listens on, client id, and mutant or ""."""

    url: str
    host: str
    client_id: str
    mutant: str


class Viewer:
    """Shows one resource with the handler that serves it in the API; ``base`` is the URL of links."""

    def __init__(self, service: Service, base: str) -> None:
        self._service = service
        self._withheld = service.withheld
        self._base = base

    def look(self, group: Group, kind: str, resource_id: str) -> dict[str, Any] | None:
        """The resource, or None when the API does not show it."""
        contract = self._service.contract
        # The page calls a resource by the plural of its noun, and its logs "executions logs".
        noun, _, part = kind.partition(" ")
        known, noun = resources(contract), noun.removesuffix("s")
        operation = known[noun].operation(part or Role.GET) if noun in known else None
        if operation is None or operation.id in self._withheld:
            return None
        query = {"$order": "desc", "$top": _LOG_LINES} if part else {}
        path = {known[noun].id_parameter: resource_id}
        call = self._service.call(operation, path, query, None, group, self._base)
        try:
            resource = self._service.handlers[operation.id](call).json
        except Problem:
            return None
        return resource if isinstance(resource, dict) else None


def wrap(app: ASGIApp, control: Control, info: PageInfo) -> Front:
    """The page in front of ``app``; its data is computed when a browser asks for it."""
    service = control.service
    viewer = Viewer(service, info.url)
    charts = Charts()
    return Front(
        app,
        {
            "offer": lambda query: offer.show(service, info.client_id, info.mutant),
            "state": lambda query: state.show(service.store, viewer.look, charts, query) | _heard(control),
            "openapi.json": lambda query: service.contract.document,
        },
        info.host,
    )


def _heard(control: Control) -> dict[str, Any]:
    """The last requests, the newest first, and what the application does wrong."""
    newest = control.requests[: -_REQUESTS - 1 : -1]
    return {
        "requests": [{"when": request.when, "line": str(request)} for request in newest],
        "advice": [{"text": str(advice)} for advice in control.advice[:_REQUESTS]],
    }
