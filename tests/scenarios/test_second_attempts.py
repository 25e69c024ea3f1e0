"""A step whose change was lost before the API is sent once more; what the API itself says is final."""

import dataclasses

import pytest
from tests.probes.probe_bench import Defect, answered, open_session

from lmconform.client.connection import Broken
from lmconform.errors import NotTestable
from lmconform.judgement import State
from lmconform.scenarios import load
from lmconform.scenarios.runner import WorkflowRun

CREATE, STOP, STORE = "createConfiguration", "modifyExecution", "findMetrics"
CHANGES = ("createArtifact", CREATE, "createExecution", "patchMetrics")


class Losing(Defect):
    """Loses the first answers to one operation, before the API has seen the request or after it."""

    def __init__(self, lost, operation, times=1):
        self.lost, self.operation, self.left = lost, operation, times

    def answer(self, exchange):
        if exchange.operation != self.operation or not self.left:
            return exchange
        self.left -= 1
        return self.lost(exchange)


def page(status):
    return lambda exchange: dataclasses.replace(exchange, status=status, body=b"<html>Bad Gateway</html>", headers=())


def broken(exchange):
    raise NotTestable("POST /v2/lm/configurations: connection reset") from Broken("connection reset")


def envelope(exchange):
    return answered(exchange, 503, {"error": {"code": "503", "message": "later"}})


def outcomes(mock, defect, workflow_id="training"):
    """What became of each step of the workflow, and of the checks on its exchanges."""
    session = open_session(mock, defect=defect)
    documents = load(session.contract, None, session.register)
    workflow = next(d.workflow(workflow_id) for d in documents if any(w.id == workflow_id for w in d.workflows))
    run = WorkflowRun(workflow, session)
    return {step: run.until(step) for step in workflow.step_ids}


def not_kept(found):
    lawful = (State.KEPT, State.NOT_APPLICABLE)
    steps = {step: one.judgement.state for step, one in found.items() if one.judgement.state not in lawful}
    checks = {one.client.item: list(one.client.broken) for one in found.values() if one.client.broken}
    return steps | checks


@pytest.mark.parametrize("operation", CHANGES)
@pytest.mark.parametrize("lost", [page(502), page(503), page(504), broken], ids=["502", "503", "504", "broken"])
def test_one_change_that_is_lost_on_the_way_is_no_finding(mock, operation, lost):
    assert not_kept(outcomes(mock, Losing(lost, operation))) == {}


def test_a_second_attempt_is_said(mock):
    done = outcomes(mock, Losing(page(502), CREATE))["create-configuration"]
    said = "at a second attempt; in the first one POST /v2/lm/configurations answered 502 "
    assert done.judgement.message.startswith(said)


def test_what_is_always_lost_is_found(mock):
    found = outcomes(mock, Losing(page(502), CREATE, times=100))["create-configuration"]
    assert found.judgement.state in (State.BROKEN, State.NOT_TESTABLE)
    assert any(requirement == "LM-HTTP-NO-SERVER-ERROR" for requirement, _ in found.client.broken)


def test_what_the_api_itself_says_is_found_at_once(mock):
    losing = Losing(envelope, CREATE)
    assert outcomes(mock, losing)["create-configuration"].judgement.state is State.BROKEN
