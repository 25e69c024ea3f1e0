"""Running workflows: against a server of the tutorial's endpoints that has at most one defect."""

import socket
import time
from contextlib import ExitStack
from dataclasses import replace

import pytest
import yaml
from tests.scenarios.tutorial_server import ERROR, SCENARIO, Fake, execution, serve, session_for

from lmconform.contract.requirements import Register
from lmconform.errors import SafetyRefusal, TargetLost
from lmconform.judgement import State
from lmconform.safety.guard import RUN_LABEL
from lmconform.scenarios import load
from lmconform.scenarios.runner import WorkflowRun

STEPS = (
    "list-scenarios",
    "register-artifact",
    "create-configuration",
    "start-execution",
    "start-execution-fallback",
    "poll-execution",
    "store-metrics",
    "read-metrics",
)
DEPRECATED = "POST /lm/configurations/conf-1/executions"
STARTED = {"id": "e001", "message": "Execution scheduled", "status": "UNKNOWN"}


class Flow:
    """A workflow on a server: ``until`` and what it left."""

    def __init__(self, fake, session, workflow_id="training", folder=None):
        self.fake = fake
        self.session = session
        self.lines = []
        self.slept = []
        documents = load(session.contract, folder, session.register)
        self.document = next(d for d in documents if any(w.id == workflow_id for w in d.workflows))
        workflow = self.document.workflow(workflow_id)
        self.run = WorkflowRun(workflow, session, self.lines.append, sleep=self.sleep)

    def sleep(self, seconds):
        """Remember, and wait a little at most."""
        self.slept.append(seconds)
        time.sleep(min(seconds, 0.02))

    def until(self, step):
        """The outcome of that step."""
        return self.run.until(step)

    def states(self):
        """The state of every step."""
        return {step: self.until(step).state for step in self.run.workflow.step_ids}


@pytest.fixture(scope="module")
def server():
    """One server for all tests; each begins it anew."""
    with serve(Fake()) as fake:
        yield fake


@pytest.fixture
def flow(server):
    """Gives the server its routes, and begins a run of a workflow on it."""
    with ExitStack() as stack:

        def start(routes=None, workflow_id="training", folder=None, **more):
            server.reset(routes or {})
            session = stack.enter_context(session_for(server.base, **more))
            return Flow(server, session, workflow_id, folder)

        yield start


def statuses(*names, **more):
    """A route that answers with one status after the other, and then stays at the last."""
    waiting = list(names)

    def route(request):
        return 200, execution(waiting.pop(0) if len(waiting) > 1 else waiting[0], **more)

    return {"GET /lm/executions/e001": route}


# --- the good way ---------------------------------------------------------------------------------


def test_a_lawful_server_passes_every_step(flow):
    run = flow()
    assert run.states() == dict.fromkeys(STEPS, State.KEPT)
    assert run.session.journal.count_left() == {"artifact": 1, "configuration": 1, "execution": 1, "metrics": 1}
    assert not run.until("read-metrics").client.broken


def test_a_step_sends_nothing_of_the_steps_behind_it(flow):
    run = flow()
    assert run.until("list-scenarios").state is State.KEPT
    assert [(r.method, r.path) for r in run.fake.seen] == [("GET", "/lm/scenarios")]


def test_asking_twice_sends_once(flow):
    run = flow()
    assert run.until("register-artifact") is run.until("register-artifact")
    assert run.until("list-scenarios").state is State.KEPT
    assert len(run.fake.seen) == 2


def test_the_tutorials_bodies_go_out_as_printed(flow):
    run = flow()
    run.states()
    sent = {f"{r.method} {r.path}": r for r in run.fake.seen}
    assert sent["POST /lm/configurations"].body == {
        "name": "dev-tutorial-training-configuration",
        "executableId": "text-clf-train-tutorial",
        "scenarioId": "text-clf-tutorial",
        "versionId": "0.0.1",
        "parameterBindings": [],
        "inputArtifactBindings": [{"key": "text-data", "artifactId": "art-1"}],
    }
    metrics = sent["PATCH /lm/metrics"]
    assert metrics.headers["Content-Type"] == "application/merge-patch+json"
    assert metrics.body["customInfo"][0]["value"] == (
        "[{'Predicted': 'False',  'Actual': 'False','value': 34},{'Predicted': 'False','Actual': 'True',  "
        "'value': 124}, {'Predicted': 'True','Actual': 'False','value': 165},{  'Predicted': 'True','Actual': "
        "'True','value': 36}]"
    )
    assert {r.headers["AI-Resource-Group"] for r in run.fake.seen} == {"tutorial"}
    assert sent["GET /lm/metrics"].query == "executionIds=e001"


# --- the deprecated endpoint ----------------------------------------------------------------------


def test_the_fallback_is_taken_and_says_so(flow):
    run = flow()
    text = "deprecated endpoint answered 404; started at POST /v2/lm/executions instead"
    done = run.until("start-execution")
    assert (done.state, done.judgement.text) == (State.KEPT, text)
    assert done.observations == (("LM-OBS-DEPRECATED-EXECUTION-ENDPOINT", "404", text),)
    assert run.until("start-execution-fallback").state is State.KEPT


@pytest.mark.parametrize("status", [200, 308, 400, 401, 403, 405, 410, 500, 501])
def test_any_answer_of_the_deprecated_endpoint_is_lawful(flow, status):
    run = flow({DEPRECATED: lambda r: (status, None)})
    assert run.until("start-execution").state is State.KEPT
    assert run.until("start-execution").observations[0][1] == str(status)
    assert run.until("start-execution-fallback").state is State.KEPT
    assert not run.until("start-execution").client.broken


def test_without_need_the_fallback_does_not_apply(flow):
    run = flow({DEPRECATED: lambda r: (202, STARTED)})
    skipped = run.until("start-execution-fallback")
    assert (skipped.state, skipped.origin) == (State.NOT_APPLICABLE, "start-execution")
    assert skipped.judgement.text == "deprecated endpoint answered 202, no fallback needed"
    assert run.until("read-metrics").state is State.KEPT
    assert run.fake.count("POST", "/lm/executions") == 0
    assert run.session.journal.left("execution", "tutorial") == ["e001"]


# --- failures -------------------------------------------------------------------------------------


def test_a_url_that_is_not_echoed_fails_the_step_and_what_follows_is_not_testable(flow):
    url = {"id": "art-1", "message": "Artifact acknowledged", "url": "ai://default/other"}
    run = flow({"POST /lm/artifacts": lambda r: (201, url)})
    done = run.until("register-artifact")
    assert done.state is State.BROKEN
    assert done.judgement.expected == '$response.body holds {"url": "ai://default/data"}'
    assert "ai://default/other" in done.judgement.actual
    behind = [run.until(step) for step in STEPS[2:]]
    assert {(o.state, o.origin) for o in behind} == {(State.NOT_TESTABLE, "register-artifact")}
    assert len(run.fake.seen) == 2


def test_the_contract_judges_the_answers_of_a_step(flow):
    run = flow({"GET /lm/scenarios": lambda r: (200, {"count": "1", "resources": [SCENARIO]})})
    done = run.until("list-scenarios")
    assert done.state is State.KEPT
    assert {requirement for requirement, _ in done.client.broken} == {"LM-HTTP-BODY-SCHEMA"}


# --- content that a tenant may lack ---------------------------------------------------------------


def test_a_tenant_without_the_tutorials_content_is_not_blamed(flow):
    empty = {"count": 0, "resources": []}
    absent = {
        "GET /lm/scenarios": lambda r: (200, empty),
        "GET /lm/scenarios/text-clf-tutorial": lambda r: (404, ERROR),
    }
    run = flow(absent)
    done = [run.until(step) for step in STEPS]
    assert {o.state for o in done} == {State.INCONCLUSIVE}
    assert "no scenario text-clf-tutorial in this tenant; synchronise" in done[0].judgement.text
    assert {o.origin for o in done[1:]} == {"list-scenarios"}
    assert len(run.fake.seen) == 2


@pytest.mark.parametrize("status", [400, 404])
def test_a_scenario_without_the_training_template_is_not_blamed(flow, status):
    executable = "GET /lm/scenarios/text-clf-tutorial/executables/text-clf-train-tutorial"
    refused = {"POST /lm/configurations": lambda r: (400, ERROR)}
    done = flow({**refused, executable: lambda r: (status, ERROR)}).until("create-configuration")
    assert done.state is State.INCONCLUSIVE
    assert "no executable text-clf-train-tutorial in this tenant" in done.judgement.text
    done = flow({**refused, executable: lambda r: (200, {})}).until("create-configuration")
    assert (done.state, "refuses it: 400" in done.judgement.actual) == (State.BROKEN, True)


def test_a_scenario_that_is_there_and_not_listed_fails(flow):
    run = flow({"GET /lm/scenarios": lambda r: (200, {"count": 0, "resources": []})})
    done = run.until("list-scenarios")
    assert done.state is State.BROKEN
    assert done.judgement.expected == "what GET /v2/lm/scenarios/{scenarioId} finds"
    assert done.judgement.exchanges == (done.client.exchanges[0],)


def test_a_list_that_cannot_be_had_is_a_failure_and_no_missing_content(flow):
    run = flow({"GET /lm/scenarios": lambda r: (500, ERROR)})
    assert run.until("list-scenarios").state is State.BROKEN
    assert len(run.fake.seen) == 1


def test_when_nobody_can_say_whether_it_is_there_the_step_is_not_testable(flow):
    lacking = {
        "GET /lm/scenarios": lambda r: (200, {"count": 0, "resources": []}),
        "GET /lm/scenarios/text-clf-tutorial": lambda r: (403, ERROR),
    }
    done = flow(lacking).until("list-scenarios")
    assert done.state is State.NOT_TESTABLE


# --- the poll -------------------------------------------------------------------------------------


def test_each_poll_is_one_line(flow):
    run = flow()
    run.until("poll-execution")
    assert run.lines == [
        f"training/poll-execution: poll {i}: {status} (0 s of 5 s)"
        for i, status in enumerate(("UNKNOWN", "PENDING", "RUNNING", "COMPLETED"), 1)
    ]


def test_sampling_may_skip_statuses(flow):
    run = flow(statuses("UNKNOWN", "COMPLETED"))
    assert run.until("poll-execution").state is State.KEPT


@pytest.mark.parametrize(
    ("status", "said", "actual"),
    [
        ("DEAD", None, "DEAD"),
        ("DEAD", "no data", "DEAD: statusMessage: no data"),
        ("STOPPED", None, "STOPPED"),
        ("STOPPED", "out of memory", "STOPPED: statusMessage: out of memory"),
    ],
)
def test_a_bad_status_ends_the_poll_at_once(flow, status, said, actual):
    run = flow(statuses("PENDING", status, statusMessage=said))
    done = run.until("poll-execution")
    assert (done.state, done.judgement.expected, done.judgement.actual) == (State.BROKEN, "COMPLETED", actual)
    assert done.judgement.text.startswith(f"{status} ended the poll at poll 2")
    assert run.fake.count("GET", "/lm/executions/e001") == 2
    assert run.until("store-metrics").origin == "poll-execution"


@pytest.mark.parametrize(
    ("first", "second"),
    [("RUNNING", "PENDING"), ("PENDING", "UNKNOWN"), ("RUNNING", "UNKNOWN"), ("STOPPING", "RUNNING")],
)
def test_a_status_that_goes_backwards_fails(flow, first, second):
    run = flow(statuses(first, second, "COMPLETED"))
    done = run.until("poll-execution")
    assert done.state is State.BROKEN
    assert done.judgement.text == f"illegal transition {first} → {second}"
    assert done.judgement.actual == second


def test_an_unknown_status_fails(flow):
    done = flow(statuses("COMPLETE")).until("poll-execution")
    assert done.state is State.BROKEN
    assert done.judgement.text == "unknown status; did you mean 'COMPLETED'?"


def test_an_execution_that_never_ends_hits_the_deadline(flow):
    run = flow(statuses("RUNNING"), timeout=0.3)
    started = time.monotonic()
    done = run.until("poll-execution")
    assert time.monotonic() - started < 2
    wanted = "the execution of training/poll-execution to be COMPLETED within 0.3 s"
    assert (done.state, done.judgement.expected) == (State.BROKEN, wanted)
    assert done.judgement.actual.startswith("RUNNING after ")
    assert done.judgement.actual.endswith("--poll-timeout raises the limit")


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (statuses("UNKNOWN"), "UNKNOWN after "),
        (statuses("UNKNOWN", "PENDING"), "PENDING after "),
    ],
)
def test_a_training_that_is_queued_for_ever_breaks_nothing(flow, seen, said):
    run = flow(seen, timeout=0.3)
    done = run.until("poll-execution")
    assert done.state is State.INCONCLUSIVE
    assert said in done.judgement.text
    assert run.until("store-metrics").state is State.INCONCLUSIVE


def test_a_model_may_be_seen_a_moment_after_the_end(flow):
    early, looks = execution("COMPLETED", outputArtifacts=[]), []

    def route(request):
        looks.append(request)
        return 200, early if len(looks) < 4 else execution("COMPLETED")

    run = flow({"GET /lm/executions/e001": route})
    assert run.until("poll-execution").state is State.KEPT
    assert run.until("read-metrics").state is State.KEPT
    assert len(looks) == 4


def test_a_training_that_dies_is_broken_and_says_why_with_the_end_of_its_log(flow):
    lines = [{"msg": f"line {n}", "timestamp": f"2026-01-01T00:00:{n:02}Z"} for n in range(30)]
    details = {"details": [{"exitCode": 1, "containerName": "main"}]}
    seen = statuses("RUNNING", "DEAD", statusMessage="OOMKilled", statusDetails=details)
    run = flow({**seen, "GET /lm/executions/e001/logs": lambda r: (200, {"data": {"result": lines[::-1]}})})
    done = run.until("poll-execution")
    assert done.state is State.BROKEN
    text = done.judgement.text
    assert "statusMessage: OOMKilled" in text
    assert '"exitCode": 1' in text
    assert "log: line 20 / line 21 /" in text
    assert "line 29" in text
    assert "line 19" not in text
    assert "ai://default/data" in text
    assert "--expect training=may-die" in text
    assert run.until("store-metrics").state is State.NOT_TESTABLE


def test_a_training_may_die_where_its_owner_expects_that(flow):
    seen = statuses("RUNNING", "DEAD", statusMessage="no object store")
    run = flow(seen, expected=["training=may-die"])
    done = run.until("poll-execution")
    assert done.state is State.INCONCLUSIVE
    assert "no object store" in done.judgement.text
    assert "--expect training=may-die" in done.judgement.text
    assert run.until("store-metrics").state is State.INCONCLUSIVE


def test_an_expectation_covers_no_stop(flow):
    run = flow(statuses("RUNNING", "STOPPED"), expected=["training=may-die"])
    assert run.until("poll-execution").state is State.BROKEN


@pytest.mark.parametrize(
    ("lacking", "sent", "judged"),
    [
        (
            {"aiApi": {"capabilities": {"userExecutions": False}}, "extensions": {"metrics": {}}},
            0,
            "create-configuration",
        ),
        ({"aiApi": {}}, 1, "poll-execution"),
    ],
)
def test_a_step_for_what_is_not_advertised_does_not_apply(flow, lacking, sent, judged):
    run = flow(meta=lacking)
    outcomes = run.states()
    steps = list(outcomes)
    behind = steps[steps.index(judged) + 1 :]
    assert outcomes[judged] is State.KEPT
    assert {outcomes[step] for step in behind} == {State.NOT_APPLICABLE}
    assert run.fake.count("POST", "/lm/executions") == sent
    assert run.fake.count("PATCH", "/lm/metrics") == 0


def test_a_step_for_what_was_published_later_does_not_apply(flow):
    run = flow()
    stored = run.session.register["LM-FLOW-METRICS-STORED"]
    rows = {**run.session.register, stored.id: replace(stored, since="2.40.0")}
    run.session.register = Register(rows, run.session.register.sha256)
    run.session.contract = run.session.contract.at("2.38.0")
    assert run.until("poll-execution").state is State.KEPT
    done = run.until("store-metrics")
    assert done.state is State.NOT_APPLICABLE
    assert done.judgement.text == "published in 2.40.0; the target is judged by 2.38.0"
    assert run.fake.count("PATCH", "/lm/metrics") == 0


def test_retry_after_is_honoured_on_a_poll(flow):
    answers = [(200, execution("RUNNING"), {"Retry-After": "3"}), (200, execution("COMPLETED"))]
    run = flow({"GET /lm/executions/e001": lambda r: answers.pop(0)})
    assert run.until("poll-execution").state is State.KEPT
    assert run.slept == [3.0]


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_waited_for(flow, status):
    """The transport tries three times at once; what it hands on is waited out by the poll."""
    answers = [(status, None, {"Retry-After": "0"})] * 4 + [(200, execution("COMPLETED"))]
    run = flow({"GET /lm/executions/e001": lambda r: answers.pop(0)})
    assert run.until("poll-execution").state is State.KEPT
    assert run.lines[0] == f"training/poll-execution: poll 1: {status}, asked to wait 0 s"


@pytest.mark.parametrize("step", ["register-artifact", "poll-execution"])
def test_a_server_that_limits_the_rate_to_the_end_is_not_blamed_for_what_the_step_wants(flow, step):
    routes = {"register-artifact": "POST /lm/artifacts", "poll-execution": "GET /lm/executions/e001"}
    done = flow({routes[step]: lambda r: (429, None)}).until(step)
    assert done.state is State.NOT_TESTABLE
    assert " answered 429" in done.judgement.text


def test_a_wait_beyond_the_deadline_is_not_waited(flow):
    run = flow({"GET /lm/executions/e001": lambda r: (503, None, {"Retry-After": "900"})})
    done = run.until("poll-execution")
    assert (done.state, run.slept) == (State.BROKEN, [])
    assert done.judgement.actual.startswith("503 ")


def test_a_poll_that_is_refused_fails_at_once(flow):
    run = flow({"GET /lm/executions/e001": lambda r: (404, ERROR)})
    done = run.until("poll-execution")
    assert (done.state, done.judgement.text) == (State.BROKEN, "poll 1 failed")
    assert run.fake.count("GET", "/lm/executions/e001") == 1


def test_a_completed_execution_without_a_model_fails(flow):
    done = flow(statuses("COMPLETED", outputArtifacts=[])).until("poll-execution")
    assert done.state is State.BROKEN
    assert "outputArtifacts" in done.judgement.expected


# --- metrics --------------------------------------------------------------------------------------


def read_back(change):
    """A route that gives the stored metrics back, changed."""

    def start(fake):
        def route(request):
            change(fake.stored)
            return 200, {"count": 1, "resources": [fake.stored]}

        return route

    return start


def changed(flow, change):
    """The outcome of read-metrics on a server that changes what it stored."""
    run = flow()
    run.fake.routes["GET /lm/metrics"] = read_back(change)(run.fake)
    return run.until("read-metrics")


def test_another_spelling_of_the_instant_order_and_more_tags_are_lawful(flow):
    def lawful(stored):
        stored["metrics"][0]["timestamp"] = "2021-06-28T07:50:24.589000Z"
        stored["metrics"][0]["labels"].reverse()
        stored["metrics"].insert(0, {"name": "server-made", "value": 1, "timestamp": "2021-06-28T07:50:24Z"})
        stored["tags"].append({"name": "by-the-server", "value": "x"})
        stored["customInfo"].append({"name": "by-the-training", "value": "y"})

    assert changed(flow, lawful).state is State.KEPT


@pytest.mark.parametrize(
    ("change", "actual"),
    [
        (lambda s: s["metrics"][0]["labels"][0].update(value="tree-83"), 'labels[0].value is "tree-83"'),
        (lambda s: s["metrics"][0]["labels"].append({"name": "x", "value": "y"}), "labels has 3 elements, expected 2"),
        (lambda s: s["metrics"][0]["labels"].pop(), "has no element"),
        (lambda s: s["metrics"][0].update(value=0.99), "value is 0.99, expected 0.98"),
        (lambda s: s["metrics"][0].update(step=3), "step is 3, expected 2"),
        (lambda s: s["metrics"][0].update(timestamp="2021-06-28T07:50:24Z"), "timestamp is"),
        (lambda s: s["metrics"].clear(), "metrics has no element"),
        (lambda s: s["tags"].clear(), "tags has no element"),
        (lambda s: s["customInfo"][0].update(value="[]"), 'customInfo[0].value is "[]"'),
        (lambda s: s["customInfo"].clear(), "customInfo has no element"),
    ],
)
def test_metrics_that_come_back_changed_fail(flow, change, actual):
    done = changed(flow, change)
    assert done.state is State.BROKEN
    assert actual in done.judgement.actual


# --- the page, as printed -------------------------------------------------------------------------


def test_elsewhere_the_page_is_an_observation_and_no_failure(flow):
    refused = {"error": {"code": "1", "message": "configurationId is missing"}}
    run = flow({"POST /lm/executions": lambda r: (400, refused)}, "training-as-printed")
    done = run.until("create-configuration")
    assert done.state is State.NOTED
    assert done.observations[0][:2] == (
        "LM-OBS-TUTORIAL-ENDPOINTS",
        "endpoints of steps 3 and 4 are transposed",
    )
    behind = {run.until(step).state for step in STEPS[3:]}
    assert behind == {State.NOT_APPLICABLE}


def test_a_request_of_another_dialect_is_not_judged_by_the_contract(flow):
    """201 is not declared for POST /lm/executions: that a server takes the page's body is no finding."""
    printed = {"POST /lm/executions": lambda r: (201, {"id": "conf-1", "message": "Configuration created"})}
    run = flow(printed, "training-as-printed")
    done = run.until("create-configuration")
    assert done.state is State.KEPT
    assert not done.client.judged


def test_a_server_that_follows_the_page_passes_all_its_steps(flow, server):
    printed = {
        "POST /lm/executions": server.configure,
        "POST /lm/configurations": lambda r: (202, STARTED),
    }
    run = flow(printed, "training-as-printed")
    assert run.states() == dict.fromkeys(STEPS, State.KEPT)
    seen = [o for step in STEPS for o in run.until(step).observations]
    assert [o[:2] for o in seen] == [("LM-OBS-TUTORIAL-ENDPOINTS", "as printed")]


# --- the target goes away -------------------------------------------------------------------------


def test_a_target_that_is_gone_propagates_and_the_rest_is_not_testable():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with serve(Fake()) as token, session_for(base) as session:
        session.transport.token._credentials = session.target.credentials.__class__(
            "id", "secret", f"{token.base}/oauth/token", base
        )
        session.transport._sleep = lambda seconds: None
        document = next(d for d in load(session.contract) if d.path.name == "training.arazzo.yaml")
        run = WorkflowRun(document.workflow("training"), session)
        with pytest.raises(TargetLost):
            run.until("list-scenarios")
        behind = run.until("poll-execution")
        assert (behind.state, behind.origin) == (State.NOT_TESTABLE, "list-scenarios")


# --- features of Arazzo that the tutorial does not need -------------------------------------------

HEAD = {
    "arazzo": "1.0.1",
    "info": {"title": "t", "version": "1"},
    "sourceDescriptions": [{"name": "lm", "url": "../specs/lm/openapi.yaml"}],
}
OK = [{"condition": "$statusCode == 200"}]


@pytest.fixture
def written(flow, tmp_path):
    """Runs a workflow that the test writes."""

    def start(*workflows, routes=None, **more):
        (tmp_path / "w.arazzo.yaml").write_text(yaml.safe_dump({**HEAD, "workflows": list(workflows), **more}))
        return flow(routes, workflows[0]["workflowId"], tmp_path)

    return start


def listing(step_id="s", **more):
    """A step that lists scenarios."""
    return {"stepId": step_id, "operationId": "listScenarios", "successCriteria": OK, **more}


def test_a_step_without_criteria_wants_a_2xx(written):
    run = written(
        {"workflowId": "w", "steps": [{"stepId": "s", "operationId": "listScenarios"}]},
        routes={"GET /lm/scenarios": lambda r: (404, ERROR)},
    )
    assert (run.until("s").state, run.until("s").judgement.expected) == (State.BROKEN, "a 2xx status")


def test_a_failure_may_lead_on_and_what_it_passes_over_is_not_testable(written):
    goto = [{"name": "g", "type": "goto", "stepId": "c"}]
    wrong = [{"condition": "$statusCode == 201"}]
    run = written(
        {"workflowId": "w", "steps": [listing("a", onFailure=goto, successCriteria=wrong), listing("b"), listing("c")]}
    )
    assert run.states() == {"a": State.BROKEN, "b": State.NOT_TESTABLE, "c": State.KEPT}


def test_end_ends_the_flow_well_after_a_success(written):
    end = [{"name": "e", "type": "end", "x-lm-note": "enough after {$statusCode}"}]
    run = written({"workflowId": "w", "steps": [listing("a", onSuccess=end), listing("b")]})
    assert (run.until("b").state, run.until("b").judgement.text) == (State.NOT_APPLICABLE, "enough after 200")


def test_outputs_and_inputs_reach_the_next_request(written):
    payload = {
        "name": "n-{$inputs.word}",
        "kind": "dataset",
        "scenarioId": "$steps.a.outputs.id",
        "url": "ai://default/{$inputs.word}",
        "labels": [{"key": "k", "value": 1}],
    }
    inputs = {"type": "object", "properties": {"word": {"default": "w"}}}
    run = written(
        {
            "workflowId": "w",
            "inputs": {"$ref": "#/components/inputs/i"},
            "steps": [
                listing("a", outputs={"id": "$response.body#/resources/0/id"}),
                {"stepId": "b", "operationId": "createArtifact", "requestBody": {"payload": payload}},
            ],
        },
        components={"inputs": {"i": inputs}},
    )
    assert run.until("b").state is State.KEPT
    assert run.fake.seen[-1].body == {
        "name": "n-w",
        "kind": "dataset",
        "scenarioId": "text-clf-tutorial",
        "labels": [{"key": "k", "value": 1}, {"key": RUN_LABEL, "value": run.session.run.id}],
        "url": "ai://default/w",
    }


def test_a_value_that_never_came_makes_its_user_not_testable(written):
    path = [{"name": "scenarioId", "in": "path", "value": "$steps.a.outputs.id"}]
    run = written(
        {
            "workflowId": "w",
            "steps": [
                listing("a", outputs={"id": "$response.body#/never"}),
                {"stepId": "b", "operationId": "getScenario", "parameters": path},
            ],
        }
    )
    done = run.until("b")
    assert (done.state, done.origin) == (State.NOT_TESTABLE, "a")
    assert done.judgement.text == "$steps.a.outputs.id has no value"
    assert len(run.fake.seen) == 1


def test_a_url_that_turns_out_to_end_in_a_slash_is_not_sent(written):
    payload = {"name": "n", "kind": "dataset", "scenarioId": "abcd", "url": "ai://default/{$inputs.folder}"}
    run = written(
        {
            "workflowId": "w",
            "inputs": {"type": "object", "properties": {"folder": {"default": "data/"}}},
            "steps": [{"stepId": "s", "operationId": "createArtifact", "requestBody": {"payload": payload}}],
        }
    )
    with pytest.raises(SafetyRefusal, match=r"not sent: the artifact's url 'ai://default/data/' ends in '/'"):
        run.until("s")
    assert run.fake.seen == []
