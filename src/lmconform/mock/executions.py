"""Executions: start, stop, and the members that deployments do not have."""

from __future__ import annotations

from typing import Any

from lmconform.mock import artifacts, bindings, configurations, enactments
from lmconform.mock.call import Call, Reply, created
from lmconform.mock.enactments import Kind
from lmconform.mock.problems import UNKNOWN_EXECUTION
from lmconform.mock.records import Enactment, Moment


def create(call: Call) -> Reply:
    """Start an execution of the configuration that the body names."""
    return _start(call, call.body["configurationId"])


def create_for_configuration(call: Call) -> Reply:
    """Start an execution at the endpoint that is deprecated since 2022."""
    return _start(call, call.path["configurationId"])


def _start(call: Call, configuration_id: str) -> Reply:
    """Start an execution; wrong bindings show only later, when it fails (fact F22)."""
    configuration, executable = configurations.usable(call, configuration_id, serves=False)
    failure = bindings.failure(call.group, configuration, executable)
    execution = call.group.add_execution(configuration, failure, executable.products())
    answer = {"id": execution.id, "message": "Execution scheduled", "status": "UNKNOWN", "targetStatus": "COMPLETED"}
    return created(call, 202, "executions", answer)


def modify(call: Call) -> Reply:
    """Stop one execution."""
    execution = enactments.find(KIND, call)
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
