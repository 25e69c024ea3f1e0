"""What the mock says about itself: it advertises what it offers, and nothing else."""

from __future__ import annotations

from lmconform.mock.call import Call, Reply

META = {
    "runtimeIdentifier": "lmconform-mock",
    "runtimeApiVersion": "2.42.0",
    "aiApi": {
        "version": "2.42.0",
        "capabilities": {
            "multitenant": True,
            "shareable": True,
            "staticDeployments": False,
            "userDeployments": False,
            "userExecutions": True,
            "timeToLiveDeployments": False,
            "executionSchedules": False,
            "logs": {"executions": False, "deployments": False},
            "bulkUpdates": {"executions": True, "deployments": False},
        },
        "limits": {"executions": {"maxRunningCount": -1}, "deployments": {"maxRunningCount": 0}},
    },
    "extensions": {"metrics": {"version": "1.0.0", "capabilities": {"extendedResults": True}}},
}


def get(call: Call) -> Reply:
    """Capabilities and limits."""
    return Reply(200, META)


HEALTH = {"status": "READY", "message": "The mock is ready"}
VERSIONS = {"versions": [{"versionId": "v2", "url": "/v2/lm", "description": "AI API"}]}
