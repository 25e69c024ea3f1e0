"""Executions: from the artifact to the trained model, one that dies, one that is stopped, and many at once."""

import uuid

from ai_api_client_sdk.models.base_models import BasicModifyRequest, Order
from ai_api_client_sdk.models.execution_get_status_response import ExecutionGetStatusResponse
from ai_api_client_sdk.models.status import Status
from ai_api_client_sdk.models.target_status import TargetStatus
from walking import (
    SCENARIO,
    TRAINING,
    accepted,
    configure,
    core,
    dataset,
    falling,
    gone,
    in_time,
    refused,
    statuses,
    tell,
    until,
)

FORBIDDEN = "01010076"

client = core()
mark = uuid.uuid4().hex[:12]
data = dataset(client)
configuration = configure(client, TRAINING, {"text-data": data}, {"train-epochs": "2"}, name=f"walk {mark}")
misspelt = configure(client, TRAINING, {"text-dat": data})

# To the model.
made = client.execution.create(configuration)
assert made.status in (Status.UNKNOWN, Status.PENDING), made.status
fresh = client.execution.get(made.id)
assert fresh.target_status is TargetStatus.COMPLETED
assert (fresh.configuration_id, fresh.configuration_name, fresh.scenario_id) == (
    configuration,
    f"walk {mark}",
    SCENARIO,
)
glance = client.execution.get(made.id, select="status")
assert isinstance(glance, ExecutionGetStatusResponse)
assert (glance.id, glance.configuration_id, glance.created_at) == (made.id, configuration, fresh.created_at)
way = statuses(client.execution, made.id, "COMPLETED", "DEAD")
ended = client.execution.get(made.id)
models = ended.output_artifacts
assert {a.id for a in client.artifact.query(execution_id=made.id).resources} == {a.id for a in models}
assert client.artifact.get(models[0].id).execution_id == made.id

# Found and counted.
filters = {"scenario_id": SCENARIO, "configuration_id": configuration, "executable_ids": [TRAINING, "other"]}
found = client.execution.query(**filters, status=Status.COMPLETED, top=10)
assert found.count == len(found.resources)
counts = {
    "completed": client.execution.count(**filters, status=Status.COMPLETED),
    "dead": client.execution.count(**filters, status=Status.DEAD),
    "all": client.execution.count(configuration_id=configuration),
}

# Its log.
lines = client.execution.query_logs(made.id).data.result
backwards = client.execution.query_logs(made.id, order=Order.DESC).data.result
early = client.execution.query_logs(made.id, end=ended.created_at.replace(year=2001)).data.result

# One that must die.
dying = client.execution.create(misspelt).id
dead_way = statuses(client.execution, dying, "COMPLETED", "DEAD")
dead = client.execution.get(dying)
dead_lines = client.execution.query_logs(dying).data.result

# One that is stopped.
stopped, stop = in_time(
    client.execution,
    configuration,
    lambda found: accepted(client.execution.modify, found, TargetStatus.STOPPED),
)
assert client.execution.get(stopped).target_status is TargetStatus.STOPPED
stop_way = statuses(client.execution, stopped, "STOPPED", "COMPLETED", "DEAD")

# Many at once, one of them unknown.
unknown = "e" + uuid.uuid4().hex[:15]


def change(target, *executions):
    """Change the target of several executions and of the unknown one; returns messages, and codes of errors."""
    changes = [BasicModifyRequest(found, target) for found in (*executions, unknown)]
    items = client.execution.bulk_modify(changes).executions
    assert [item.id for item in items] == [*executions, unknown]
    return [getattr(item, "message", None) or item.error.code for item in items]


def stop_many(found):
    """Stop an execution and the unknown one; None when the execution was over before."""
    items = change(TargetStatus.STOPPED, found)
    return None if items[0] == FORBIDDEN else items


running, many = in_time(client.execution, configuration, stop_many)
until(lambda: client.execution.get(running).status, lambda status: status is Status.STOPPED)
many += change(TargetStatus.DELETED, stopped, running)
bulk_gone = [gone(client.execution, found)["exception"] for found in (stopped, running)]

# Deleted; the model stays.
deletion = client.execution.delete(made.id)
deleted = gone(client.execution, made.id)
kept = client.artifact.get(models[0].id)

tell(
    ways={"completed": [made.status.value, *way], "dead": dead_way, "stopped": stop_way},
    times=[t.isoformat() for t in (ended.submission_time, ended.start_time, ended.completion_time) if t],
    models=[{"name": a.name, "kind": a.kind.value, "url": a.url.replace(made.id, "ID")} for a in models],
    found=[e.id == made.id for e in found.resources],
    counts=counts,
    lines=len(lines),
    orders=[falling(lines), falling(backwards)],
    lines_early=len(early),
    dead={"message": dead.status_message, "log": "\n".join(line.msg for line in dead_lines)},
    messages={"stop": stop.message, "delete": deletion.message},
    many=many,
    gone=[deleted["exception"], *bulk_gone],
    kept=kept.name,
    forbidden=refused(client.execution.modify, dying, TargetStatus.STOPPED)["exception"],
)
