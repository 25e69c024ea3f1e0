"""``GET /lm/meta``: the capabilities and limits of the mock; and its health and version endpoints."""

from __future__ import annotations

from typing import Any

from lmconform.mock.call import Call, Reply
from lmconform.mock.limits import MAX_UPLOAD_BYTES, MINIMUM_FREQUENCY_HOURS, MINIMUM_TTL, UNLIMITED
from lmconform.mock.problems import not_found

HEALTH = {"status": "READY", "message": "The mock is ready"}
VERSIONS = {"versions": [{"versionId": "v2", "url": "/v2/lm", "description": "AI API"}]}


def get(call: Call) -> Reply:
    """Capabilities and limits."""
    if call.switches["meta"] == "absent":
        raise not_found("Meta", "of this runtime")
    # A tenant says different versions in one answer; most have static deployments (M26).
    is_tenant = call.switches["meta"] == "tenant"
    advertised = _capabilities(call.without) | {"staticDeployments": call.switches["meta"] != "without-limits"}
    api: dict[str, Any] = {"version": "2.31.0" if is_tenant else "2.42.0", "capabilities": advertised}
    if call.switches["meta"] != "without-limits":
        api["limits"] = _limits(call.without)
    return Reply(
        200,
        {
            "runtimeIdentifier": "lmconform-mock",
            "runtimeApiVersion": "2.40.0" if is_tenant else "2.42.0",
            "aiApi": api,
            "extensions": _extensions(call.without),
        },
    )


def _capabilities(without: frozenset[str]) -> dict[str, Any]:
    return {
        "multitenant": True,
        "shareable": True,
        "userDeployments": "userDeployments" not in without,
        "userExecutions": "userExecutions" not in without,
        "timeToLiveDeployments": "timeToLiveDeployments" not in without,
        "executionSchedules": "executionSchedules" not in without,
        "logs": {"executions": "logs.executions" not in without, "deployments": "logs.deployments" not in without},
        "bulkUpdates": {
            "executions": "bulkUpdates.executions" not in without,
            "deployments": "bulkUpdates.deployments" not in without,
        },
    }


def _limits(without: frozenset[str]) -> dict[str, Any]:
    limits: dict[str, Any] = {
        "executions": {"maxRunningCount": UNLIMITED if "userExecutions" not in without else 0},
        "deployments": {"maxRunningCount": UNLIMITED if "userDeployments" not in without else 0},
    }
    if "executionSchedules" not in without:
        limits["minimumFrequencyHour"] = MINIMUM_FREQUENCY_HOURS
    if "timeToLiveDeployments" not in without:
        limits["timeToLiveDeployments"] = {"minimum": MINIMUM_TTL, "maximum": UNLIMITED}
    return limits


def _extensions(without: frozenset[str]) -> dict[str, Any]:
    extensions: dict[str, Any] = {"resourceGroups": {"version": "1.2.0"}}
    if "metrics" not in without:
        extensions["metrics"] = {"version": "1.0.0", "capabilities": {"extendedResults": True}}
    if "dataset" not in without:
        extensions["dataset"] = {
            "version": "1.0.0",
            "capabilities": {"upload": True, "download": True, "delete": True},
            "limits": {"maxUploadFileSize": MAX_UPLOAD_BYTES, "maxFilesPerDataset": UNLIMITED},
        }
    return extensions
