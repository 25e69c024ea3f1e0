"""Shared executions and deployments that a defect stops, deletes or restarts: one requirement says so, once."""

import pytest
from tests.probes.defects import Answer
from tests.probes.probe_bench import PROBES, Defect, answered, open_session, run, with_body

from lmconform.errors import Failure, Inconclusive, NotTestable, caught
from lmconform.probes import enactment_pool, subjects
from lmconform.probes.context import Context
from lmconform.probes.enactment import EXECUTION


def as_item(session, requirement):
    """What a probe says in a run, where an excuse counts."""
    probe = PROBES[requirement]
    ctx = Context(session, session.client(probe.id))
    ctx.excuse = subjects.excused
    return caught(lambda: probe.function(ctx))


class Restarts(Defect):
    """An execution that was COMPLETED shows RUNNING as soon as ``on`` is set."""

    on = False

    def answer(self, exchange):
        body = exchange.json_object()
        if self.on and exchange.operation == "getExecution" and body.get("status") == "COMPLETED":
            return with_body(exchange, {**body, "status": "RUNNING"})
        return exchange


class Vanishes(Defect):
    """GET and the list no longer find executions as soon as ``on`` is set."""

    on = False

    def answer(self, exchange):
        if self.on and exchange.operation == "getExecution":
            return answered(exchange, 404, {"error": {"code": "01010020", "message": "not found"}})
        if self.on and exchange.operation == "listExecutions":
            return with_body(exchange, {"count": 0, "resources": []})
        return exchange


@pytest.mark.parametrize(
    ("defect", "broken"),
    [(Restarts(), "LM-EXECUTION-TERMINAL-STAYS"), (Vanishes(), "LM-EXECUTION-OTHERS-STAY")],
    ids=["restarts", "vanishes"],
)
def test_what_a_defect_took_away_is_a_finding_of_one_requirement_and_of_no_other(mock, defect, broken):
    session = open_session(mock, defect=defect)
    enactment_pool.wait_for_rest(Context(session, session.client("probe/first")))
    defect.on = True
    outcome = as_item(session, "LM-EXECUTION-VIEWS-AGREE")
    assert isinstance(outcome, NotTestable)
    assert str(outcome).startswith(f"{broken} is broken: the execution ")
    assert isinstance(as_item(session, broken), Failure)


def test_a_finding_about_an_execution_that_is_as_it_was_stays_a_finding(mock):
    def listed(body):
        for item in body["resources"]:
            item["startTime"] = "1970-01-01T00:00:00Z"

    session = open_session(mock, defect=Answer("listExecutions", listed))
    assert isinstance(as_item(session, "LM-EXECUTION-VIEWS-AGREE"), Failure)


def test_a_stop_that_begins_again_is_a_finding_of_the_stop(mock):
    class Again(Defect):
        asked = 0

        def answer(self, exchange):
            self.asked += exchange.operation == "modifyExecution"
            body = exchange.json_object()
            if self.asked > 1 and exchange.operation == "getExecution" and body.get("status") == "STOPPED":
                return with_body(exchange, {**body, "status": "STOPPING"})
            return exchange

    session = open_session(mock, defect=Again())
    assert isinstance(as_item(session, "LM-EXECUTION-STOP-TWICE"), Failure)


class Outlived(Defect):
    """What was stopped shows targetStatus STOPPED, and COMPLETED at its end."""

    def answer(self, exchange):
        body = exchange.json_object()
        if exchange.operation == "getExecution" and body.get("status") in ("STOPPING", "STOPPED"):
            ended = {"STOPPING": "RUNNING", "STOPPED": "COMPLETED"}[body["status"]]
            return with_body(exchange, {**body, "status": ended})
        return exchange


def test_executions_that_may_have_ended_before_they_were_stopped_are_no_finding(mock):
    outcome = run(open_session(mock, defect=Outlived(), stop=600.0), "LM-EXECUTION-STOP")
    assert isinstance(outcome["LM-EXECUTION-STOP"], Inconclusive)


def test_executions_that_go_on_for_longer_than_a_stop_takes_were_not_stopped(mock):
    outcome = run(open_session(mock, defect=Outlived(), stop=0.3), "LM-EXECUTION-STOP")
    assert isinstance(outcome["LM-EXECUTION-STOP"], Failure)


def test_what_this_run_deleted_is_not_displaced(mock):
    session = open_session(mock)
    ctx = Context(session, session.client("probe/first"))
    deletion = enactment_pool.deleted(ctx, EXECUTION)
    deletion.pooled.wait_until_gone(ctx)
    deletion.pooled.look_again(ctx)
    assert deletion.pooled.displaced is None
