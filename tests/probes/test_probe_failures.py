"""What a probe that fails says: its requirement, what was expected, what came, and the exchanges that show it.

That every probe fails on a server that breaks its requirement is what ``lmconform mutants`` shows.
"""

import dataclasses

import pytest
from tests.probes.defects import ACCEPTED, Answer, Idle, Status
from tests.probes.probe_bench import Defect, answered, open_session, run

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


class Refusing(Defect):
    """Refuses a creation with 400; what is ``gone`` is not found."""

    def __init__(self, creation, gone=()):
        self.statuses = {creation: 400} | dict.fromkeys(gone, 404)

    def answer(self, exchange):
        status = self.statuses.get(exchange.operation)
        problem = {"error": {"code": "1", "message": "no", "requestId": "1", "target": "/"}}
        return exchange if status is None else answered(exchange, status, problem)


@pytest.mark.parametrize(
    ("creation", "requirement"),
    [
        ("createArtifact", "LM-ARTIFACT-BODY-AT-LIMIT"),
        ("createArtifact", "LM-ARTIFACT-LISTED"),
        ("createConfiguration", "LM-CONFIGURATION-VERSION-ID-TOLERATED"),
    ],
)
def test_a_creation_is_not_blamed_when_what_it_names_has_left_the_tenant(mock, creation, requirement):
    gone = Refusing(creation, ("getScenario", "getExecutable"))
    assert _blamed(mock, gone, requirement) == {requirement: Inconclusive}
    assert _blamed(mock, Refusing(creation), requirement)[requirement] in (Failure, NotTestable)


class Full(Defect):
    """Refuses deployments, in words that nobody has published: from some number on all, or those with a ttl."""

    def __init__(self, *, most):
        self.most, self.made = most, 0

    def answer(self, exchange):
        if exchange.operation != "createDeployment":
            return exchange
        self.made += 1
        is_refused = self.made > self.most if self.most else b"ttl" in exchange.request_body
        text = "The deployments of this tenant are used up"
        problem = {"error": {"code": "1", "message": text, "requestId": "1", "target": "/"}}
        return answered(exchange, 400, problem) if is_refused else exchange


@pytest.mark.parametrize(("most", "kind"), [(2, Inconclusive), (0, Failure)])
def test_a_time_to_live_is_refused_when_a_deployment_without_one_is_not(mock, most, kind):
    before, judged = "LM-DEPLOYMENT-LISTED", "LM-DEPLOYMENT-TTL-ECHO"
    assert _blamed(mock, Full(most=most), before, judged) == {before: "PASS", judged: kind}


def test_a_count_that_crosses_groups_says_whether_the_list_does_as_well(start_mock):
    outcome = run(open_session(start_mock("--mutant", "isolation-schedule-count")), "LM-ISOLATION-SCHEDULE-COUNT")
    failure = outcome["LM-ISOLATION-SCHEDULE-COUNT"]
    assert isinstance(failure, Failure)
    assert failure.judgement.actual.endswith("the list for it holds []")
