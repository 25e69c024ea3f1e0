"""What is never sent to a target that is not the mock."""

from datetime import UTC, datetime

import pytest
from tests.contract.widgets import with_widgets
from tests.safety.safety_bench import CONTRACT, Safety

from lmconform.contract import bundle
from lmconform.contract.openapi import Contract
from lmconform.errors import BudgetSpent, NotOwn, SafetyRefusal, Unreadable
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


def test_what_get_did_not_find_may_be_named_and_nothing_else_that_the_run_did_not_make():
    safety = owning()
    safety.journal.nowhere("execution", "of-an-example")
    safety.check("deleteExecution", {"executionId": "of-an-example"})
    with pytest.raises(SafetyRefusal, match="'of-an-example-2'"):
        safety.check("deleteExecution", {"executionId": "of-an-example-2"})


def test_an_id_is_that_of_one_kind():
    safety = owning("00001001")
    safety.journal.nowhere("deployment", "00001002")
    for operation, path in (
        ("deleteDeployment", {"deploymentId": "00001001"}),
        ("deleteExecution", {"executionId": "00001002"}),
    ):
        with pytest.raises(SafetyRefusal, match="which this run did not create"):
            safety.check(operation, path)
    safety.check("deleteExecution", {"executionId": "00001001"})


FOREIGN = [
    ("deleteExecution", {"executionId": "foreign"}, {}, None),
    ("modifyExecution", {"executionId": "foreign"}, {}, {"targetStatus": "STOPPED"}),
    ("modifyExecutions", {}, {}, {"executions": [{"id": "e123"}, {"id": "foreign"}]}),
    ("modifyDeployments", {}, {}, {"deployments": [{"id": "foreign"}, {"id": "e123"}]}),
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


@pytest.mark.parametrize("cron", ["never", "1 1 1 7", "a b c d e", "0 3 1 7 * * *", "@daily", "0 3 30 2 * *  x"])
def test_a_cron_that_the_library_does_not_parse_is_not_sent_to_a_tenant(cron):
    body = {"cron": cron, "configurationId": "conf1"}
    with pytest.raises(Unreadable, match="cannot be known"):
        Safety().check("createExecutionSchedule", {}, {}, body)
    Safety(disposable=True).check("createExecutionSchedule", {}, {}, body)


def urls(safety, operation, path, query, **named):
    """What the guard says of a URL."""
    return safety.guard.check_url(safety.contract.operation(operation), named, path, query)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "executionId=",
        "executionId=..",
        "executionId=a%20b",
        "executionID=exec1",
        "executionId=exec1&executionId=exec2",
        "executionIds=exec1",
    ],
)
def test_metrics_are_deleted_for_one_usable_id_or_not_at_all(query):
    with pytest.raises(SafetyRefusal, match="without one usable executionId"):
        urls(owning("exec1"), "deleteMetrics", "/lm/metrics", query)
    urls(owning("exec1"), "deleteMetrics", "/lm/metrics", "executionId=exec1")


@pytest.mark.parametrize("name", [".", "..", "%2e%2e", "%2E"])
@pytest.mark.parametrize("operation", ["deleteDeployment", "modifyDeployment", "getDeployment"])
def test_no_url_leads_to_another_path(name, operation):
    with pytest.raises(NotOwn, match="which is no id"):
        urls(owning(), operation, f"/lm/deployments/{name}", "", deploymentId=name)


def test_a_url_that_names_something_else_than_was_looked_at_is_not_sent():
    with pytest.raises(SafetyRefusal, match="would go to"):
        urls(owning("exec1"), "deleteExecution", "/lm/executions/exec2", "", executionId="exec1")
    urls(owning("exec1"), "deleteExecution", "/lm/executions/exec1", "", executionId="exec1")


def test_files_of_others_are_not_written_although_their_names_begin_in_the_same_way():
    safety = Safety()
    safety.guard._prefix = f"{NAME_PREFIX}abcdef-"
    with pytest.raises(SafetyRefusal):
        safety.check("uploadFile", {"path": f"default/{NAME_PREFIX}ghijkl-1/a.csv"})
    safety.check("uploadFile", {"path": f"default/{NAME_PREFIX}abcdef-1/a.csv"})
