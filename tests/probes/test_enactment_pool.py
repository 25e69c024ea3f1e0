"""Deployments that never run, are refused, or are not found: no false alarm, and waiting happens once."""

import dataclasses
import json
import random

from tests.probes.defects import Answer, Idle, Status
from tests.probes.probe_bench import (
    PROBES,
    Defect,
    Rewriting,
    answered,
    look,
    odd,
    open_session,
    run,
    with_body,
)

from lmconform.errors import Failure, Inconclusive, NotTestable
from lmconform.probes import enactment_pool
from lmconform.probes.builders.configurations import configuration_body
from lmconform.probes.context import Context
from lmconform.probes.enactment import DEPLOYMENT, EXECUTION
from lmconform.safety.budget import Bound

DEPLOYMENTS = [name for name in PROBES if name.startswith("LM-DEPLOYMENT-")]


class Standing(Defect):
    """Lawful: the cluster has no room, or lets them die; GET and lists say so."""

    def __init__(self, status):
        self._status = status

    def answer(self, exchange):
        if exchange.operation not in ("getDeployment", "listDeployments") or not exchange.ok:
            return exchange
        body = exchange.json_object()
        for item in body.get("resources", [body]):
            if item["status"] == "RUNNING":
                item["status"] = self._status
        return with_body(exchange, body)


def gates(outcomes):
    """What would count against the target."""
    return {n: f"{type(o).__name__}: {o}" for n, o in outcomes.items() if isinstance(o, Failure | NotTestable)}


def sent(session, operation):
    """How often an operation was sent."""
    return sum(request.operation == operation for request in session.transport.requests)


def test_deployments_without_room_are_waited_for_twice(mock):
    session = open_session(mock, defect=Standing("PENDING"), poll_timeout=0.4)
    names = [name for name in DEPLOYMENTS if name.startswith(("LM-DEPLOYMENT-URL", "LM-DEPLOYMENT-TRANSITIONS"))]
    outcomes = run(session, *names, "LM-DEPLOYMENT-LIST-EQUALS-GET", "LM-DEPLOYMENT-UPDATE")
    assert {type(outcome) for outcome in outcomes.values()} == {Inconclusive}
    # Two waits of 0.4 s at 0.02 s a poll; a wait for each probe would make three times as many.
    assert sent(session, "getDeployment") < 55
    assert sent(session, "createDeployment") <= 2


def test_deployments_without_room_break_nothing(mock):
    session = open_session(mock, defect=Standing("PENDING"), poll_timeout=0.4)
    # The filter reaches the mock unchanged, which knows the deployments as RUNNING.
    filtered = ("LM-DEPLOYMENT-COUNT-MATCHES-LIST", "LM-DEPLOYMENT-FILTER-STATUS", "LM-DEPLOYMENT-FILTER-COMBINED")
    outcomes = run(session, *DEPLOYMENTS)
    assert gates(outcomes) == {}
    assert {type(outcomes[name]) for name in filtered} == {Inconclusive}
    assert outcomes["LM-DEPLOYMENT-STOP"] == outcomes["LM-DEPLOYMENT-DELETE"] == "PASS"


class Dying(Defect):
    """Lawful: what deployments load is not there, so that they run for a moment and die (F26)."""

    def request(self, request):
        if request.operation != "createArtifact":
            return request
        body = json.loads(request.body)
        return dataclasses.replace(request, body=json.dumps(body | {"url": body["url"] + "/"}).encode())


def test_deployments_that_die_break_nothing(mock):
    for seed in range(3):
        names = list(DEPLOYMENTS)
        random.Random(seed).shuffle(names)
        outcomes = run(open_session(mock, defect=Dying(), poll_timeout=2.0), *names)
        assert gates(outcomes) == {}
        assert outcomes["LM-DEPLOYMENT-DELETE"] == outcomes["LM-DEPLOYMENT-STOP-ENDED"] == "PASS"


class Executables(Defect):
    """Another set of executables."""

    def __init__(self, change):
        self._change = change

    def answer(self, exchange):
        if exchange.operation != "listExecutables" or not exchange.ok:
            return exchange
        found = self._change(exchange.json_object()["resources"])
        return with_body(exchange, {"count": len(found), "resources": found})


def test_a_tenant_that_serves_nothing_breaks_nothing(mock):
    def trains(found):
        return [e for e in found if not e["deployable"]]

    outcomes = run(open_session(mock, defect=Executables(trains)))
    assert gates(outcomes) == {}
    assert isinstance(outcomes["LM-DEPLOYMENT-FRESH-GET"], Inconclusive)
    assert outcomes["LM-EXECUTION-FRESH-GET"] == outcomes["LM-SCHEDULE-GET-ECHO"] == "PASS"


def test_a_target_that_refuses_every_deployment_cannot_be_tested_and_that_gates(mock):
    session = open_session(mock, defect=Status("createDeployment", 202, 400, {}))
    outcome = run(session, "LM-DEPLOYMENT-FRESH-GET")["LM-DEPLOYMENT-FRESH-GET"]
    assert isinstance(outcome, NotTestable)
    assert "POST /v2/lm/deployments answered 400" in str(outcome)


def test_a_refusal_of_a_value_that_we_made_up_does_not_gate(mock):
    class Picky(Executables):
        def answer(self, exchange):
            if exchange.operation == "createDeployment":
                return answered(exchange, 400, {"error": {"code": "400", "message": "no such model"}})
            return super().answer(exchange)

    def ask(found):
        return [e | {"parameters": [{"name": "model", "type": "string"}]} for e in found]

    outcome = run(open_session(mock, defect=Picky(ask)), "LM-DEPLOYMENT-FRESH-GET")["LM-DEPLOYMENT-FRESH-GET"]
    assert isinstance(outcome, Inconclusive)


def test_a_quota_of_deployments_does_not_gate(mock):
    class Quota(Defect):
        """Lawful: one deployment, and no more (C7)."""

        made = 0

        def answer(self, exchange):
            if exchange.operation == "createDeployment" and exchange.ok:
                self.made += 1
                if self.made > 1:
                    return answered(exchange, 400, {"error": {"code": "400", "message": "quota"}})
            return exchange

    names = ("LM-DEPLOYMENT-FRESH-GET", "LM-DEPLOYMENT-CREATE-TWICE", "LM-DEPLOYMENT-STOP")
    outcomes = run(open_session(mock, defect=Quota()), *names)
    assert outcomes["LM-DEPLOYMENT-FRESH-GET"] == "PASS"
    assert {type(outcomes[name]) for name in names[1:]} == {Inconclusive}


def test_an_executable_that_asks_for_no_value_of_ours_is_deployed(mock):
    def more(found):
        hard = [
            e | {"id": "asks-for-a-model", "parameters": [{"name": "model", "type": "string"}]}
            for e in found
            if e["deployable"]
        ]
        return hard + found

    session = open_session(mock, defect=Executables(more))
    ctx = Context(session, session.client("probe/test"))
    assert configuration_body(ctx, deployable=True)["executableId"] != "asks-for-a-model"


def test_a_stop_that_has_no_end_is_waited_for_twice_by_those_that_build_on_it(mock):
    session = open_session(mock, defect=Idle("modifyDeployment"), poll_timeout=0.4)
    names = ("LM-DEPLOYMENT-DELETE", "LM-DEPLOYMENT-UPDATE-STOPPED", "LM-DEPLOYMENT-STOP-TARGET")
    outcomes = run(session, *names)
    assert {type(outcome) for outcome in outcomes.values()} == {NotTestable}
    assert all("LM-DEPLOYMENT-STOP is broken" in str(outcome) for outcome in outcomes.values())
    assert sent(session, "getDeployment") < 90


def test_deployments_are_shared(mock):
    session = open_session(mock)
    session.transport = Rewriting(session.transport, Defect())
    assert odd(run(session, *DEPLOYMENTS)) == {}
    made = session.budget.spent("deployment")
    assert made <= 10, "each of them costs a tenant money"
    assert made < sent(session, "createDeployment"), "the others were refused"


def test_a_spent_budget_of_deployments_is_inconclusive(mock):
    session = open_session(mock)
    session.budget.bounds["deployment"] = Bound(0, "--more", "by the test")
    session.guard._disposable = False
    names = ("LM-DEPLOYMENT-FRESH-GET", "LM-DEPLOYMENT-BODY-REQUIRED", "LM-DEPLOYMENT-TTL-ECHO")
    for name, outcome in run(session, *names).items():
        assert isinstance(outcome, Inconclusive), name
        assert "may create no deployments" in str(outcome)
    assert look(session, "LM-OBS-DEPLOYMENT-UNBOUND")["LM-OBS-DEPLOYMENT-UNBOUND"].startswith("not observed: not sent")


def test_a_small_budget_spoils_no_more_than_it_must(mock):
    session = open_session(mock)
    session.budget.bounds["deployment"] = Bound(2, "--more", "by the test")
    session.guard._disposable = False
    outcomes = run(session, *DEPLOYMENTS)
    assert gates(outcomes) == {}
    assert outcomes["LM-DEPLOYMENT-URL"] == outcomes["LM-DEPLOYMENT-UPDATE-ROLLBACK"] == "PASS"
    assert session.budget.spent("deployment") == 2


def test_what_is_answered_otherwise_for_a_moment_is_asked_again(mock):
    session = open_session(mock)
    ctx = Context(session, session.client("probe/test"))
    for kind in (EXECUTION, DEPLOYMENT):
        pooled = enactment_pool.fresh(ctx, kind)
        assert pooled.id == pooled.created.id
        assert pooled.current_status(ctx) in ("UNKNOWN", "PENDING")
    late = Answer("listDeployments", lambda body: {"count": 0, "resources": []})
    session.transport = Rewriting(session.transport, late)
    outcome = run(session, "LM-DEPLOYMENT-LISTED")["LM-DEPLOYMENT-LISTED"]
    assert isinstance(outcome, Failure)
    assert sent(session, "listDeployments") > 3
