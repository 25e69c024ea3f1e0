"""``GET /lm/meta``: the capabilities and limits of the mock; and its health and version endpoints."""

from __future__ import annotations

from typing import Any

from lmconform.mock.call import Call, Reply
from lmconform.mock.capabilities import capabilities
from lmconform.mock.limits import MAX_UPLOAD_BYTES, MINIMUM_FREQUENCY_HOURS, MINIMUM_TTL, UNLIMITED
from lmconform.mock.problems import not_found

HEALTH = {"status": "READY", "message": "The mock is ready"}
VERSIONS = {"versions": [{"versionId": "v2", "url": "/v2/lm", "description": "AI API"}]}


def get(call: Call) -> Reply:
    """Capabilities and limits."""
    if call.switches["meta"] == "absent":
        raise not_found("Meta", "of this runtime")
    has = {name: name not in call.without for name in capabilities()}
    # A tenant says different versions in one answer; most have static deployments (M26).
    is_tenant = call.switches["meta"] == "tenant"
    advertised = _capabilities(has) | {"staticDeployments": call.switches["meta"] != "without-limits"}
    api: dict[str, Any] = {"version": "2.31.0" if is_tenant else "2.42.0", "capabilities": advertised}
    if call.switches["meta"] != "without-limits":
        api["limits"] = _limits(has)
    return Reply(
        200,
        {
            "runtimeIdentifier": "lmconform-mock",
            "runtimeApiVersion": "2.40.0" if is_tenant else "2.42.0",
            "aiApi": api,
            "extensions": _extensions(has),
        },
    )


def _capabilities(has: dict[str, bool]) -> dict[str, Any]:
    return {
        "multitenant": True,
        "shareable": True,
        "userDeployments": has["userDeployments"],
        "userExecutions": has["userExecutions"],
        "timeToLiveDeployments": has["timeToLiveDeployments"],
        "executionSchedules": has["executionSchedules"],
        "logs": {"executions": has["logs.executions"], "deployments": has["logs.deployments"]},
        "bulkUpdates": {"executions": has["bulkUpdates.executions"], "deployments": has["bulkUpdates.deployments"]},
    }


def _limits(has: dict[str, bool]) -> dict[str, Any]:
    limits: dict[str, Any] = {
        "executions": {"maxRunningCount": UNLIMITED if has["userExecutions"] else 0},
        "deployments": {"maxRunningCount": UNLIMITED if has["userDeployments"] else 0},
    }
    if has["executionSchedules"]:
        limits["minimumFrequencyHour"] = MINIMUM_FREQUENCY_HOURS
    if has["timeToLiveDeployments"]:
        limits["timeToLiveDeployments"] = {"minimum": MINIMUM_TTL, "maximum": UNLIMITED}
    return limits


def _extensions(has: dict[str, bool]) -> dict[str, Any]:
    extensions: dict[str, Any] = {"resourceGroups": {"version": "1.2.0"}}
    if has["metrics"]:
        extensions["metrics"] = {"version": "1.0.0", "capabilities": {"extendedResults": True}}
    if has["dataset"]:
        extensions["dataset"] = {
            "version": "1.0.0",
            "capabilities": {"upload": True, "download": True, "delete": True},
            "limits": {"maxUploadFileSize": MAX_UPLOAD_BYTES, "maxFilesPerDataset": UNLIMITED},
        }
    return extensions
