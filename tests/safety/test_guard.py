"""The guard: what may be sent to a tenant, and what never is."""

from datetime import UTC, datetime

import pytest

from lmconform.contract.openapi import Contract
from lmconform.errors import SafetyRefusal
from lmconform.safety.guard import (
    ABSENT_PREFIX,
    DEPLOYMENT_BUDGET,
    EXECUTION_BUDGET,
    NAME_PREFIX,
    Guard,
    Journal,
    fires_soon,
    quiet_month,
)


@pytest.fixture(scope="module")
def contract():
    return Contract.load()


def test_the_guard_lets_through_what_is_ours_or_nobodys(contract):
    journal = Journal()
    journal.created("execution", "e123", "tutorial")
    guard = Guard(journal, is_mock=False)
    delete = contract.operation("deleteExecution")
    guard.check(delete, {"executionId": "e123"}, {}, None)
    guard.check(delete, {"executionId": f"{ABSENT_PREFIX}1"}, {}, None)


@pytest.mark.parametrize(
    ("operation", "path", "query", "body"),
    [
        ("deleteExecution", {"executionId": "foreign"}, {}, None),
        ("modifyExecution", {"executionId": "foreign"}, {}, {"targetStatus": "STOPPED"}),
        ("modifyExecutions", {}, {}, {"executions": [{"id": "e123"}, {"id": "foreign"}]}),
        ("modifyDeployments", {}, {}, {"deployments": [{"id": "e123"}, {"id": "foreign"}]}),
        ("modifyDeployment", {"deploymentId": "foreign"}, {}, {"targetStatus": "STOPPED"}),
        ("deleteExecutionSchedule", {"executionScheduleId": "foreign"}, {}, None),
        ("uploadFile", {"path": "foreign"}, {}, None),
        ("deleteFile", {"path": "foreign"}, {}, None),
        ("deleteMetrics", {}, {"executionId": "foreign"}, None),
        ("patchMetrics", {}, {}, {"executionId": "foreign"}),
    ],
)
def test_the_guard_refuses_what_belongs_to_somebody_else(contract, operation, path, query, body):
    journal = Journal()
    journal.created("execution", "e123", "tutorial")
    with pytest.raises(SafetyRefusal, match="'foreign', which this run did not create"):
        Guard(journal, is_mock=False).check(contract.operation(operation), path, query, body)
    Guard(journal, is_mock=True).check(contract.operation(operation), path, query, body)


def test_a_run_writes_files_of_its_own_and_deletes_what_it_wrote(contract):
    journal = Journal()
    guard = Guard(journal, is_mock=False)
    path = {"path": f"{NAME_PREFIX}folder/a.csv"}
    guard.check(contract.operation("uploadFile"), path, {}, None)
    with pytest.raises(SafetyRefusal):
        guard.check(contract.operation("deleteFile"), path, {}, None)
    journal.created("file", path["path"], "tutorial")
    guard.check(contract.operation("deleteFile"), path, {}, None)


@pytest.mark.parametrize(
    ("kind", "operation", "budget"),
    [("execution", "createExecution", EXECUTION_BUDGET), ("deployment", "createDeployment", DEPLOYMENT_BUDGET)],
)
def test_a_run_starts_a_bounded_number_on_a_tenant(contract, kind, operation, budget):
    journal = Journal()
    guard = Guard(journal, is_mock=False)
    start = contract.operation(operation)
    for number in range(budget):
        guard.check(start, {}, {}, {"configurationId": "c123"})
        journal.created(kind, f"made-{number}", "tutorial")
        journal.removed(kind, f"made-{number}")
    with pytest.raises(SafetyRefusal, match=f"has started its {budget} {kind}s"):
        guard.check(start, {}, {}, {"configurationId": "c123"})
    Guard(journal, is_mock=True).check(start, {}, {}, {"configurationId": "c123"})


@pytest.mark.parametrize("month", range(1, 13))
def test_the_quiet_month_is_not_soon(month):
    now = datetime(2026, month, 28, tzinfo=UTC)
    quiet = quiet_month(now)
    assert 1 <= quiet <= 12
    assert not fires_soon(f"1 1 1 {quiet} *", now)
    assert not fires_soon(f"0 1 1 {quiet} {quiet} *", now)
    assert fires_soon(f"1 1 28 {month} *", now)
    assert fires_soon(f"1 1 1 {month % 12 + 1} *", now)


@pytest.mark.parametrize(
    ("cron", "soon"),
    [
        ("0 * * * *", True),
        ("0 0 1 */2 *", True),
        ("0 0 1 6-12 *", True),
        ("0 0 1 12,6 *", True),
        ("0 0 1 DEC *", True),
        ("0 3 21 1 *", True),
        ("0 3 19 1 *", True),
        ("0 3 27 1 *", True),
        ("0 3 1 1 1", True),
        ("0 3 1 1 *", False),
        ("0 3 15 2 1", False),
        ("0 0 0 21 1 *", True),
        ("0 0 21 1 6 *", True),
        ("0 1 1 7 7 *", False),
        ("never", False),
        ("", False),
        ("1 1 1 7", False),
    ],
)
def test_a_schedule_that_could_start_something_soon_is_seen(cron, soon):
    assert fires_soon(cron, datetime(2026, 1, 20, 12, tzinfo=UTC)) is soon


@pytest.mark.parametrize(
    ("operation", "path"),
    [("createExecutionSchedule", {}), ("modifyExecutionSchedule", {"executionScheduleId": f"{ABSENT_PREFIX}schedule"})],
)
def test_no_schedule_that_fires_soon_is_sent_to_a_tenant(contract, operation, path):
    body = {"cron": "0 * * * *"}
    with pytest.raises(SafetyRefusal, match="could start executions soon"):
        Guard(Journal(), is_mock=False).check(contract.operation(operation), path, {}, body)
    Guard(Journal(), is_mock=True).check(contract.operation(operation), path, {}, body)
    quiet = {"cron": f"1 1 1 {quiet_month(datetime.now(UTC))} *"}
    Guard(Journal(), is_mock=False).check(contract.operation(operation), path, {}, quiet)
