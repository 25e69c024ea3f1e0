"""SAP's SDK makes schedules, changes and pauses them, counts and deletes them."""

import pytest
from tests.sdk.conftest import exports


@pytest.fixture(scope="module")
def seen(sdk, mock):
    return sdk.walk("schedules", **exports(mock))


def test_a_new_schedule_is_active(seen):
    assert seen["fresh"] == {"name": "walk", "cron": "0 * * * *", "status": "ACTIVE"}
    assert seen["configuration"]


def test_changes_are_visible(seen):
    assert seen["paused"] == {"cron": "30 2 * * 1", "status": "INACTIVE"}
    assert seen["moved"] == {"configuration": True, "days": 60}


def test_counts_follow_status_and_configuration(seen):
    assert seen["counts"] == {
        "active": 2,
        "inactive": 1,
        "of the other configuration": 1,
        "runs": 0,
        "afterwards": 0,
    }


def test_the_messages_are_a_tenants(seen):
    assert seen["messages"] == {
        "create": "Execution Schedule created",
        "modify": ["Execution Schedule modified"] * 4,
        "delete": ["Execution Schedule deleted"] * 2,
    }


def test_a_deleted_schedule_is_gone(seen):
    assert seen["gone"] == ["AIAPINotFoundException"] * 2


def test_what_cannot_be_scheduled_is_refused(seen):
    refusals = seen["refusals"]
    assert refusals["cron"] == "AIAPIInvalidRequestException"
    assert refusals["configuration"] in ("AIAPIInvalidRequestException", "AIAPINotFoundException")
    assert refusals["modify"] == refusals["delete"] == "AIAPINotFoundException"
