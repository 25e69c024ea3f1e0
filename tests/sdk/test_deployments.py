"""SAP's SDK deploys a model, updates, stops and deletes the deployment."""

import pytest
from tests.sdk.conftest import exports
from tests.sdk.test_training import in_order

LIFE = ["UNKNOWN", "PENDING", "RUNNING"]


@pytest.fixture(scope="module")
def seen(sdk, mock):
    return sdk.walk("deployments", **exports(mock))


def test_a_deployment_gets_its_url_once_it_runs(seen, mock):
    assert in_order(seen["ways"]["running"], LIFE)
    assert seen["ways"]["running"][-1] == "RUNNING"
    assert seen["url"] == f"{mock.url}/v2/inference/deployments/ID"
    assert len(seen["times"]) == 2
    assert seen["times"] == sorted(seen["times"])
    assert seen["message"].startswith("Deployment scheduled")


def test_the_time_to_live_is_kept(seen):
    assert seen["ttl"] == "10h"


def test_another_configuration_is_visible_at_once_and_the_old_one_as_the_running_one(seen):
    assert seen["updated"] == {"running": True, "name": True}
    assert seen["operations"] == ["CREATE", "UPDATE"]
    assert seen["ways"]["update"][-1] == "RUNNING"


def test_a_stopped_deployment_stays_stopped_until_it_is_deleted(seen):
    assert in_order(seen["ways"]["stopped"], ["RUNNING", "STOPPING", "STOPPED"])
    assert seen["stopped"] == {"completed": True}
    assert seen["gone"] == ["AIAPINotFoundException"] * 2


def test_deployments_are_found_and_counted(seen):
    assert seen["found"] == [True]
    assert seen["counts"] == {"running": 1, "stopped": 0}


def test_a_log_has_lines(seen):
    assert seen["lines"] > 0
    assert seen["orders"][0] is False


def test_forbidden_transitions_and_missing_bindings_are_refused_at_once(seen):
    refusals = seen["refusals"]
    assert refusals["delete while it runs"] in (400, 412)
    assert refusals["stop twice"] in (400, 412)
    assert refusals["incomplete"] == 400
    assert refusals["nobody's configuration"] in (400, 404)


def test_many_are_modified_at_once_and_an_unknown_one_says_so(seen):
    scheduled = "Deployment modification scheduled"
    assert seen["many"] == [scheduled, "01010016", scheduled]


def test_the_messages_are_a_tenants(seen):
    assert seen["messages"] == {
        "update": "Deployment modification scheduled",
        "stop": "Deployment modification scheduled",
        "delete": "Deletion scheduled",
    }
