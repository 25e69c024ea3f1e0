"""The handler of each operation, found by the resource and the role that the contract gives it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from lmconform.contract.openapi import Contract
from lmconform.contract.resources import Role, resources
from lmconform.mock import (
    artifacts,
    as_printed,
    bulk,
    configurations,
    deployments,
    enactments,
    executions,
    files,
    logs,
    meta,
    metrics,
    models,
    scenarios,
    schedules,
)
from lmconform.mock.call import Handler

LOGS: Final = "logs"

# Noun of the resource, role of the operation.
_HANDLERS: Final[Mapping[str, Mapping[str, Handler]]] = {
    "scenario": {Role.LIST: scenarios.list_scenarios, Role.GET: scenarios.get_scenario},
    "model": {Role.LIST: models.list_models},
    "version": {Role.LIST: scenarios.list_versions},
    "executable": {Role.LIST: scenarios.list_executables, Role.GET: scenarios.get_executable},
    "artifact": {
        Role.LIST: artifacts.list_,
        Role.CREATE: artifacts.create,
        Role.GET: artifacts.get,
        Role.COUNT: artifacts.count_,
    },
    "configuration": {
        Role.LIST: configurations.list_,
        Role.CREATE: as_printed.create,
        Role.GET: configurations.get,
        Role.COUNT: configurations.count_,
    },
    "execution": {
        Role.LIST: partial(enactments.list_, executions.KIND),
        Role.CREATE: as_printed.create,
        Role.GET: partial(enactments.get, executions.KIND),
        Role.MODIFY: executions.modify,
        Role.DELETE: partial(enactments.delete, executions.KIND),
        Role.BULK_MODIFY: partial(bulk.modify, executions.KIND),
        Role.COUNT: partial(enactments.count_, executions.KIND),
        LOGS: logs.of_execution,
    },
    "schedule": {
        Role.LIST: schedules.list_,
        Role.CREATE: schedules.create,
        Role.COUNT: schedules.count_,
        Role.GET: schedules.get,
        Role.MODIFY: schedules.modify,
        Role.DELETE: schedules.delete,
    },
    "deployment": {
        Role.LIST: partial(enactments.list_, deployments.KIND),
        Role.CREATE: deployments.create,
        Role.BULK_MODIFY: partial(bulk.modify, deployments.KIND),
        Role.COUNT: partial(enactments.count_, deployments.KIND),
        Role.GET: partial(enactments.get, deployments.KIND),
        Role.MODIFY: deployments.modify,
        Role.DELETE: partial(enactments.delete, deployments.KIND),
        LOGS: logs.of_deployment,
    },
    "metrics": {Role.GET: metrics.find, Role.CREATE: metrics.patch, Role.DELETE: metrics.delete},
    "file": {Role.GET: files.download, Role.CREATE: files.upload, Role.DELETE: files.delete},
    "meta": {Role.GET: meta.get},
}
# The old endpoints name the configuration in their path.
_BY_PATH: Final[Mapping[str, Handler]] = {
    "execution": executions.create_for_configuration,
    "deployment": deployments.create_for_configuration,
}


def handlers(contract: Contract) -> dict[str, Handler]:
    """Operation id to handler, for the operations of the contract that the mock has."""
    found: dict[str, Handler] = {}
    for operation in contract.operations:
        resource, role = resources(contract).resource_of(operation), resources(contract).role_of(operation)
        handler = _HANDLERS.get(resource.noun, {}).get(role) if resource is not None else None
        if resource is not None and handler is not None:
            by_path = role == Role.CREATE and "{" in operation.path and operation.request_body is None
            found[operation.id] = _BY_PATH[resource.noun] if by_path else handler
    return found
