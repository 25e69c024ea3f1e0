"""Schedules start executions on the mock's clock (facts C5 to C53)."""

from datetime import UTC, datetime, timedelta

import pytest


def make(tenant, cron="0 * * * *", **more):
    body = {"configurationId": tenant.training(), "cron": cron, "name": "each-hour", **more}
    return tenant.post("/executionSchedules", 202, **body)["id"]


def later(**distance):
    return (datetime.now(UTC) + timedelta(**distance)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_schedule_begins_active_and_is_paused_and_deleted(tenant):
    made = make(tenant)
    path = f"/executionSchedules/{made}"
    assert tenant.get(path)["status"] == "ACTIVE"
    assert "modified" in tenant.patch(path, 202, status="INACTIVE")["message"]
    assert tenant.get(path)["status"] == "INACTIVE"
    assert "deleted" in tenant.delete(path, 202)["message"]
    tenant.get(path, 404)


def test_it_fires_each_hour_of_the_mock(start_tenant):
    tenant = start_tenant("--hour", "0.5")
    made = make(tenant)

    def runs():
        return tenant.get("/executions", executionScheduleId=made)["resources"]

    first = tenant.until(lambda: len(runs()) >= 3 and runs())
    assert {run["executionScheduleId"] for run in first} == {made}
    assert tenant.get("/executions/$count", executionScheduleId=made) >= 3
    tenant.patch(f"/executionSchedules/{made}", 202, status="INACTIVE")
    known = {run["id"] for run in runs()}
    with pytest.raises(AssertionError, match="does not come"):
        tenant.until(lambda: len(runs()) > len(known), 1.2)
    tenant.delete(f"/executionSchedules/{made}", 202)
    assert {run["id"] for run in runs()} == known


def test_twelve_hours_take_twelve_times_as_long(start_tenant):
    tenant = start_tenant("--hour", "0.2")
    often, seldom = make(tenant), make(tenant, "0 */12 * * *")

    def number(made):
        return tenant.get("/executions/$count", executionScheduleId=made)

    tenant.until(lambda: number(often) >= 24)
    assert 1 <= number(seldom) <= 3


def test_it_is_inactive_when_its_end_is_reached(start_tenant):
    tenant = start_tenant("--hour", "0.3")
    made = make(tenant, end=later(hours=5))
    path = f"/executionSchedules/{made}"
    assert tenant.get(path)["status"] == "ACTIVE"
    tenant.seen(path, "INACTIVE")
    # Five full hours lie in any five hours, or four when the last one is the end itself.
    assert 4 <= tenant.get("/executions/$count", executionScheduleId=made) <= 5


def test_nothing_fires_before_the_start(start_tenant):
    tenant = start_tenant("--hour", "0.05")
    early, late = make(tenant), make(tenant, start=later(days=300))
    tenant.until(lambda: tenant.get("/executions/$count", executionScheduleId=early) >= 5)
    assert tenant.get("/executions/$count", executionScheduleId=late) == 0


@pytest.mark.parametrize(
    "cron",
    [
        "",
        "whenever",
        "* * * *",
        "61 * * * *",
        "0 0 31 2 *",
        "@hourly",
        "*/30 * * * *",
        "0 0 0 0 0 0 0",
        "1," * 500 + "1",
    ],
)
def test_an_invalid_or_too_frequent_cron_is_refused(tenant, cron):
    body = {"configurationId": tenant.training(), "cron": cron, "name": "odd"}
    tenant.post("/executionSchedules", 400, **body)


@pytest.mark.parametrize("cron", ["0 * * * *", "1 1 1 1 1", "0 0 * * MON", "0 0 * * * *"])
def test_valid_crons_are_accepted(tenant, cron):
    assert tenant.get(f"/executionSchedules/{make(tenant, cron)}")["cron"] == cron


@pytest.mark.parametrize("when", ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
@pytest.mark.parametrize("member", ["start", "end"])
def test_the_first_and_last_years_of_the_calendar_cause_no_server_error(tenant, when, member):
    body = {"configurationId": tenant.training(), "cron": "0 * * * *", "name": "odd", member: when}
    answer = tenant.send("POST", "/executionSchedules", json=body)
    assert answer.status_code in (202, 400)
    assert tenant.send("GET", "/executionSchedules").status_code == 200


def test_a_change_keeps_the_name_and_the_members_it_does_not_have(tenant):
    made = make(tenant)
    path = f"/executionSchedules/{made}"
    tenant.patch(path, 202, cron="5 5 * * *", name="another")
    found = tenant.get(path)
    assert (found["cron"], found["name"], found["status"]) == ("5 5 * * *", "each-hour", "ACTIVE")


def test_the_count_has_the_filters_of_the_list(tenant):
    made = make(tenant)
    configuration = tenant.get(f"/executionSchedules/{made}")["configurationId"]
    for status, number in (("ACTIVE", 1), ("INACTIVE", 0)):
        query = {"configurationId": configuration, "status": status}
        assert tenant.get("/executionSchedules/$count", **query) == number
        assert tenant.get("/executionSchedules", **query)["count"] == number


def test_only_executables_of_executions_can_be_scheduled(tenant):
    body = {"cron": "0 * * * *", "name": "odd"}
    tenant.post("/executionSchedules", 400, configurationId=tenant.serving(), **body)
    tenant.post("/executionSchedules", 400, configurationId="unknown", **body)
