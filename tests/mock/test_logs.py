"""Logs say what a run has done by now (facts F49, F50)."""

from datetime import UTC, datetime, timedelta

import pytest


def messages(tenant, path, **query):
    return [line["msg"] for line in tenant.get(f"{path}/logs", **query)["data"]["result"]]


def test_there_are_no_log_lines_before_the_start(start_tenant):
    tenant = start_tenant("--pace", "0.5")
    path = f"/executions/{tenant.execution()}"
    assert messages(tenant, path) == []
    tenant.seen(path, "RUNNING")
    assert messages(tenant, path)


@pytest.mark.parametrize("kind", ["executions", "deployments"])
def test_top_and_order_select_lines(tenant, kind):
    path = f"/{kind}/{tenant.execution() if kind == 'executions' else tenant.deployment()}"
    tenant.until(lambda: len(messages(tenant, path)) > 5)
    lines = tenant.get(f"{path}/logs")["data"]["result"]
    times = [line["timestamp"] for line in lines]
    assert times == sorted(times)
    assert len(messages(tenant, path, **{"$top": 2})) == 2
    newest = tenant.get(f"{path}/logs", **{"$order": "desc", "$top": 1})["data"]["result"]
    assert newest[0]["timestamp"] > times[0]
    # Without the dollar sign they are unknown parameters.
    assert len(messages(tenant, path, top=1)) > 1
    for wrong in ({"$top": 0}, {"$top": 5001}, {"$order": "up"}, {"start": "yesterday"}):
        tenant.get(f"{path}/logs", 400, **wrong)


def test_a_window_selects_lines(tenant):
    path = f"/executions/{tenant.execution()}"
    tenant.seen(path, "COMPLETED")
    now = datetime.now(UTC)
    for start, end, some in ((-1, 1, True), (-3, -2, False), (1, 2, False), (1, -1, False)):
        query = {
            "start": (now + timedelta(hours=start)).isoformat(),
            "end": (now + timedelta(hours=end)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        assert bool(messages(tenant, path, **query)) is some


def test_the_logs_of_a_dead_execution_have_the_reason(tenant):
    path = f"/executions/{tenant.execution(tenant.training('ai://default/data/'))}"
    words = tenant.seen(path, "DEAD")["statusMessage"]
    assert any(words in line for line in messages(tenant, path))


def test_logs_of_an_unknown_id_are_not_found(tenant):
    tenant.get("/executions/e000000000000000/logs", 404)
    tenant.get("/deployments/d000000000000000/logs", 404)


def test_logs_need_no_resource_group(tenant):
    path = f"/executions/{tenant.execution()}/logs"
    group = tenant.session.headers.pop("AI-Resource-Group")
    tenant.get(path)
    tenant.session.headers["AI-Resource-Group"] = "other"
    tenant.get(path, 404)
    tenant.session.headers["AI-Resource-Group"] = group


def test_the_names_of_sap_s_client_may_be_honoured(start_tenant):
    tenant = start_tenant("--switch", "undollared=honour")
    path = f"/executions/{tenant.execution()}"
    tenant.until(lambda: len(messages(tenant, path)) > 2)
    assert len(messages(tenant, path, top=1)) == 1
    assert tenant.get("/executions", top="many")["count"] == 1
