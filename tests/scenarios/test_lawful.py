"""What a scenario asks of a target that lacks something, takes its time, or lets something go."""

import time
from contextlib import ExitStack

import pytest
import yaml
from tests.scenarios.tutorial_server import ERROR, Fake, execution, serve, session_for

from lmconform.contract.capabilities import Capabilities
from lmconform.judgement import State
from lmconform.scenarios import load
from lmconform.scenarios.runner import WorkflowRun

KEPT, BROKEN = State.KEPT, State.BROKEN
NOT_APPLICABLE, NOT_TESTABLE, INCONCLUSIVE = State.NOT_APPLICABLE, State.NOT_TESTABLE, State.INCONCLUSIVE
GET = "GET /lm/executions/e001"
OK = [{"condition": "$statusCode == 200"}]


@pytest.fixture
def written(tmp_path):
    """Runs the steps that a test writes, on a server with its routes and capabilities."""
    with ExitStack() as stack:

        def start(*steps, routes=None, meta=None, timeout=5.0, inputs=None, expected=()):
            fake = stack.enter_context(serve(Fake()))
            fake.reset(routes or {})
            session = stack.enter_context(session_for(fake.base, timeout=timeout, expected=expected))
            session.capabilities = Capabilities(meta)
            workflow = {"workflowId": "w", "steps": list(steps), "inputs": {"properties": inputs or {}}}
            document = {
                "arazzo": "1.0.1",
                "info": {"title": "t", "version": "1"},
                "sourceDescriptions": [{"name": "lm", "url": "../specs/lm/openapi.yaml"}],
                "workflows": [workflow],
            }
            (tmp_path / "w.arazzo.yaml").write_text(yaml.safe_dump(document))
            (read,) = load(session.contract, tmp_path, session.register)
            run = WorkflowRun(read.workflow("w"), session, sleep=lambda s: time.sleep(min(s, 0.02)))
            return run, fake

        yield start


def poll(step="p", criteria=OK, **more):
    """A step that polls the execution."""
    how = {} if more.get("gone") else {"good": ["RUNNING"], "bad": ["DEAD"]}
    path = [{"name": "executionId", "in": "path", "value": "e001"}]
    given = {"operationId": "getExecution", "parameters": path, "successCriteria": criteria}
    return {"stepId": step, **given, "x-lm-poll": how | more}


def answers(*given):
    """A route that answers with one after the other, and then stays at the last: statuses, or 404."""
    waiting = list(given)

    def route(request):
        one = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return (404, ERROR) if one == 404 else (200, execution(one))

    return {GET: route}


# --- polls ----------------------------------------------------------------------------------------


def test_a_poll_may_wait_for_something_to_go(written):
    gone = poll(criteria=[{"condition": "$statusCode == 404"}], gone=True)
    run, fake = written(gone, routes=answers("RUNNING", "RUNNING", 404))
    assert run.until("p").state is KEPT
    assert fake.count("GET", "/lm/executions/e001") == 3


def test_what_does_not_go_fails(written):
    gone = poll(criteria=[{"condition": "$statusCode == 404"}], gone=True)
    run, _ = written(gone, routes=answers("RUNNING"), timeout=0.2)
    assert (run.until("p").state, run.until("p").judgement.expected) == (
        BROKEN,
        "the execution of w/p to be gone within 0.2 s",
    )
    assert run.until("p").judgement.actual.endswith("--delete-timeout raises the limit")


def test_several_that_do_not_go_are_waited_for_twice_and_then_looked_at_once(written):
    steps = [poll(step, criteria=[{"condition": "$statusCode == 404"}], gone=True) for step in "abc"]
    for step in steps:
        step["onFailure"] = [{"name": "on", "type": "goto", "stepId": chr(ord(step["stepId"]) + 1)}]
    del steps[-1]["onFailure"]
    run, _ = written(*steps, routes=answers("COMPLETED"), timeout=0.2)
    assert [run.until(step).state for step in "abc"] == [BROKEN, BROKEN, NOT_TESTABLE]
    assert "--delete-timeout" in run.until("c").judgement.because


def test_a_late_one_may_be_unseen_at_first_and_not_afterwards(written):
    run, _ = written(poll(late=True), routes=answers(404, 404, "RUNNING"))
    assert run.until("p").state is KEPT
    run, _ = written(poll(late=True), routes=answers("PENDING", 404, "RUNNING"))
    assert run.until("p").state is BROKEN
    run, _ = written(poll(), routes=answers(404, "RUNNING"))
    assert run.until("p").state is BROKEN


def test_with_an_excuse_a_bad_end_breaks_nothing(written):
    excused = poll(good=["COMPLETED"], excuse="it may end before")
    run, _ = written(excused, poll("q"), routes=answers("RUNNING", "DEAD"))
    done, behind = run.until("p"), run.until("q")
    assert done.state is INCONCLUSIVE
    assert "it may end before" in done.judgement.text
    assert behind.state is INCONCLUSIVE


def test_an_excuse_covers_no_limit_that_passes(written):
    run, _ = written(poll(good=["COMPLETED"], excuse="it may end before"), routes=answers("RUNNING"), timeout=0.2)
    assert run.until("p").state is BROKEN


@pytest.mark.parametrize(("good", "state"), [("COMPLETED", INCONCLUSIVE), ("STOPPED", BROKEN)])
def test_what_is_queued_for_ever_has_no_room_unless_it_is_to_stop(written, good, state):
    run, _ = written(poll(good=[good]), routes=answers("UNKNOWN", "PENDING"), timeout=0.2)
    assert run.until("p").state is state


def test_a_deployment_that_is_late_for_longer_than_the_grace_is_missing(written):
    run, fake = written(poll(late=True), routes=answers(404))
    assert run.until("p").state is BROKEN
    assert fake.count("GET", "/lm/executions/e001") > 3
    assert run.until("p").judgement.text.endswith("failed")


def test_an_excuse_covers_no_illegal_transition(written):
    run, _ = written(poll(good=["COMPLETED"], excuse="anything"), routes=answers("RUNNING", "PENDING"))
    assert run.until("p").judgement.text == "illegal transition RUNNING → PENDING"


# --- what does not apply --------------------------------------------------------------------------

SERVED = {"aiApi": {"capabilities": {"userDeployments": True, "timeToLiveDeployments": False}}}
TTL = "aiApi.capabilities.timeToLiveDeployments"


def listing(step, *requirements, **more):
    """A step that lists scenarios."""
    given = {"operationId": "listScenarios", "successCriteria": OK, "x-lm-requirements": list(requirements)}
    return {"stepId": step, **given, **more}


def test_a_step_whose_capability_is_not_advertised_is_passed_over_and_sends_nothing(written):
    run, fake = written(listing("a", "LM-FLOW-SERVING-TTL"), listing("b", "LM-FLOW-SERVING-DEPLOYED"), meta=SERVED)
    assert (run.until("a").state, run.until("a").judgement.text) == (
        NOT_APPLICABLE,
        f"GET /v2/lm/meta does not advertise {TTL}",
    )
    assert run.until("b").state is KEPT
    assert len(fake.seen) == 1


def test_what_builds_on_a_step_that_does_not_apply_does_not_apply_either(written):
    first = listing("a", "LM-FLOW-SERVING-TTL", outputs={"id": "$response.body#/resources/0/id"})
    path = [{"name": "scenarioId", "in": "path", "value": "$steps.a.outputs.id"}]
    second = {"stepId": "b", "operationId": "getScenario", "parameters": path}
    run, fake = written(first, second, listing("c"), meta=SERVED)
    assert [run.until(step).state for step in "abc"] == [NOT_APPLICABLE, NOT_APPLICABLE, KEPT]
    assert run.until("b").origin == "a"
    assert len(fake.seen) == 1


def test_an_action_may_know_a_reason_that_nobody_is_to_blame_for(written):
    end = [{"name": "refused", "type": "end", "x-lm-outcome": "NOT_TESTABLE", "x-lm-note": "the template forbids it"}]
    bulk = {"aiApi": {"capabilities": {"bulkUpdates": {"executions": True}}}}
    steps = listing("a", "LM-FLOW-BULK-STOPPED", onSuccess=end), listing("b", "LM-FLOW-BULK-DELETED")
    run, _ = written(*steps, meta=bulk)
    for step in "ab":
        assert run.until(step).state is INCONCLUSIVE
    assert run.until("a").judgement.text == "the template forbids it"


@pytest.mark.parametrize(
    ("words", "state", "behind"),
    [
        ("The quota is exhausted", INCONCLUSIVE, INCONCLUSIVE),
        ("maxRunningCount is 5", INCONCLUSIVE, INCONCLUSIVE),
        ("no", BROKEN, NOT_TESTABLE),
    ],
)
def test_a_failure_may_have_a_reason_that_nobody_is_to_blame_for(written, words, state, behind):
    full = {"context": "$response.body", "condition": "(?i)quota|maxRunningCount", "type": "regex"}
    end = {"name": "full", "type": "end", "criteria": [full], "x-lm-outcome": "NOT_TESTABLE", "x-lm-note": "no room"}
    said = {"error": {"code": "1", "message": words}}
    steps = listing("a", "LM-FLOW-SERVING-DEPLOYED", onFailure=[end]), listing("b", "LM-FLOW-SERVING-RUNS")
    run, _ = written(*steps, routes={"GET /lm/scenarios": lambda r: (400, said)})
    assert [run.until(step).state for step in "ab"] == [state, behind]


@pytest.mark.parametrize(
    ("limits", "applies"),
    [
        (None, True),
        ({"minimum": "10m", "maximum": -1}, True),
        ({"minimum": "10m", "maximum": "10H"}, True),
        ({"minimum": None, "maximum": "1d"}, True),
        ({"minimum": "10m", "maximum": "8h"}, False),
        ({"minimum": "1d", "maximum": -1}, False),
        ({"minimum": "10m", "maximum": 28800}, False),
    ],
)
def test_a_time_to_live_beyond_the_limits_is_not_asked_for(written, limits, applies):
    meta = {"aiApi": {"capabilities": {"timeToLiveDeployments": True}, "limits": {"timeToLiveDeployments": limits}}}
    deploy = {"operationId": "createDeployment", "requestBody": {"payload": {"configurationId": "c", "ttl": "10h"}}}
    steps = {"stepId": "a", **deploy, "x-lm-requirements": ["LM-FLOW-SERVING-TTL"]}, listing("b", "LM-FLOW-SERVING-TTL")
    made = {"id": "d001", "message": "Deployment scheduled"}
    run, _ = written(*steps, routes={"POST /lm/deployments": lambda r: (202, made)}, meta=meta)
    assert [run.until(step).state for step in "ab"] == [KEPT if applies else NOT_APPLICABLE] * 2


# --- names ----------------------------------------------------------------------------------------


def test_each_run_brings_a_name_of_its_own(written):
    body = {"payload": {"name": "{$inputs.runId}-a", "kind": "other", "url": "ai://a/b", "scenarioId": "some"}}
    step = {"stepId": "s", "operationId": "createArtifact", "requestBody": body}
    names = set()
    for _ in range(2):
        run, fake = written(step, inputs={"runId": {"default": "lmconform-scenario"}})
        run.until("s")
        names.add(fake.seen[-1].body["name"])
    assert len(names) == 2
    assert all(name.startswith("lmconform-") and "scenario" not in name for name in names)
