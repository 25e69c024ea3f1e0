"""Executions and deployments in bulk, and lists that run behind."""

import pytest


@pytest.mark.parametrize("kind", ["executions", "deployments"])
def test_a_bulk_update_answers_each_item_in_order(start_tenant, kind):
    tenant = start_tenant("--pace", "0.4")
    start = tenant.execution if kind == "executions" else tenant.deployment
    first, second = start(), start()
    tenant.seen(f"/{kind}/{second}", "RUNNING")
    wanted = [
        {"id": second, "targetStatus": "STOPPED"},
        {"id": "unknown", "targetStatus": "STOPPED"},
        {"id": first, "targetStatus": "DELETED"},
    ]
    entries = tenant.patch(f"/{kind}", 202, **{kind: wanted})[kind]
    assert [entry["id"] for entry in entries] == [second, "unknown", first]
    assert "message" in entries[0]
    unknown = {"executions": "01010020", "deployments": "01010016"}[kind]
    assert [entry.get("error", {}).get("code") for entry in entries] == [None, unknown, "01010076"]
    tenant.seen(f"/{kind}/{second}", "STOPPED")
    tenant.patch(f"/{kind}", 202, **{kind: [{"id": second, "targetStatus": "DELETED"}]})
    tenant.gone(f"/{kind}/{second}")


def test_a_bulk_request_with_a_repeated_id_is_refused(tenant):
    twice = [{"id": "one-of-them", "targetStatus": status} for status in ("STOPPED", "DELETED")]
    tenant.patch("/deployments", 400, deployments=twice)


def test_a_bulk_request_has_at_most_a_hundred_items(tenant):
    def many(number):
        return [{"id": f"absent-{i}", "targetStatus": "STOPPED"} for i in range(number)]

    assert len(tenant.patch("/deployments", 202, deployments=many(100))["deployments"]) == 100
    tenant.patch("/deployments", 400, deployments=many(101))


def test_lists_may_be_delayed(start_tenant):
    tenant = start_tenant("--pace", "1", "--switch", "list-lag=late", "--switch", "deletion=fast")
    made = tenant.execution()

    def listed():
        return made in {e["id"] for e in tenant.get("/executions")["resources"]}

    assert tenant.get(f"/executions/{made}")["id"] == made
    assert not listed()
    tenant.until(listed)
    tenant.delete(f"/executions/{made}", 202)
    tenant.get(f"/executions/{made}", 404)
    assert listed()
    tenant.until(lambda: not listed())


def test_a_deployment_may_be_unknown_for_a_moment(start_tenant):
    tenant = start_tenant("--pace", "1", "--switch", "deployment-gap=late")
    path = f"/deployments/{tenant.deployment()}"
    tenant.get(path, 404)
    tenant.until(lambda: tenant.send("GET", path).status_code == 200)
    tenant.seen(path, "RUNNING")


@pytest.mark.parametrize(
    ("life", "statuses"),
    [
        ("instant", ["COMPLETED"]),
        ("no-pending", ["UNKNOWN", "RUNNING", "COMPLETED"]),
        ("stuck", ["UNKNOWN"]),
    ],
)
def test_a_lifecycle_follows_its_switch(start_tenant, life, statuses):
    tenant = start_tenant("--pace", "0.3", "--switch", f"execution-life={life}")
    path = f"/executions/{tenant.execution()}"
    seen = []
    tenant.until(lambda: seen.append(tenant.get(path)["status"]) or len(seen) > 60)
    assert list(dict.fromkeys(seen)) == statuses


def test_every_lifecycle_ends_with_outputs(start_tenant):
    tenant = start_tenant("--switch", "execution-life=instant")
    made = tenant.execution()
    output = tenant.get(f"/executions/{made}")["outputArtifacts"]
    assert [a["name"] for a in output] == ["text-model-tutorial"]
    assert tenant.get("/artifacts", executionId=made)["count"] == 1


def test_wrong_bindings_may_keep_an_execution_pending(start_tenant):
    tenant = start_tenant("--switch", "wrong-bindings=PENDING")
    path = f"/executions/{tenant.execution(tenant.training('ai://default/data/'))}"
    tenant.seen(path, "PENDING")
    with pytest.raises(AssertionError, match="does not come"):
        tenant.seen(path, "DEAD", 1.0)


def test_a_foreign_id_may_be_forbidden(start_tenant):
    tenant = start_tenant("--switch", "foreign-id=403")
    made = tenant.execution()
    tenant.session.headers["AI-Resource-Group"] = "other"
    assert tenant.send("GET", f"/executions/{made}").status_code == 403
    assert tenant.send("GET", "/executions/e000000000000000").status_code == 404


def test_the_deprecated_endpoints_start_what_a_configuration_is_for(start_tenant):
    tenant = start_tenant("--dialect", "deprecated")
    execution = tenant.post(f"/configurations/{tenant.training()}/executions", 202)
    assert tenant.get(f"/executions/{execution['id']}")["targetStatus"] == "COMPLETED"
    deployment = tenant.post(f"/configurations/{tenant.serving()}/deployments", 202)
    assert (deployment["status"], deployment["deploymentUrl"]) == ("UNKNOWN", "")
    assert tenant.get(f"/deployments/{deployment['id']}")["targetStatus"] == "RUNNING"
    tenant.post(f"/configurations/{tenant.training()}/deployments", 400)
