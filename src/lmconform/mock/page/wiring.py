"""Wraps the application with the web page, and gives the page read access to the mock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp

from lmconform.mock.page import offer, state
from lmconform.mock.page.front import Front
from lmconform.mock.page.series import Charts
from lmconform.mock.problems import Problem
from lmconform.mock.service import Service
from lmconform.mock.store import Group

# Kinds of the page to the operation that shows one resource, and the parameter with its id.
_ONE = {
    "executions": ("getExecution", "executionId"),
    "executions logs": ("getExecutionLogs", "executionId"),
    "deployments": ("getDeployment", "deploymentId"),
    "deployments logs": ("getDeploymentLogs", "deploymentId"),
    "schedules": ("getExecutionSchedule", "executionScheduleId"),
    "artifacts": ("getArtifact", "artifactId"),
    "configurations": ("getConfiguration", "configurationId"),
}
_LOG_LINES = 50


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
        operation_id, parameter = _ONE.get(kind, ("", ""))
        if operation_id in self._withheld or operation_id not in contract:
            return None
        query = {"$order": "desc", "$top": _LOG_LINES} if kind.endswith(" logs") else {}
        path = {parameter: resource_id}
        call = self._service.call(contract.operation(operation_id), path, query, None, group, self._base)
        try:
            resource = self._service.handlers[operation_id](call).json
        except Problem:
            return None
        return resource if isinstance(resource, dict) else None


def wrap(app: ASGIApp, service: Service, info: PageInfo) -> Front:
    """The page in front of ``app``; its data is computed when a browser asks for it."""
    viewer = Viewer(service, info.url)
    charts = Charts()
    return Front(
        app,
        {
            "offer": lambda query: offer.show(service, info.client_id, info.mutant),
            "state": lambda query: state.show(service.store, viewer.look, charts, query),
            "openapi.json": lambda query: service.contract.document,
        },
        info.host,
    )
