"""Changes of one deployment that also change others of its configuration, and an end that does not last."""

from __future__ import annotations

from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.siblings import deletes_all, stops_all
from lmconform.mutants.registry import mutant


@mutant("deployment-stop-of-all", "LM-DEPLOYMENT-OTHERS-STAY")
def deployment_stop_of_all(bench: Bench) -> None:
    """BUG: stopping a deployment stops all of its configuration."""
    stops_all(bench, "modifyDeployment", "deployments")


@mutant("deployment-deletion-of-all", "LM-DEPLOYMENT-OTHERS-STAY")
def deployment_deletion_of_all(bench: Bench) -> None:
    """BUG: deleting a deployment deletes all of its configuration that have ended."""
    deletes_all(bench, "deleteDeployment", "deployments")


@mutant("deployment-restarts", "LM-DEPLOYMENT-TERMINAL-STAYS")
def deployment_restarts(bench: Bench) -> None:
    """BUG: a deployment that was stopped shows RUNNING again from the second GET on."""
    seen: dict[str, int] = {}

    @bench.after("getDeployment")
    def again(call: Call, reply: Reply) -> None:
        if reply.json.get("status") == "STOPPED":
            seen[reply.json["id"]] = seen.get(reply.json["id"], 0) + 1
            if seen[reply.json["id"]] > 1:
                reply.json["status"] = "RUNNING"
