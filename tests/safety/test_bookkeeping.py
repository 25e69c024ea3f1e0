"""What an answer, or none, leaves in the journal and in the budget."""

import pytest
from tests.contract.widgets import with_widgets
from tests.safety.safety_bench import Safety

from lmconform.contract.openapi import Contract
from lmconform.safety.guard import NAME_PREFIX
from lmconform.safety.journal import MaybeStarted

START = {"configurationId": "conf1"}
FILE = {"path": f"{NAME_PREFIX}folder/a.csv"}


def left(safety):
    return {noun: number for noun, number in safety.journal.count_left().items() if number}


@pytest.mark.parametrize(
    ("operation", "rest", "answer", "noun", "resource_id"),
    [
        ("createArtifact", {}, {"id": "arti1"}, "artifact", "arti1"),
        ("createConfiguration", {}, {"id": "conf1"}, "configuration", "conf1"),
        ("createExecution", {"body": START}, {"id": "exec1"}, "execution", "exec1"),
        ("createDeployment", {"body": START}, {"id": "depl1"}, "deployment", "depl1"),
        ("createExecutionSchedule", {"body": START}, {"id": "sche1"}, "schedule", "sche1"),
        ("uploadFile", {"path": FILE}, {"id": "other"}, "file", FILE["path"]),
        ("patchMetrics", {"body": {"executionId": ""}}, {}, "metrics", ""),
    ],
)
def test_what_was_made_is_noted_with_its_group(operation, rest, answer, noun, resource_id):
    safety = Safety()
    safety.carry_out(operation, 200, answer, group="other", **rest)
    assert left(safety) == {noun: 1}
    assert (safety.journal.groups(noun), safety.journal.left(noun, "other")) == (["other"], [resource_id])


def test_a_resource_that_an_overlay_adds_is_noted(tmp_path):
    safety = Safety(with_widgets(tmp_path))
    safety.carry_out("createWidget", 201, {"id": "widget-1"})
    assert left(safety) == {"widget": 1}


@pytest.mark.parametrize("dialect", ["published", "as-printed"])
def test_a_configuration_that_turns_out_to_be_an_execution_is_one_in_journal_and_budget(dialect):
    safety = Safety(Contract.load(dialect))
    safety.carry_out("createConfiguration", 202, {"id": "exec1", "status": "UNKNOWN"}, body=START)
    assert left(safety) == {"execution": 1}
    assert (safety.budget.spent("execution"), safety.budget.spent("configuration")) == (1, 0)


def test_a_refused_start_is_given_back_and_one_in_doubt_is_not():
    safety = Safety(limits={"execution": 1})
    safety.books.refused(safety.sent("createExecution", body=START))
    assert safety.budget.spent("execution") == 0
    safety.books.in_doubt(safety.sent("createExecution", body=START))
    assert safety.budget.spent("execution") == 1
    assert left(safety) == {}


def test_a_lost_start_may_have_started_what_its_configuration_runs():
    safety = Safety()
    safety.books.in_doubt(safety.sent("createExecution", body=START))
    assert safety.journal.all_maybe_started() == []
    safety.journal.created("configuration", "conf1", "tutorial")
    assert safety.journal.all_maybe_started() == [MaybeStarted("execution", "configurationId", "conf1", "tutorial")]


def test_an_answer_without_an_id_is_looked_for_as_a_lost_one():
    safety = Safety()
    safety.journal.created("configuration", "conf1", "tutorial")
    safety.carry_out("createDeployment", 202, {}, body=START)
    assert [maybe.noun for maybe in safety.journal.all_maybe_started()] == ["deployment"]
    assert safety.budget.spent("deployment") == 1


def test_a_lost_upload_and_lost_metrics_are_noted_under_the_name_that_the_request_gave():
    safety = Safety()
    safety.journal.created("execution", "exec1", "tutorial")
    safety.books.in_doubt(safety.sent("uploadFile", FILE))
    safety.books.in_doubt(safety.sent("patchMetrics", body={"executionId": "exec1", "tags": []}))
    assert left(safety) == {"execution": 1, "file": 1, "metrics": 1}


def test_a_lost_change_leaves_in_doubt_what_it_names():
    safety = Safety()
    for execution in ("exec1", "exec2", "exec3"):
        safety.journal.created("execution", execution, "tutorial")
    safety.books.in_doubt(safety.sent("deleteExecution", {"executionId": "exec1"}))
    safety.books.in_doubt(safety.sent("modifyExecutions", body={"executions": [{"id": "exec2"}]}))
    # Its metrics are in doubt; the execution is as it was.
    safety.books.in_doubt(safety.sent("deleteMetrics", query={"executionId": "exec3"}))
    assert [safety.journal.is_doubted("execution", one) for one in ("exec1", "exec2", "exec3")] == [True, True, False]


def test_a_deletion_that_is_carried_out_is_noted_and_one_that_is_promised_is_asked_for_again():
    safety = Safety()
    safety.carry_out("uploadFile", 201, {}, path=FILE)
    safety.journal.created("execution", "exec1", "tutorial")
    safety.carry_out("deleteFile", 204, {}, path=FILE)
    safety.carry_out("deleteExecution", 202, {}, path={"executionId": "exec1"})
    assert left(safety) == {"execution": 1}
    safety.carry_out("uploadFile", 201, {}, path=FILE)
    assert left(safety) == {"execution": 1, "file": 1}


@pytest.mark.parametrize("answer", [{}, {"id": 7}, {"id": ".."}, {"id": "a/b"}, {"id": "a b c d"}, {"id": "exec1"}])
def test_an_id_that_is_none_or_not_new_is_not_taken(answer):
    safety = Safety()
    safety.journal.created("configuration", "conf1", "tutorial")
    safety.journal.created("execution", "exec1", "tutorial")
    safety.carry_out("createExecution", 202, answer, body=START)
    assert left(safety) == {"configuration": 1, "execution": 1}
    assert [maybe.noun for maybe in safety.journal.all_maybe_started()] == ["execution"]
    assert safety.budget.spent("execution") == 1


def test_an_id_that_another_kind_has_already_is_new():
    safety = Safety()
    safety.journal.created("configuration", "00001001", "tutorial")
    safety.carry_out("createExecution", 202, {"id": "00001001"}, body=START | {"configurationId": "00001001"})
    assert left(safety) == {"configuration": 1, "execution": 1}
    safety.books.own("configuration", "00001001")
    assert not safety.journal.is_seen("execution", "00001001")


def test_what_was_no_creation_of_the_run_is_not_owned_any_more_and_what_was_created_is_looked_for():
    safety = Safety()
    safety.journal.created("configuration", "conf1", "tutorial")
    safety.carry_out("createExecution", 202, {"id": "foreign"}, body=START)
    safety.books.not_own("execution", "foreign", "tutorial")
    assert not safety.journal.made("execution", "foreign")
    assert [maybe.noun for maybe in safety.journal.all_maybe_started()] == ["execution"]
    safety.carry_out("createExecution", 202, {"id": "foreign"}, body=START)
    assert not safety.journal.made("execution", "foreign")
