"""Scenarios, versions, executables, models, and what the server says about itself."""

from walking import SCENARIO, SERVING, TRAINING, api, core, tell

client, beneath = core(), api()

listed = client.scenario.query()
assert listed.count == len(listed.resources)
scenario = client.scenario.get(SCENARIO)
assert scenario in listed.resources
assert scenario.modified_at >= scenario.created_at

versions = client.scenario.query_versions(SCENARIO)
assert versions.count == len(versions.resources) > 0
assert {v.scenario_id for v in versions.resources} == {SCENARIO}

executables = client.executable.query(SCENARIO)
assert executables.count == len(executables.resources)
training, serving = (client.executable.get(SCENARIO, name) for name in (TRAINING, SERVING))
assert training in executables.resources
assert serving in executables.resources
of_version = client.executable.query(SCENARIO, version_id=training.version_id).resources
assert training in of_version
elsewhere = client.executable.query(SCENARIO, resource_group="other").resources
assert [e.id for e in elsewhere] == [e.id for e in executables.resources]

llm = client.scenario.query_llm_scenarios()
models = client.model.query()
assert models.count == len(models.resources)
versions_of_models = [v for m in models.resources for v in m.versions or []]
assert all(isinstance(v.is_latest, bool) and isinstance(v.deprecated, bool) for v in versions_of_models)

meta = client.meta.get()
health = beneath.healthz.get()

tell(
    scenarios=[s.id for s in listed.resources],
    versions=[v.id for v in versions.resources],
    training={
        "version": training.version_id,
        "deployable": training.deployable,
        "parameters": {p.name: p.default for p in training.parameters},
        "inputs": [a.name for a in training.input_artifacts],
        "outputs": {a.name: a.kind for a in training.output_artifacts},
    },
    serving={"deployable": serving.deployable, "inputs": [a.name for a in serving.input_artifacts]},
    llm_scenarios=[s.id for s in llm.resources],
    models=[m.model for m in models.resources],
    latest=[sum(v.is_latest for v in m.versions or []) for m in models.resources],
    capabilities={
        "executions": meta.ai_api.capabilities.user_executions,
        "deployments": meta.ai_api.capabilities.user_deployments,
        "schedules": meta.ai_api.capabilities.execution_schedules,
        "ttl": meta.ai_api.capabilities.time_to_live_deployments,
        "execution_logs": meta.ai_api.capabilities.logs.executions,
        "deployment_logs": meta.ai_api.capabilities.logs.deployments,
        "bulk_executions": meta.ai_api.capabilities.bulk_updates.executions,
        "bulk_deployments": meta.ai_api.capabilities.bulk_updates.deployments,
    },
    api_versions=[v.version_id for v in client.meta.get_versions().versions],
    health=health.status.value,
)
