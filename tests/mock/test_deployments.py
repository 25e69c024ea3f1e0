"""Deployments live as facts C2 to C26 say."""

import pytest


def test_a_deployment_has_a_url_when_it_runs(tenant):
    made = tenant.post("/deployments", 202, configurationId=tenant.serving())
    path = f"/deployments/{made['id']}"
    assert made["deploymentUrl"] == ""
    fresh = tenant.get(path)
    assert (fresh["targetStatus"], fresh["lastOperation"]) == ("RUNNING", "CREATE")
    running = tenant.seen(path, "RUNNING")
    assert running["deploymentUrl"].endswith(f"/v2/inference/deployments/{made['id']}")
    assert running["latestRunningConfigurationId"] == running["configurationId"]


def test_a_deployment_is_unknown_then_pending_then_running(start_tenant):
    tenant = start_tenant("--pace", "0.4")
    path = f"/deployments/{tenant.deployment()}"
    assert tenant.get(path)["status"] == "UNKNOWN"
    tenant.patch(path, 400, targetStatus="STOPPED")
    tenant.seen(path, "PENDING")
    tenant.delete(path, 412)
    tenant.seen(path, "RUNNING")
    tenant.delete(path, 412)
    tenant.patch(path, 202, targetStatus="STOPPED")
    assert tenant.get(path)["status"] == "STOPPING"
    tenant.delete(path, 412)
    assert tenant.seen(path, "STOPPED")["targetStatus"] == "STOPPED"
    assert tenant.delete(path, 202)["targetStatus"] == "DELETED"
    assert tenant.get(path)["targetStatus"] == "DELETED"
    tenant.gone(path)


def test_an_unknown_deployment_is_deleted_without_a_stop(start_tenant):
    tenant = start_tenant("--pace", "1")
    path = f"/deployments/{tenant.deployment()}"
    tenant.delete(path, 202)
    tenant.gone(path)


def test_the_old_configuration_serves_until_the_new_one_runs(start_tenant):
    tenant = start_tenant("--pace", "0.3")
    old, new = tenant.serving(), tenant.serving()
    path = f"/deployments/{tenant.deployment(old)}"
    tenant.seen(path, "RUNNING")
    tenant.patch(path, 202, configurationId=new)
    after = tenant.get(path)
    assert (after["configurationId"], after["latestRunningConfigurationId"]) == (new, old)
    assert (after["lastOperation"], after["status"]) == ("UPDATE", "PENDING")
    assert tenant.seen(path, "RUNNING")["latestRunningConfigurationId"] == new


def test_an_update_need_not_show_in_the_status(start_tenant):
    tenant = start_tenant("--pace", "0.3", "--switch", "deployment-update=serves-on")
    old, new = tenant.serving(), tenant.serving()
    path = f"/deployments/{tenant.deployment(old)}"
    tenant.seen(path, "RUNNING")
    tenant.patch(path, 202, configurationId=new)
    after = tenant.get(path)
    assert (after["status"], after["latestRunningConfigurationId"]) == ("RUNNING", old)
    tenant.until(lambda: tenant.get(path)["latestRunningConfigurationId"] == new)


def test_an_update_that_is_stopped_keeps_the_last_running_configuration(start_tenant):
    tenant = start_tenant("--pace", "0.3")
    old = tenant.serving()
    path = f"/deployments/{tenant.deployment(old)}"
    tenant.seen(path, "RUNNING")
    tenant.patch(path, 202, configurationId=tenant.serving())
    tenant.patch(path, 202, targetStatus="STOPPED")
    assert tenant.seen(path, "STOPPED")["latestRunningConfigurationId"] == old


def test_bindings_are_checked_before_the_response(tenant):
    bare = tenant.post(
        "/configurations",
        201,
        name="bare",
        scenarioId="text-clf-tutorial",
        executableId="text-clf-infer-tutorial",
    )["id"]
    error = tenant.post("/deployments", 400, configurationId=bare)["error"]
    assert "textmodel" in error["message"]
    path = f"/deployments/{tenant.deployment()}"
    tenant.seen(path, "RUNNING")
    tenant.patch(path, 400, configurationId=bare)
    assert tenant.get(path)["configurationId"] != bare


def test_a_training_cannot_be_deployed(tenant):
    tenant.post("/deployments", 400, configurationId=tenant.training())


def test_a_model_that_cannot_be_loaded_ends_in_dead(tenant):
    path = f"/deployments/{tenant.deployment(tenant.serving('ai://default/model/'))}"
    assert "does not exist" in tenant.seen(path, "DEAD")["statusMessage"]
    # A dead one can be given a better configuration for some days.
    tenant.patch(path, 202, configurationId=tenant.serving())
    tenant.seen(path, "RUNNING")


@pytest.mark.parametrize("ttl", ["10m", "10M", "2h", "0003D"])
def test_a_ttl_is_echoed(tenant, ttl):
    made = tenant.post("/deployments", 202, configurationId=tenant.serving(), ttl=ttl)
    assert made["ttl"] == tenant.get(f"/deployments/{made['id']}")["ttl"] == ttl


@pytest.mark.parametrize("ttl", ["9m", "0h", "000"])
def test_a_ttl_below_the_minimum_or_without_a_unit_is_refused(tenant, ttl):
    tenant.post("/deployments", 400, configurationId=tenant.serving(), ttl=ttl)


def test_the_minimum_may_be_no_limit(start_tenant):
    tenant = start_tenant("--switch", "ttl-below-minimum=accept")
    tenant.deployment(ttl="9m")


def test_a_deployment_is_stopped_and_deleted_when_its_ttl_is_over(start_tenant):
    # An hour of 6 s makes 10 minutes a second.
    tenant = start_tenant("--pace", "0.2", "--hour", "6")
    path = f"/deployments/{tenant.deployment(ttl='10m')}"
    lasting = f"/deployments/{tenant.deployment(ttl='10d')}"
    tenant.seen(path, "RUNNING")
    assert tenant.seen(path, "STOPPED")["targetStatus"] in ("STOPPED", "DELETED")
    tenant.gone(path)
    assert tenant.get(lasting)["status"] == "RUNNING"


def test_a_stopped_deployment_is_deleted_when_its_ttl_is_over(start_tenant):
    tenant = start_tenant("--hour", "6")
    path = f"/deployments/{tenant.deployment(ttl='10m')}"
    tenant.seen(path, "RUNNING")
    tenant.patch(path, 202, targetStatus="STOPPED")
    tenant.gone(path)


def test_lists_and_counts_agree_under_each_filter(tenant):
    configuration = tenant.serving()
    made = {tenant.deployment(configuration) for _ in range(2)}
    query = {"configurationId": configuration, "executableIds": "text-clf-infer-tutorial,nothing"}
    assert {d["id"] for d in tenant.get("/deployments", **query)["resources"]} == made
    assert tenant.get("/deployments/$count", **query) == 2
    assert tenant.get("/deployments/$count", configurationId=configuration, executableIds="nothing") == 0
    assert tenant.get("/deployments/$count", configurationId=configuration, status="DEAD") == 0


def test_select_status_returns_only_the_status(tenant):
    made = tenant.deployment()
    found = tenant.get(f"/deployments/{made}", **{"$select": "status"})
    assert set(found) == {"id", "configurationId", "status", "createdAt", "modifiedAt", "details"}


def test_a_modification_has_a_message(tenant):
    path = f"/deployments/{tenant.deployment()}"
    tenant.seen(path, "RUNNING")
    tenant.patch(path, 400)
