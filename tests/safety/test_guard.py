"""What is never sent to a target that is not the mock."""

from datetime import UTC, datetime

import pytest
from tests.contract.widgets import with_widgets
from tests.safety.safety_bench import CONTRACT, Safety

from lmconform.contract import bundle
from lmconform.contract.openapi import Contract
from lmconform.errors import BudgetSpent, SafetyRefusal
from lmconform.safety.cron import quiet_month
from lmconform.safety.guard import ABSENT_PREFIX, NAME_PREFIX


def owning(execution="e123", **more):
    safety = Safety(**more)
    safety.journal.created("execution", execution, "tutorial")
    return safety


def test_the_guard_lets_through_what_the_run_made_and_what_exists_nowhere():
    safety = owning()
    safety.check("deleteExecution", {"executionId": "e123"})
    safety.check("deleteExecution", {"executionId": f"{ABSENT_PREFIX}1"})


FOREIGN = [
    ("deleteExecution", {"executionId": "foreign"}, {}, None),
    ("modifyExecution", {"executionId": "foreign"}, {}, {"targetStatus": "STOPPED"}),
    ("modifyExecutions", {}, {}, {"executions": [{"id": "e123"}, {"id": "foreign"}]}),
    ("modifyDeployments", {}, {}, {"deployments": [{"id": "e123"}, {"id": "foreign"}]}),
    ("modifyDeployment", {"deploymentId": "foreign"}, {}, {"targetStatus": "STOPPED"}),
    ("deleteDeployment", {"deploymentId": "foreign"}, {}, None),
    ("modifyExecutionSchedule", {"executionScheduleId": "foreign"}, {}, {"status": "INACTIVE"}),
    ("deleteExecutionSchedule", {"executionScheduleId": "foreign"}, {}, None),
    ("uploadFile", {"path": "foreign"}, {}, None),
    ("deleteFile", {"path": "foreign"}, {}, None),
    ("deleteMetrics", {}, {"executionId": "foreign"}, None),
    ("patchMetrics", {}, {}, {"executionId": "foreign"}),
]


@pytest.mark.parametrize(("operation", "path", "query", "body"), FOREIGN)
def test_the_guard_refuses_what_belongs_to_somebody_else(operation, path, query, body):
    with pytest.raises(SafetyRefusal, match="'foreign', which this run did not create"):
        owning().check(operation, path, query, body)
    with pytest.raises(SafetyRefusal):
        owning(disposable=True).check(operation, path, query, body)


def test_every_operation_that_changes_what_is_there_has_a_case_above():
    changes = {o.id for o in CONTRACT.operations if o.method in ("PATCH", "PUT", "DELETE")}
    assert {case[0] for case in FOREIGN} == changes


def test_what_the_contract_does_not_have_is_judged_by_its_path(tmp_path):
    unknown = with_widgets(tmp_path).operation("deleteWidget")
    with pytest.raises(SafetyRefusal, match="'foreign'"):
        owning().guard.check(unknown, {"widgetId": "foreign"}, {}, None)


def test_a_resource_that_an_overlay_adds_is_guarded(tmp_path):
    safety = Safety(with_widgets(tmp_path))
    with pytest.raises(SafetyRefusal, match="'foreign'"):
        safety.check("modifyWidget", {"widgetId": "foreign"}, {}, {"name": "n"})
    safety.carry_out("createWidget", 201, {"id": "widget-1"})
    safety.check("modifyWidget", {"widgetId": "widget-1"}, {}, {"name": "n"})


def test_a_run_writes_files_of_its_own_and_deletes_what_it_wrote():
    safety = Safety()
    path = {"path": f"{NAME_PREFIX}folder/a.csv"}
    sent = safety.sent("uploadFile", path)
    with pytest.raises(SafetyRefusal):
        safety.check("deleteFile", path)
    safety.books.carried_out(sent, 201, {})
    safety.check("deleteFile", path)


@pytest.mark.parametrize(("noun", "operation"), [("execution", "createExecution"), ("deployment", "createDeployment")])
def test_what_was_removed_counts_as_well(noun, operation):
    safety, body = Safety(limits={noun: 3}), {"configurationId": "conf1"}
    for number in range(3):
        safety.carry_out(operation, 202, {"id": f"made-{number}"}, body=body)
        safety.journal.removed(noun, f"made-{number}")
    with pytest.raises(BudgetSpent, match=f"has created its 3 {noun}s"):
        safety.check(operation, body=body)


def test_the_deprecated_way_to_start_an_execution_has_the_same_budget():
    document = bundle.read_yaml(bundle.root() / "specs" / "tutorial" / "deprecated.openapi.yaml")
    (deprecated,) = Contract(document).operations
    safety = Safety(limits={"execution": 1})
    assert safety.guard.check(deprecated, {"configurationId": "conf1"}, {}, None) == "execution"
    with pytest.raises(BudgetSpent):
        safety.check("createExecution", body={"configurationId": "conf1"})


@pytest.mark.parametrize(
    ("operation", "path"),
    [("createExecutionSchedule", {}), ("modifyExecutionSchedule", {"executionScheduleId": f"{ABSENT_PREFIX}schedule"})],
)
def test_no_schedule_that_fires_soon_is_sent_to_a_tenant(operation, path):
    body = {"cron": "0 * * * *"}
    with pytest.raises(SafetyRefusal, match="could start executions soon"):
        Safety().check(operation, path, {}, body)
    Safety(disposable=True).check(operation, path, {}, body)
    Safety().check(operation, path, {}, {"cron": f"1 1 1 {quiet_month(datetime.now(UTC))} *"})
