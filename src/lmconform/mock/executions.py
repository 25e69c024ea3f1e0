"""Executions: what only they have; the rest is in enactments."""

from __future__ import annotations

from typing import Any

from lmconform.mock import artifacts, bindings, configurations, enactments
from lmconform.mock.call import Call, Reply, created
from lmconform.mock.enactments import Kind
from lmconform.mock.lifecycle import Enactment, Moment
from lmconform.mock.problems import UNKNOWN_EXECUTION


def create(call: Call) -> Reply:
    """Start an execution, or make a configuration where the tutorial's page sends one here."""
    if "executableId" in call.body:
        return configurations.make(call)
    return start(call, call.body["configurationId"])


def create_for_configuration(call: Call) -> Reply:
    """Start an execution at the endpoint that is deprecated since 2022."""
    return start(call, call.path["configurationId"])


def start(call: Call, configuration_id: str) -> Reply:
    """Start an execution; wrong bindings show later, when it dies (fact F22)."""
    configuration, executable = configurations.usable(call, configuration_id, serves=False)
    failure = bindings.failure(call.group, configuration, executable)
    made = call.group.add_execution(configuration, failure, executable.products())
    answer = {"id": made.id, "message": "Execution scheduled", "status": "UNKNOWN", "targetStatus": "COMPLETED"}
    return created(call, 202, "executions", answer)


def modify(call: Call) -> Reply:
    """Stop one execution."""
    execution = enactments.one(KIND, call)
    enactments.stop(call, execution, int(call.switches["forbidden-stop"]))
    return Reply(202, enactments.modified(KIND, execution))


def _members(call: Call, execution: Enactment, now: Moment) -> dict[str, Any]:
    members: dict[str, Any] = {
        "executionScheduleId": execution.schedule,
        "outputArtifacts": [artifacts.show(call, a) for a in execution.artifacts or ()],
    }
    if call.switches["execution-progress"] == "yes":
        members["progress"] = "100/100" if now.status == "COMPLETED" else "0/100"
    return members


KIND = Kind(
    "Execution", "executions", UNKNOWN_EXECUTION, ("executionScheduleId",), lambda group: group.executions, _members
)
