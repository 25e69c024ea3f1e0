"""Executions: start, watch, stop, delete, one by one and in bulk."""

from __future__ import annotations

from typing import Any

from lmconform.mock import artifacts, configurations, content, lifecycle, query
from lmconform.mock.call import Call, Reply, count, created, listing
from lmconform.mock.lifecycle import Execution, Moment
from lmconform.mock.problems import UNKNOWN_EXECUTION, WRONG_STATE, Problem, bad_request, not_found
from lmconform.mock.store import seconds

_OPTIONAL = ("statusMessage", "executionScheduleId", "submissionTime", "startTime", "completionTime")
_SCHEDULED = "Execution modification scheduled"
_MOST_IN_BULK = 100


def create(call: Call) -> Reply:
    """Start an execution, or make a configuration where the tutorial's page sends one here."""
    if "executableId" in call.body:
        return configurations.make(call)
    return start(call, call.body["configurationId"])


def create_for_configuration(call: Call) -> Reply:
    """Start an execution at the endpoint that is deprecated since 2022."""
    return start(call, call.path["configurationId"])


def start(call: Call, configuration_id: str) -> Reply:
    """Start an execution; wrong bindings show later, when it dies (lm-facts F22)."""
    configuration = call.group.configurations.get(configuration_id)
    if configuration is None:
        status = int(call.switches["unknown-configuration"])
        raise Problem(status, "01010006", f"Configuration {configuration_id[:80]!r} does not exist")
    executable = content.executable(configuration["scenarioId"], configuration["executableId"])
    if executable is None or executable.deployable:
        raise bad_request(f"executable {configuration['executableId']} is deployable and cannot be executed")
    made = call.group.add_execution(configuration, _failure(call, configuration, executable), executable.outputs)
    answer = {"id": made.id, "message": "Execution scheduled", "status": "UNKNOWN", "targetStatus": "COMPLETED"}
    return created(call, 202, "executions", answer)


def get(call: Call) -> Reply:
    """One execution."""
    return Reply(200, _show(call, _one(call)))


def list_(call: Call) -> Reply:
    """The executions that match."""
    found = _found(call)
    return listing(call, query.page(call, found), len(found))


def count_(call: Call) -> Reply:
    """How many match, whatever the page."""
    return count(call, len(_found(call)))


def modify(call: Call) -> Reply:
    """Stop one execution."""
    execution = _one(call)
    _stop(call, execution, int(call.switches["forbidden-stop"]))
    return Reply(202, {"id": execution.id, "message": _SCHEDULED})


def delete(call: Call) -> Reply:
    """Delete one execution; it disappears after a while."""
    execution = _one(call)
    again = call.switches["second-delete"]
    if execution.deleted is not None and again != "202":
        raise Problem(int(again), UNKNOWN_EXECUTION if again == "404" else WRONG_STATE, "Deletion is under way")
    _delete(call, execution, int(call.switches["forbidden-delete"]))
    return Reply(202, {"id": execution.id, "message": "Deletion scheduled", "targetStatus": "DELETED"})


def modify_many(call: Call) -> Reply:
    """Stop or delete up to 100 executions: always 202, one entry for each, in their order (C.4)."""
    wanted = call.body.get("executions") or []
    ids = [item["id"] for item in wanted]
    if len(ids) > _MOST_IN_BULK:
        raise bad_request(f"at most {_MOST_IN_BULK} executions in one request")
    if len(set(ids)) < len(ids):
        raise bad_request("an execution id stands twice")
    return Reply(202, {"executions": [_modify_item(call, item) for item in wanted]})


def _modify_item(call: Call, item: dict[str, Any]) -> dict[str, Any]:
    execution = call.group.executions.get(item["id"])
    try:
        if execution is None:
            raise Problem(404, UNKNOWN_EXECUTION, f"Execution {item['id']} does not exist")
        if item["targetStatus"] == "DELETED":
            _delete(call, execution, 400)
        else:
            _stop(call, execution, 400)
    except Problem as problem:
        error = {"code": problem.code, "message": problem.message, "requestId": item["id"], "target": "/lm/executions"}
        return {"id": item["id"], "error": error}
    return {"id": item["id"], "message": _SCHEDULED}


def _one(call: Call) -> Execution:
    execution = call.group.executions.get(call.path["executionId"])
    if execution is None:
        raise not_found("Execution", call.path["executionId"], UNKNOWN_EXECUTION)
    return execution


def _stop(call: Call, execution: Execution, status: int) -> None:
    now = _moment(call, execution).status
    if now not in lifecycle.STOPPABLE or execution.deleted is not None:
        raise Problem(status, WRONG_STATE, f"Invalid Request, Current status {now} cannot be changed.")
    execution.stopped = call.group.now()


def _delete(call: Call, execution: Execution, status: int) -> None:
    now = _moment(call, execution).status
    if now not in lifecycle.DELETABLE:
        raise Problem(status, WRONG_STATE, f"Invalid Request, Current status {now} cannot be changed.")
    if execution.deleted is None:
        call.group.delete(execution)


def _moment(call: Call, execution: Execution) -> Moment:
    return lifecycle.at(execution, call.group.now(), call.group.pace)


def _show(call: Call, execution: Execution) -> dict[str, Any]:
    moment = _moment(call, execution)
    configuration = execution.configuration
    head = {
        "id": execution.id,
        "configurationId": configuration["id"],
        "status": moment.status,
        "createdAt": seconds(execution.created),
        "modifiedAt": seconds(moment.modified),
    }
    if call.query.get("$select") == "status":
        return head
    full: dict[str, Any] = {
        **head,
        "configurationName": configuration["name"],
        "executableId": configuration["executableId"],
        "scenarioId": configuration["scenarioId"],
        "targetStatus": moment.target_status,
        "statusMessage": execution.failure[:256] if moment.status == "DEAD" else None,
        "outputArtifacts": [artifacts.show(call, a) for a in execution.artifacts or ()],
        "submissionTime": _stamp(moment.submitted),
        "startTime": _stamp(moment.started),
        "completionTime": _stamp(moment.completed),
    }
    if call.switches["execution-progress"] == "yes":
        full["progress"] = "100/100" if moment.status == "COMPLETED" else "0/100"
    return query.shown(full, call, _OPTIONAL)


def _stamp(when: float | None) -> str | None:
    return None if when is None else seconds(when)


def _found(call: Call) -> list[dict[str, Any]]:
    wanted = call.query.get("executableIds")
    found = []
    for execution in call.group.executions.values():
        configuration = execution.configuration
        facts = {"configurationId": configuration["id"], "scenarioId": configuration["scenarioId"]}
        if wanted is not None and configuration["executableId"] not in wanted:
            continue
        if not query.matches(facts, call, ("configurationId", "scenarioId", "executionScheduleId")):
            continue
        if "status" in call.query and _moment(call, execution).status != call.query["status"]:
            continue
        found.append(_show(call, execution))
    return found


def _failure(call: Call, configuration: dict[str, Any], executable: content.Executable) -> str:
    bound = {b["key"]: b["artifactId"] for b in configuration["inputArtifactBindings"]}
    for name in executable.inputs:
        if name not in bound:
            return f"Input artifact {name} is not bound; keys are case-sensitive"
        artifact = call.group.artifacts.get(bound[name])
        if artifact is None or artifact["url"].endswith("/"):
            return "Failed to load artifacts: The specified key does not exist"
    given = {b["key"] for b in configuration["parameterBindings"]}
    for name, default in executable.parameters.items():
        if default is None and name not in given:
            return f"Parameter {name} is not bound; keys are case-sensitive"
    return ""
