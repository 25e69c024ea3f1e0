"""Deployments: serve, update to another configuration, stop, delete, one by one and many at once."""

import uuid

from ai_api_client_sdk.models.artifact import Artifact
from ai_api_client_sdk.models.base_models import BasicModifyRequest, Order
from ai_api_client_sdk.models.deployment_get_status_response import DeploymentGetStatusResponse
from ai_api_client_sdk.models.status import Status
from ai_api_client_sdk.models.target_status import TargetStatus
from walking import SCENARIO, SERVING, configure, core, falling, gone, refused, statuses, tell, until

client = core()
deployments = client.deployment
model = client.artifact.create(
    name="walk-model", kind=Artifact.Kind.MODEL, url="ai://default/model", scenario_id=SCENARIO
).id
first, second = (configure(client, SERVING, {"textmodel": model}, name=f"walk {n}") for n in (1, 2))
incomplete = configure(client, SERVING, {})


def deploy(**more):
    """A deployment of the first configuration; it may be unknown for a moment."""
    answer = deployments.create(first, **more)
    until(lambda: refused(deployments.get, answer.id, missing="there"), lambda found: found == "there")
    return answer


# Until it serves.
made = deploy(ttl="10h")
assert made.status in (Status.UNKNOWN, Status.PENDING), made.status
assert made.deployment_url in ("", None), made.deployment_url
fresh = deployments.get(made.id)
assert fresh.target_status is TargetStatus.RUNNING
assert (fresh.configuration_id, fresh.configuration_name, fresh.scenario_id) == (first, "walk 1", SCENARIO)
glance = deployments.get(made.id, select="status")
assert isinstance(glance, DeploymentGetStatusResponse)
assert (glance.id, glance.configuration_id) == (made.id, first)
way = statuses(deployments, made.id, "RUNNING", "DEAD")
serving = deployments.get(made.id)
assert serving.completion_time is None

# Found and counted; its log.
filters = {"scenario_id": SCENARIO, "configuration_id": first, "executable_ids": [SERVING, "other"]}
found = deployments.query(**filters, status=Status.RUNNING, top=10)
assert found.count == len(found.resources)
counts = {
    "running": deployments.count(**filters, status=Status.RUNNING),
    "stopped": deployments.count(**filters, status=Status.STOPPED),
}
lines = deployments.query_logs(made.id).data.result
backwards = deployments.query_logs(made.id, order=Order.DESC, top=1000).data.result

# Updated while it serves, back and forth until a look comes before the new configuration runs.
old, new = first, second
for _ in range(5):
    update = deployments.modify(made.id, configuration_id=new)
    updated = deployments.get(made.id)
    assert updated.configuration_id == new
    update_way = statuses(deployments, made.id, "RUNNING", "DEAD")
    if updated.latest_running_configuration_id == old:
        break
    old, new = new, old

# Refused while it serves, and when a model is missing.
refusals = {
    "delete while it runs": refused(deployments.delete, made.id),
    "incomplete": refused(deployments.create, incomplete),
    "nobody's configuration": refused(deployments.create, str(uuid.uuid4())),
}

# Stopped, deleted.
stop = deployments.modify(made.id, target_status=TargetStatus.STOPPED)
assert deployments.get(made.id).target_status is TargetStatus.STOPPED
stop_way = statuses(deployments, made.id, "STOPPED", "DEAD")
stopped = deployments.get(made.id)
refusals["stop twice"] = refused(deployments.modify, made.id, target_status=TargetStatus.STOPPED)
deletion = deployments.delete(made.id)
deleted = gone(deployments, made.id)
# Lists may run behind.
until(lambda: {d.id for d in deployments.query(scenario_id=SCENARIO).resources}, lambda ids: made.id not in ids)

# Many at once: one is stopped, one unknown.
running = deploy().id
statuses(deployments, running, "RUNNING", "DEAD")
unknown = "d" + uuid.uuid4().hex[:15]
stops = deployments.bulk_modify(
    [BasicModifyRequest(running, TargetStatus.STOPPED), BasicModifyRequest(unknown, TargetStatus.STOPPED)]
).deployments
assert [item.id for item in stops] == [running, unknown]
statuses(deployments, running, "STOPPED", "DEAD")
deletes = deployments.bulk_modify([BasicModifyRequest(running, TargetStatus.DELETED)]).deployments
bulk_gone = gone(deployments, running)

tell(
    ways={"running": [made.status.value, *way], "update": update_way, "stopped": stop_way},
    message=made.message,
    ttl=fresh.ttl,
    url=serving.deployment_url.replace(made.id, "ID"),
    times=[t.isoformat() for t in (serving.submission_time, serving.start_time) if t],
    operations=[getattr(d.last_operation, "value", None) for d in (fresh, updated)],
    found=[d.id == made.id for d in found.resources],
    counts=counts,
    lines=len(lines),
    orders=[falling(lines), falling(backwards)],
    updated={
        "running": updated.latest_running_configuration_id == old,
        "name": updated.configuration_name == {first: "walk 1", second: "walk 2"}[new],
    },
    stopped={"completed": stopped.completion_time is not None},
    messages={"update": update.message, "stop": stop.message, "delete": deletion.message},
    refusals={name: found["status"] for name, found in refusals.items()},
    many=[getattr(item, "message", None) or item.error.code for item in (*stops, *deletes)],
    gone=[deleted["exception"], bulk_gone["exception"]],
)
