"""What the mock says about itself: it advertises what it offers, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lmconform.errors import ConfigError, did_you_mean
from lmconform.mock import deployments, files
from lmconform.mock.call import Call, Reply
from lmconform.mock.problems import not_found

# What --without takes away, and the operations that go with it; "timeToLiveDeployments" refuses a member instead.
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

_NEEDED = {
    "userExecutions": ("executionSchedules", "logs.executions", "bulkUpdates.executions"),
    "userDeployments": ("timeToLiveDeployments", "logs.deployments", "bulkUpdates.deployments"),
}

HEALTH = {"status": "READY", "message": "The mock is ready"}
VERSIONS = {"versions": [{"versionId": "v2", "url": "/v2/lm", "description": "AI API"}]}


def get(call: Call) -> Reply:
    """Capabilities and limits."""
    if call.switches["meta"] == "absent":
        raise not_found("Meta", "of this runtime")
    return Reply(200, _meta(call))


def all_without(names: Iterable[str]) -> frozenset[str]:
    """The capabilities that go when these go; raises ConfigError for one that does not exist."""
    chosen = set(names)
    for name in chosen:
        if name not in CAPABILITIES:
            raise ConfigError(
                f"--without {name}: is no capability{did_you_mean(name, CAPABILITIES)} ({', '.join(CAPABILITIES)})"
            )
    return frozenset(chosen.union(*(_NEEDED.get(name, ()) for name in chosen)))


def withheld(without: frozenset[str]) -> frozenset[str]:
    """The operations that a mock without these capabilities does not have."""
    return frozenset(operation for name in without for operation in CAPABILITIES[name])


def _meta(call: Call) -> dict[str, Any]:
    has = {name: name not in call.without for name in CAPABILITIES}
    runs, serves = has["userExecutions"], has["userDeployments"]
    limits: dict[str, Any] = {
        "executions": {"maxRunningCount": -1 if runs else 0},
        "deployments": {"maxRunningCount": -1 if serves else 0},
    }
    if has["executionSchedules"]:
        limits["minimumFrequencyHour"] = 1
    if has["timeToLiveDeployments"]:
        limits["timeToLiveDeployments"] = {"minimum": deployments.MINIMUM, "maximum": -1}
    api: dict[str, Any] = {
        "version": "2.42.0",
        "capabilities": {
            "multitenant": True,
            "shareable": True,
            "staticDeployments": False,
            "userDeployments": serves,
            "userExecutions": runs,
            "timeToLiveDeployments": has["timeToLiveDeployments"],
            "executionSchedules": has["executionSchedules"],
            "logs": {"executions": has["logs.executions"], "deployments": has["logs.deployments"]},
            "bulkUpdates": {
                "executions": has["bulkUpdates.executions"],
                "deployments": has["bulkUpdates.deployments"],
            },
        },
    }
    if call.switches["meta"] != "without-limits":
        api["limits"] = limits
    extensions: dict[str, Any] = {"resourceGroups": {"version": "1.2.0"}}
    if has["metrics"]:
        extensions["metrics"] = {"version": "1.0.0", "capabilities": {"extendedResults": True}}
    if has["dataset"]:
        extensions["dataset"] = {
            "version": "1.0.0",
            "capabilities": {"upload": True, "download": True, "delete": True},
            "limits": {"maxUploadFileSize": files.LARGEST, "maxFilesPerDataset": -1},
        }
    return {
        "runtimeIdentifier": "lmconform-mock",
        "runtimeApiVersion": "2.42.0",
        "aiApi": api,
        "extensions": extensions,
    }
