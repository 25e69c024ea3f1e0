"""What probes say of a lawful server, whatever it chose, and of one that cannot be judged."""

import dataclasses
import json
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.probes.probe_bench import (
    OBSERVATIONS,
    PROBES,
    REGISTER,
    Defect,
    Rewriting,
    answered,
    look,
    odd,
    open_session,
    run,
    with_body,
)

from lmconform.contract.capabilities import Capabilities
from lmconform.errors import Failure, Inconclusive, NotApplicable, NotTestable
from lmconform.mock.switches import SWITCHES
from lmconform.run.items import ProbeItem
from lmconform.safety.budget import Bound

READS = [name for name, probe in PROBES.items() if probe.effect == "read"]
# Some have too short a life, or too long a one, or no meta: then there is nothing to judge.
VEILS = {"execution-life", "deployment-life", "meta"}


def test_all_probes_pass_on_the_mock(mock):
    assert odd(run(open_session(mock))) == {}


def choices(number, *, veiled):
    """Each switch at one of its values; those that keep probes from seeing what they judge only when ``veiled``."""
    for switch in SWITCHES:
        if (switch.name in VEILS) is veiled:
            yield from ("--switch", f"{switch.name}={switch.values[min(number, len(switch.values) - 1)]}")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_no_probe_fails_for_a_legal_choice(start_mock, number):
    process = start_mock(*choices(number, veiled=False))
    outcomes = run(open_session(process))
    assert odd({name: o for name, o in outcomes.items() if not isinstance(o, Inconclusive | NotApplicable)}) == {}
    assert len(odd(outcomes)) < len(outcomes) / 20


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_what_a_legal_choice_hides_is_no_failure(start_mock, number):
    process = start_mock(*choices(number, veiled=True))
    outcomes = run(open_session(process, poll_timeout=3.0))
    hidden = {name: o for name, o in outcomes.items() if o != "PASS"}
    assert [name for name, o in hidden.items() if not isinstance(o, Inconclusive | NotApplicable)] == []
    assert len(hidden) < len(outcomes) / 2


def test_the_order_does_not_matter(mock):
    names = list(PROBES)
    random.Random(7).shuffle(names)
    found = odd(run(open_session(mock), *names))
    # Deployments are shared: a probe that stops or deletes one may come between an update and a look at it.
    assert {name: text for name, text in found.items() if "has changed since its update" not in text} == {}


def test_several_workers_do_not_disturb_each_other(mock):
    sessions = [open_session(mock) for _ in range(3)]
    orders = [list(PROBES), list(reversed(PROBES)), sorted(PROBES)]
    with ThreadPoolExecutor(3) as pool:
        outcomes = list(pool.map(lambda pair: odd(run(pair[0], *pair[1])), zip(sessions, orders, strict=True)))
    # Which of them a slow machine keeps from seeing an execution run is no matter of right and wrong.
    assert [{n: t for n, t in o.items() if not t.startswith("Inconclusive")} for o in outcomes] == [{}, {}, {}]


def test_probes_that_read_send_only_safe_methods(mock):
    session = open_session(mock)
    session.transport = Rewriting(session.transport, Defect())
    assert odd(run(session, *READS)) == {}
    look(session, *(name for name, o in OBSERVATIONS.items() if o.effect == "read"))
    assert {request.method for request in session.transport.requests} == {"GET", "HEAD", "OPTIONS"}
    assert session.journal.count_left().total() == 0


def test_observations_are_the_same_each_time(mock):
    first, second = (look(open_session(mock)) for _ in range(2))
    assert first == second
    assert not [value for value in first.values() if value.startswith("not observed")]
    text = json.dumps(first)
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|\be[0-9a-f]{15}\b|\d{4}-\d\d-\d\dT", text)


def test_without_a_second_resource_group_isolation_is_inconclusive(mock):
    names = [name for name in PROBES if "ISOLATION" in name] + ["LM-SCENARIO-TENANT-WIDE"]
    outcomes = run(open_session(mock, other=None), *names)
    assert {type(outcome) for outcome in outcomes.values()} == {Inconclusive}


class NothingToTrain(Defect):
    """Lawful: a tenant whose templates are for deployments only."""

    def answer(self, exchange):
        if exchange.operation != "listExecutables" or not exchange.ok:
            return exchange
        body = exchange.json_object()
        left = [e for e in body["resources"] if e["deployable"]]
        return with_body(exchange, {"count": len(left), "resources": left})


def test_a_tenant_without_training_breaks_nothing(mock):
    outcomes = run(open_session(mock, defect=NothingToTrain()))
    assert not [name for name, outcome in outcomes.items() if isinstance(outcome, Failure | NotTestable)]
    assert isinstance(outcomes["LM-EXECUTION-FRESH-GET"], Inconclusive)
    assert outcomes["LM-ARTIFACT-GET-ECHO"] == "PASS"


class Terse(Defect):
    """Lawful: nothing but what the schema requires, and a list without its count where that is optional."""

    optional = ("scenarioId", "targetStatus", "configurationName", "status")

    def answer(self, exchange):
        if not exchange.ok or exchange.operation not in (
            *("listScenarioVersions", "listExecutables", "getExecution", "createExecution", "findMetrics"),
        ):
            return exchange
        body = exchange.json_object()
        for item in body.get("resources", [body]):
            for name in self.optional:
                if name != "status" or exchange.operation == "createExecution":
                    item.pop(name, None)
        if exchange.operation == "findMetrics":
            body.pop("count", None)
        return with_body(exchange, body)


def test_what_the_schema_leaves_optional_may_be_left_out(mock):
    names = [
        *("LM-SCENARIO-VERSIONS-OWNER", "LM-EXECUTABLE-OWNER", "LM-EXECUTION-FRESH-TARGET", "LM-EXECUTION-NAMES"),
        *("LM-METRICS-COUNT", "LM-ISOLATION-EXECUTION-CHANGE"),
    ]
    outcomes = run(open_session(mock, defect=Terse()), *names)
    assert outcomes.pop("LM-ISOLATION-EXECUTION-CHANGE") == "PASS"
    assert {type(outcome) for outcome in outcomes.values()} == {NotApplicable}
    for name in ("LM-EXECUTION-CREATE-HAS-STATUS", "LM-CONFIGURATION-EMPTY-BINDINGS"):
        assert REGISTER[name].level == "SHOULD"


class NoBulk(Defect):
    """Lawful: bulk updates are off, and there is no meta to say so."""

    def __init__(self, status):
        self.status = status

    def answer(self, exchange):
        return answered(exchange, self.status) if exchange.operation == "modifyExecutions" else exchange


@pytest.mark.parametrize("status", [400, 403, 404, 405, 501])
def test_bulk_updates_that_nobody_advertised_may_be_refused(mock, status):
    session = open_session(mock, defect=NoBulk(status))
    session.capabilities = Capabilities(None)
    names = [name for name in PROBES if name.startswith("LM-BULK-")]
    assert {type(outcome) for outcome in run(session, *names).values()} == {NotApplicable}
    assert not session.client("x").broken


@pytest.mark.parametrize(("switch", "part"), [("metrics-filter", "-FILTER-"), ("metrics-tag-filters", "TAG-FILTER")])
def test_a_parameter_with_a_declared_501_need_not_be_offered(start_mock, switch, part):
    session = open_session(start_mock("--switch", f"{switch}=501"))
    outcomes = run(session, *(name for name in PROBES if name.startswith("LM-METRICS") and part in name))
    judged = {name: type(outcome) for name, outcome in outcomes.items() if ("TAG" in name) is ("TAG" in part)}
    assert len(judged) > 1
    assert set(judged.values()) == {NotApplicable}


def test_501_for_all_that_is_asked_of_an_advertised_operation_is_not_passed_over(mock):
    outcomes = run(open_session(mock, defect=Refusing("findMetrics", 501, "not now")), "LM-METRICS-TAG-FILTER")
    assert isinstance(outcomes["LM-METRICS-TAG-FILTER"], NotTestable)


class Firewall(Defect):
    """Lawful: something in front of the API that answers with a page what looks like an attack, or everything."""

    def __init__(self, status, signs=r"%(?:22|27|3C)"):
        self.status, self.signs = status, signs

    def answer(self, exchange):
        if not re.search(self.signs, exchange.url):
            return exchange
        page = dataclasses.replace(exchange, status=self.status, body=b"<html>Request rejected</html>")
        return dataclasses.replace(page, headers=(("Content-Type", "text/html; charset=utf-8"),))


SIGNS = [name for name in PROBES if re.search(r"(?:SEARCH|LABEL|NAME|FILTER)-(?:SIGNS|NO-PATTERN)|FILTER-EQ$", name)]


@pytest.mark.parametrize("status", [400, 403, 404, 406])
def test_a_firewall_may_turn_away_what_looks_like_an_attack(mock, status):
    session = open_session(mock, defect=Firewall(status))
    outcomes = run(session, *SIGNS)
    assert [name for name, o in outcomes.items() if o != "PASS" and not isinstance(o, Inconclusive)] == []
    assert sum(o != "PASS" for o in outcomes.values()) > 5
    assert not session.client("x").broken


def test_a_page_for_what_looks_like_no_attack_is_not_passed_over(mock):
    outcomes = run(
        open_session(mock, defect=Firewall(403, "searchCaseInsensitive")), "LM-ARTIFACT-SEARCH-CASE-INSENSITIVE"
    )
    assert [type(outcome) for outcome in outcomes.values()] == [NotTestable]


class Late(Defect):
    """Lawful: what is to be stopped has left UNKNOWN when the request for that arrives, whatever was read before."""

    def request(self, request):
        if request.operation == "modifyExecution":
            time.sleep(0.12)
        return request


def test_a_short_unknown_status_is_not_taken_for_one_that_can_be_stopped(mock):
    outcomes = run(open_session(mock, defect=Late()), "LM-EXECUTION-STOP-UNKNOWN-STATUS")
    # On a slow machine it has ended by then, and the stop is refused.
    assert not [outcome for outcome in outcomes.values() if isinstance(outcome, Failure)]


def test_without_resource_groups_there_is_nothing_to_isolate(mock):
    session = open_session(mock)
    session.capabilities = Capabilities({"aiApi": {"version": "2.0.0", "capabilities": {"multitenant": False}}})
    names = [name for name in PROBES if "ISOLATION" in name]
    assert {type(outcome) for outcome in run(session, *names).values()} == {NotApplicable}


class Refusing(Defect):
    """Lawful: a tenant that lacks what a creation needs, and says so."""

    def __init__(self, operation, status, message, first=0):
        self.operation, self.status, self.message, self.served = operation, status, message, first

    def answer(self, exchange):
        if exchange.operation != self.operation:
            return exchange
        self.served -= 1
        body = {"error": {"code": "1", "message": self.message}}
        return exchange if self.served >= 0 else answered(exchange, self.status, body)


def test_a_tenant_without_an_object_store_breaks_nothing(mock):
    defect = Refusing("uploadFile", 400, "Object store secret 'default' was not found")
    names = [name for name in PROBES if name.startswith("LM-FILE-") or name == "LM-AUTH-FILE"]
    outcomes = run(open_session(mock, defect=defect), *names)
    assert not [name for name, outcome in outcomes.items() if isinstance(outcome, Failure | NotTestable)]
    assert isinstance(outcomes["LM-FILE-UPLOAD"], Inconclusive)


class Choosy(Defect):
    """Lawful: a target that refuses what its description leaves open, before it does anything (A5, F22)."""

    def __init__(self, operation, sign):
        self._operation, self._sign, self.refused = operation, sign, 0

    def request(self, request):
        self._refuses = request.operation == self._operation and self._sign in request.body
        return dataclasses.replace(request, method="GET", body=b"") if self._refuses else request

    def answer(self, exchange):
        self.refused += self._refuses
        return answered(exchange, 400, {"error": {"code": "1", "message": "no"}}) if self._refuses else exchange


def test_a_target_that_takes_no_json_file_is_judged_by_another_one(mock):
    defect = Choosy("uploadFile", b'"b"')
    names = ("LM-FILE-UPLOAD", "LM-FILE-DOWNLOAD-ECHO")
    assert run(open_session(mock, defect=defect), *names) == dict.fromkeys(names, "PASS")
    assert defect.refused == 1


def test_a_target_that_binds_declared_keys_alone_is_judged_by_these(mock):
    defect = Choosy("createConfiguration", b'"lmconform"')
    assert run(open_session(mock, defect=defect), "LM-CONFIGURATION-GET-ECHO") == {"LM-CONFIGURATION-GET-ECHO": "PASS"}
    assert defect.refused == 1


@pytest.mark.parametrize("served", [1, 2])
@pytest.mark.parametrize("message", ["The quota of deployments is exhausted", "You have exceeded the allowed number"])
@pytest.mark.parametrize("status", [400, 403, 429])
def test_a_deployment_beyond_the_quota_breaks_nothing(mock, status, message, served):
    defect = Refusing("createDeployment", status, message, first=served)
    outcomes = run(open_session(mock, defect=defect), "LM-DEPLOYMENT-FRESH-GET", "LM-DEPLOYMENT-TTL-ECHO")
    assert outcomes["LM-DEPLOYMENT-FRESH-GET"] == "PASS"
    assert isinstance(outcomes["LM-DEPLOYMENT-TTL-ECHO"], Inconclusive)


class Empty(NothingToTrain):
    """Lawful: a tenant without any template."""

    def answer(self, exchange):
        if exchange.operation == "listScenarios" and exchange.ok:
            return with_body(exchange, {"count": 0, "resources": []})
        return exchange


def test_an_empty_tenant_breaks_nothing(mock):
    outcomes = run(open_session(mock, defect=Empty()))
    assert not [name for name, outcome in outcomes.items() if isinstance(outcome, Failure | NotTestable)]


class Dead(Defect):
    """Lawful: trainings of this tenant find no data."""

    def answer(self, exchange):
        if exchange.operation not in ("getExecution", "listExecutions") or not exchange.ok:
            return exchange
        text = exchange.body.replace(b'"status":"COMPLETED"', b'"status":"DEAD"')
        return with_body(exchange, json.loads(text))

    def request(self, request):
        # A filter must reach the mock with the statuses that it has: DEAD here is COMPLETED there.
        names = {"status=COMPLETED": "status=STOPPING", "status=DEAD": "status=COMPLETED"}
        query = re.sub("status=(COMPLETED|DEAD)", lambda found: names[found[0]], request.query)
        return dataclasses.replace(request, query=query)


def test_a_training_that_dies_is_no_failure_of_other_things(start_mock):
    # None is DEAD in the mock itself: the filter of the defect would not find it.
    mock = start_mock("--switch", "wrong-bindings=PENDING")
    outcomes = run(open_session(mock, defect=Dead()))
    assert not [name for name, outcome in outcomes.items() if isinstance(outcome, Failure | NotTestable)]
    assert isinstance(outcomes["LM-EXECUTION-OUTPUT-OWNER"], Inconclusive)


class Busy(Defect):
    """A gateway that refuses every request."""

    def answer(self, exchange):
        return answered(exchange, 429)


def test_a_gateway_that_refuses_everything_leaves_nothing_testable(mock):
    session = open_session(mock, defect=Busy())
    for name, outcome in run(session).items():
        # No 5xx is what a refusal of every method shows as well.
        if not name.startswith(("LM-AUTH-", "LM-HTTP-HARMLESS-METHOD")):
            assert isinstance(outcome, NotTestable | Inconclusive), (name, outcome)


def test_what_is_not_advertised_does_not_apply(mock):
    session = open_session(mock)
    without = {"userExecutions": False, "userDeployments": False}
    session.capabilities = Capabilities({"aiApi": {"version": "2.0.0", "capabilities": without}})
    for name, outcome in run(session).items():
        if REGISTER[name].capability:
            assert isinstance(outcome, NotApplicable), name


def test_stuck_executions_are_waited_for_once(mock):
    class Stuck(Defect):
        """Lawful: the cluster has no room (F51)."""

        def answer(self, exchange):
            if exchange.operation == "getExecution" and exchange.ok:
                return with_body(exchange, {**exchange.json_object(), "status": "PENDING"})
            return exchange

    session = open_session(mock, defect=Stuck(), poll_timeout=0.3)
    names = [n for n in PROBES if n.startswith("LM-EXECUTION-OUTPUT") or n == "LM-EXECUTION-TERMINAL-STAYS"]
    outcomes = run(session, *names)
    assert {type(outcome) for outcome in outcomes.values()} == {Inconclusive}
    # One wait of 0.3 s at 0.02 s a poll; a wait for each probe would make five times as many.
    assert sum(request.operation == "getExecution" for request in session.transport.requests) < 25


def test_a_spent_budget_is_inconclusive(mock):
    session = open_session(mock)
    session.budget.bounds["execution"] = Bound(0, "--more", "by the test")
    session.guard._disposable = False
    outcome = run(session, "LM-EXECUTION-FRESH-GET")["LM-EXECUTION-FRESH-GET"]
    assert isinstance(outcome, Inconclusive)
    assert "may create no executions" in str(outcome)


@pytest.mark.parametrize(
    ("name", "part"),
    [("LM-CONCURRENT-STOP", "modifyDeployment"), ("LM-CONCURRENT-DELETE", "deleteDeployment")],
)
def test_what_is_judged_on_a_disposable_target_only_is_named_on_another_one(mock, name, part):
    session = open_session(mock)
    session.target = dataclasses.replace(session.target, disposable=False)
    item = ProbeItem(f"probe/{name}", "core", "", (name,), (name,), PROBES[name])
    events, _ = item.events(session, lambda line: None)
    found = {event.id: event for event in events}
    assert found[f"probe/{name}"].outcome == "PASS"
    left_out = found[f"probe/{name}#{part}"]
    assert (left_out.outcome, left_out.gates, left_out.option) == ("NOT_TESTABLE", False, "--disposable")


def test_nothing_but_our_own_is_touched(mock):
    session = open_session(mock)
    session.guard._disposable = False
    assert odd(run(session)) == {}
