"""Puts the page before an API: what it may ask, and nothing else of the mock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp

from lmconform.contract.openapi import Contract
from lmconform.mock import meta
from lmconform.mock.call import Call, Handler
from lmconform.mock.content import Catalog
from lmconform.mock.page import offer, state
from lmconform.mock.page.front import Front
from lmconform.mock.page.series import Charts
from lmconform.mock.problems import Problem
from lmconform.mock.store import Group, Store
from lmconform.mock.switches import Switches

# Kinds of the page to the operation that shows one, and the parameter that holds its id.
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


class Viewer:
    """Shows one resource by the handler that answers for it in the API."""

    def __init__(
        self,
        contract: Contract,
        handlers: Mapping[str, Handler],
        catalog: Catalog,
        switches: Switches,
        without: frozenset[str],
        base: str,
    ) -> None:
        self._contract = contract
        self._handlers = handlers
        self._withheld = meta.withheld(without)
        self._rest = (switches, base, catalog, without)

    def look(self, group: Group, kind: str, resource_id: str) -> dict[str, Any] | None:
        """The resource, or None when the API would not show it either."""
        operation_id, parameter = _ONE.get(kind, ("", ""))
        if operation_id in self._withheld or operation_id not in self._contract:
            return None
        operation = self._contract.operation(operation_id)
        query = {"$order": "desc", "$top": _LOG_LINES} if kind.endswith(" logs") else {}
        call = Call(operation, {parameter: resource_id}, query, None, group, *self._rest)
        try:
            found = self._handlers[operation_id](call).json
        except Problem:
            return None
        return found if isinstance(found, dict) else None


def before(
    api: ASGIApp,
    contract: Contract,
    handlers: Mapping[str, Handler],
    store: Store,
    catalog: Catalog,
    switches: Switches,
    without: frozenset[str],
    *,
    url: str,
    host: str,
    client_id: str,
    mutant: str,
) -> Front:
    """The page before ``api``, at ``url``; nothing of it is made before somebody looks."""
    viewer = Viewer(contract, handlers, catalog, switches, without, url)
    charts = Charts()
    timing = next(iter(store.groups.values())).timing
    return Front(
        api,
        {
            "offer": lambda query: offer.show(contract, catalog, switches, without, timing, client_id, mutant),
            "state": lambda query: state.show(store, viewer.look, charts, query),
            "openapi.json": lambda query: contract.document,
        },
        host,
    )
