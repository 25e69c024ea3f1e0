"""What a probe that fails says: its requirement, what was expected, what came, and the exchanges that show it.

That every probe fails on a server that breaks its requirement is what ``lmconform mutants`` shows.
"""

import dataclasses

import pytest
from tests.probes.defects import ACCEPTED, Answer, Idle, Status
from tests.probes.probe_bench import Defect, open_session, run

from lmconform.errors import Failure, Inconclusive, NotTestable


@pytest.mark.parametrize(
    ("requirement", "defect"),
    [
        ("LM-SCENARIO-LIST-COUNT", Answer("listScenarios", lambda body: body.update(count=body["count"] + 1))),
        ("LM-ARTIFACT-BODY-KIND", Status("createArtifact", 400, 201, ACCEPTED)),
        ("LM-EXECUTION-STOP", Idle("modifyExecution")),
    ],
    ids=["wrong-body", "wrong-status", "nothing-happens"],
)
def test_a_failure_names_its_requirement_what_was_expected_what_came_and_the_exchanges(mock, requirement, defect):
    outcome = run(open_session(mock, defect=defect, poll_timeout=1.0), requirement)[requirement]
    assert isinstance(outcome, Failure), f"{type(outcome).__name__}: {outcome}"
    assert outcome.judgement.requirement == requirement
    assert outcome.judgement.expected
    assert outcome.judgement.actual
    assert outcome.judgement.exchanges


def _blamed(mock, defect, *requirements):
    """What became of the probes on a server with the defect, by the names of their outcomes."""
    outcomes = run(open_session(mock, defect=defect, poll_timeout=2.0), *requirements)
    return {name: outcome if outcome == "PASS" else type(outcome) for name, outcome in outcomes.items()}


def test_a_count_is_not_blamed_for_a_list_that_lacks_something(mock):
    defect = Answer("listExecutions", lambda body: {"count": 0, "resources": []})
    assert _blamed(mock, defect, "LM-EXECUTION-CREATE-TWICE", "LM-EXECUTION-DELETE-UNCOUNTED") == {
        "LM-EXECUTION-CREATE-TWICE": "PASS",
        "LM-EXECUTION-DELETE-UNCOUNTED": Inconclusive,
    }


def test_a_refused_change_is_not_blamed_for_what_was_so_before(mock):
    inactive = Answer("getExecutionSchedule", lambda body: body.update(status="INACTIVE"))
    assert _blamed(mock, inactive, "LM-ISOLATION-SCHEDULE-CHANGE") == {"LM-ISOLATION-SCHEDULE-CHANGE": NotTestable}
    running = Answer("getExecution", lambda body: body.update(targetStatus="RUNNING"))
    assert _blamed(mock, running, "LM-AUTH-CHANGE") == {"LM-AUTH-CHANGE": "PASS"}


def test_a_refused_update_is_not_blamed_for_an_accepted_one_that_was_lost(mock):
    first = {}

    def stays(body):
        body["configurationId"] = first.setdefault(body["id"], body["configurationId"])

    update, checked = "LM-DEPLOYMENT-UPDATE", "LM-DEPLOYMENT-UPDATE-CHECKED"
    assert _blamed(mock, Answer("getDeployment", stays), update, checked) == {update: Failure, checked: "PASS"}


class Cut(Defect):
    """Files come back without their last byte."""

    def answer(self, exchange):
        return (
            dataclasses.replace(exchange, body=exchange.body[:-1]) if exchange.operation == "downloadFile" else exchange
        )


def test_a_refused_upload_is_not_blamed_for_what_every_upload_loses(mock):
    assert _blamed(mock, Cut(), "LM-AUTH-FILE") == {"LM-AUTH-FILE": NotTestable}


def test_a_count_that_crosses_groups_says_whether_the_list_does_as_well(start_mock):
    outcome = run(open_session(start_mock("--mutant", "isolation-schedule-count")), "LM-ISOLATION-SCHEDULE-COUNT")
    failure = outcome["LM-ISOLATION-SCHEDULE-COUNT"]
    assert isinstance(failure, Failure)
    assert failure.judgement.actual.endswith("the list for it holds []")
