"""Resource groups: an administrator makes one, works in it, sees that it is apart, and removes it."""

import uuid

from ai_api_client_sdk.models.label import Label
from walking import SCENARIO, core, dataset, refused, tell, until

client = core()
name = "walk" + uuid.uuid4().hex[:6]
groups = client.resource_groups

made = groups.create(name, labels=[Label(key="ext.ai.sap.com/walk", value="yes")])
assert made.resource_group_id == name
ready = until(lambda: groups.get(name).status, lambda status: status != "PROVISIONING")
shown = groups.get(name)
listed = groups.query()
assert listed.count == len(listed.resources)

inside, outside = core(resource_group=name), client
artifact = dataset(inside)
found = [a.id == artifact for a in inside.artifact.query(scenario_id=SCENARIO).resources]
apart = refused(outside.artifact.get, artifact)
scenarios = [sorted(s.id for s in c.scenario.query().resources) for c in (inside, outside)]

deletion = groups.delete(name)
until(lambda: refused(groups.get, name, missing="there"), lambda found: found != "there")
assert name not in {g.resource_group_id for g in groups.query().resources}

tell(
    ready=str(getattr(ready[-1], "value", ready[-1])),
    labels={label.key: label.value for label in shown.labels if label.key.startswith("ext.")},
    created=shown.created_at is not None,
    listed=sorted({g.resource_group_id for g in listed.resources} & {name, "tutorial"}) == ["tutorial", name],
    inside=found,
    apart=apart["exception"],
    same_scenarios=scenarios[0] == scenarios[1],
    deleted=deletion.id == name,
    nobody=refused(groups.get, "walkabsent")["exception"],
)
