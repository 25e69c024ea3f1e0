"""The capabilities that ``--without`` takes away, and the operations that belong to each."""

from __future__ import annotations

from collections.abc import Iterable

from lmconform.errors import ConfigError, did_you_mean

# "timeToLiveDeployments" has no operations: without it the member ttl is refused.
CAPABILITIES: dict[str, tuple[str, ...]] = {
    "userExecutions": (
        "listExecutions",
        "createExecution",
        "createExecutionForConfiguration",
        "countExecutions",
        "getExecution",
        "modifyExecution",
        "deleteExecution",
        "modifyExecutions",
        "getExecutionLogs",
    ),
    "userDeployments": (
        "listDeployments",
        "createDeployment",
        "countDeployments",
        "getDeployment",
        "modifyDeployment",
        "deleteDeployment",
        "modifyDeployments",
        "getDeploymentLogs",
    ),
    "timeToLiveDeployments": (),
    "executionSchedules": (
        "listExecutionSchedules",
        "createExecutionSchedule",
        "countExecutionSchedules",
        "getExecutionSchedule",
        "modifyExecutionSchedule",
        "deleteExecutionSchedule",
    ),
    "logs.executions": ("getExecutionLogs",),
    "logs.deployments": ("getDeploymentLogs",),
    "bulkUpdates.executions": ("modifyExecutions",),
    "bulkUpdates.deployments": ("modifyDeployments",),
    "metrics": ("findMetrics", "patchMetrics", "deleteMetrics"),
    "dataset": ("downloadFile", "uploadFile", "deleteFile"),
}

# Capabilities that require the one they are listed under.
_DEPENDENT = {
    "userExecutions": ("executionSchedules", "logs.executions", "bulkUpdates.executions"),
    "userDeployments": ("timeToLiveDeployments", "logs.deployments", "bulkUpdates.deployments"),
}


def with_dependents(names: Iterable[str]) -> frozenset[str]:
    """The named capabilities and those that require them; raises ConfigError for an unknown name."""
    chosen = set(names)
    for name in chosen:
        if name not in CAPABILITIES:
            raise ConfigError(
                f"--without {name}: is no capability{did_you_mean(name, CAPABILITIES)} ({', '.join(CAPABILITIES)})"
            )
    return frozenset(chosen.union(*(_DEPENDENT.get(name, ()) for name in chosen)))


def withheld(without: frozenset[str]) -> frozenset[str]:
    """The operations that a mock without these capabilities does not have."""
    return frozenset(operation for name in without for operation in CAPABILITIES[name])
