"""The mock advertises what it offers, and offers what it advertises."""

import pytest

from lmconform.contract.openapi import Contract
from lmconform.mock.capabilities import capabilities
from lmconform.mock.routes import handlers


def advertised(meta, name):
    """Whether GET /lm/meta has a capability that --without can take away."""
    if name in ("metrics", "dataset"):
        return name in meta["extensions"]
    node = meta["aiApi"]["capabilities"]
    for part in name.split("."):
        node = node[part]
    return node


def test_every_operation_has_a_handler():
    assert {operation.id for operation in Contract.load().operations} <= set(handlers(Contract.load()))


def test_all_capabilities_are_advertised_by_default(tenant):
    meta = tenant.get("/meta")
    assert all(advertised(meta, name) for name in capabilities())


@pytest.mark.parametrize(
    ("name", "path", "also"),
    [
        ("userDeployments", "/deployments", ("timeToLiveDeployments", "logs.deployments", "bulkUpdates.deployments")),
        ("userExecutions", "/executions", ("executionSchedules", "logs.executions", "bulkUpdates.executions")),
        ("executionSchedules", "/executionSchedules", ()),
        ("metrics", "/metrics?executionIds=unknown", ()),
        ("dataset", "/dataset/files/some/file", ()),
    ],
)
def test_a_removed_capability_is_neither_advertised_nor_offered(start_tenant, name, path, also):
    tenant = start_tenant("--without", name)
    meta = tenant.get("/meta")
    assert {n for n in capabilities() if not advertised(meta, n)} == {name, *also}
    answer = tenant.send("GET", path)
    assert answer.status_code == 404
    assert "does not exist" not in answer.text
    assert tenant.send("GET", "/scenarios").status_code == 200


def test_without_time_to_live_a_ttl_is_refused(start_tenant):
    tenant = start_tenant("--without", "timeToLiveDeployments")
    assert "timeToLiveDeployments" not in tenant.get("/meta")["aiApi"]["limits"]
    tenant.post("/deployments", 400, configurationId=tenant.serving(), ttl="10h")
    tenant.deployment()


def test_without_logs_the_rest_of_executions_stays(start_tenant):
    tenant = start_tenant("--without", "logs.executions", "--without", "bulkUpdates.executions")
    path = f"/executions/{tenant.execution()}"
    assert tenant.send("GET", f"{path}/logs").status_code == 404
    assert tenant.send("PATCH", "/executions", json={"executions": []}).status_code in (404, 405)
    tenant.seen(path, "COMPLETED")


def test_health_and_versions_are_served(tenant):
    assert tenant.get("/healthz")["status"] == "READY"
    assert set(tenant.get("/meta/versions")["versions"][0]) == {"versionId", "url", "description"}


def test_a_runtime_may_have_no_meta(start_tenant):
    start_tenant("--switch", "meta=absent").get("/meta", 404)
