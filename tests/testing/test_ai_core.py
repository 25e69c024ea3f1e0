"""The fixture ai_core: a mock of its own for each test, whose time and contents the test commands."""

import os
import re
from datetime import datetime, timedelta
from unittest.mock import ANY

import pytest
import requests
from tests.testing.conftest import Client

from lmconform.errors import ConfigError
from lmconform.testing import start

TRAINING, SERVING = "text-clf-train-tutorial", "text-clf-infer-tutorial"


def status(client, kind, resource_id):
    return client.get(f"/{kind}/{resource_id}")["status"]


# --- time


def test_a_client_that_polls_sees_an_execution_complete_without_waiting(ai_core, application):
    configuration = ai_core.seed(TRAINING)["configuration"]
    started = application.post("/executions", configurationId=configuration)
    seen = [status(application, "executions", started["id"]) for _ in range(6)]
    assert seen == ["UNKNOWN", "PENDING", "RUNNING", "RUNNING", "COMPLETED", "COMPLETED"]


@pytest.mark.ai_core(time="by-hand")
def test_time_by_hand_moves_by_advance_alone(ai_core, application):
    execution = application.post("/executions", configurationId=ai_core.seed(TRAINING)["configuration"])["id"]
    assert {status(application, "executions", execution) for _ in range(5)} == {"UNKNOWN"}
    ai_core.advance("30s")
    assert {status(application, "executions", execution) for _ in range(5)} == {"RUNNING"}
    ai_core.advance(timedelta(seconds=30))
    done = application.get(f"/executions/{execution}")
    assert done["status"] == "COMPLETED"
    begun, ended = (datetime.fromisoformat(done[name]) for name in ("createdAt", "completionTime"))
    assert (ended - begun).total_seconds() == 60


@pytest.mark.ai_core(time="by-hand")
def test_a_deployment_is_gone_when_its_time_to_live_is_over(ai_core, application):
    deployment = ai_core.seed(SERVING, status="RUNNING", ttl="2h")["deployment"]
    ai_core.advance("1h")
    assert status(application, "deployments", deployment) == "RUNNING"
    ai_core.advance("1h1m")
    assert application.send("GET", f"/deployments/{deployment}").status_code == 404


@pytest.mark.ai_core(time="by-hand")
def test_a_schedule_starts_its_executions_while_time_is_advanced(ai_core, application):
    configuration = ai_core.seed(TRAINING)["configuration"]
    application.post("/executionSchedules", name="hourly", configurationId=configuration, cron="0 * * * *")
    ai_core.advance("3h")
    assert application.get("/executions")["count"] == 3


@pytest.mark.parametrize("wrong", ["1 hour", "-1s", "", "h", True, -5, None, "99999d"])
def test_what_is_no_duration_is_refused_with_what_is_expected(ai_core, wrong):
    with pytest.raises(ConfigError, match="no duration"):
        ai_core.advance(wrong)


# --- ends by hand


def test_finish_and_fail_end_an_execution_at_once(ai_core, application):
    configuration = ai_core.seed(TRAINING)["configuration"]
    done, dead = (application.post("/executions", configurationId=configuration) for _ in range(2))
    ai_core.finish(done["id"])
    ai_core.fail(dead, "out of memory")
    finished = application.get(f"/executions/{done['id']}")
    assert (finished["status"], [a["name"] for a in finished["outputArtifacts"]]) == (
        "COMPLETED",
        ["text-model-tutorial"],
    )
    failed = application.get(f"/executions/{dead['id']}")
    assert (failed["status"], failed["statusMessage"]) == ("DEAD", "out of memory")
    ai_core.advance("1d")
    assert application.get(f"/executions/{dead['id']}")["outputArtifacts"] == []


def test_finish_brings_a_deployment_up_and_fail_lets_it_die_later(ai_core, application):
    deployment = application.post("/deployments", configurationId=ai_core.seed(SERVING)["configuration"])["id"]
    ai_core.finish(deployment)
    running = application.get(f"/deployments/{deployment}")
    assert running["status"] == "RUNNING"
    assert running["deploymentUrl"]
    ai_core.advance("10m")
    ai_core.fail(deployment, "no memory")
    dead = application.get(f"/deployments/{deployment}")
    assert (dead["status"], dead["startTime"]) == ("DEAD", running["startTime"])


@pytest.mark.ai_core(switches={"execution-life": "queued"})
def test_finish_ends_also_what_would_wait_for_ever(ai_core, application):
    execution = application.post("/executions", configurationId=ai_core.seed(TRAINING)["configuration"])["id"]
    ai_core.advance("1d")
    assert status(application, "executions", execution) == "PENDING"
    ai_core.finish(execution)
    assert status(application, "executions", execution) == "COMPLETED"


@pytest.mark.ai_core(time="by-hand", switches={"room": "one"})
def test_where_there_is_room_for_one_the_others_wait_for_their_turn(ai_core, application):
    training, serving = (ai_core.seed(name)["configuration"] for name in (TRAINING, SERVING))
    first, second, third = (application.post("/executions", configurationId=training)["id"] for _ in range(3))
    deployments = [application.post("/deployments", configurationId=serving)["id"] for _ in range(2)]
    ai_core.advance("30s")
    assert [status(application, "executions", one) for one in (first, second, third)] == [
        "RUNNING",
        "PENDING",
        "PENDING",
    ]
    ai_core.advance("1d")
    assert [status(application, "deployments", one) for one in deployments] == ["RUNNING", "PENDING"]
    application.send("PATCH", f"/deployments/{deployments[0]}", json={"targetStatus": "STOPPED"})
    for _ in range(20):
        ai_core.advance("15s")
    assert status(application, "deployments", deployments[1]) == "RUNNING"
    done = [application.get(f"/executions/{one}") for one in (first, second, third)]
    assert [(one["status"], len(one["outputArtifacts"])) for one in done] == [("COMPLETED", 1)] * 3
    assert sorted(one["completionTime"] for one in done) == [one["completionTime"] for one in done]


@pytest.mark.ai_core(switches={"room": "one"})
def test_finish_ends_also_what_waits_for_room(ai_core, application):
    training = ai_core.seed(TRAINING)["configuration"]
    _, waiting = (application.post("/executions", configurationId=training)["id"] for _ in range(2))
    ai_core.finish(waiting)
    assert status(application, "executions", waiting) == "COMPLETED"


def test_what_has_ended_cannot_be_ended_again(ai_core):
    execution = ai_core.seed(TRAINING, status="COMPLETED")["execution"]
    with pytest.raises(ConfigError, match=f"{execution}: is COMPLETED"):
        ai_core.fail(execution)
    with pytest.raises(ConfigError, match="'e0' is no execution or deployment"):
        ai_core.finish("e0")
    with pytest.raises(TypeError, match="is no id and has none"):
        ai_core.finish(17)


def test_what_seed_returned_can_be_finished(ai_core, application):
    seeded = ai_core.seed(TRAINING, status="PENDING")
    ai_core.finish(seeded)
    assert status(application, "executions", seeded["execution"]) == "COMPLETED"
    with pytest.raises(TypeError, match=r"'configuration': .* is no id and has none"):
        ai_core.finish(ai_core.seed(TRAINING))


# --- contents


@pytest.mark.parametrize("wanted", ["UNKNOWN", "PENDING", "RUNNING", "COMPLETED", "DEAD", "STOPPED"])
def test_an_execution_is_seeded_in_each_status(ai_core, application, wanted):
    seeded = ai_core.seed(TRAINING, status=wanted, metrics={"accuracy": 0.9}, artifacts={"text-data": "ai://default/x"})
    shown = application.get(f"/executions/{seeded['execution']}")
    assert (shown["status"], bool(shown["outputArtifacts"])) == (wanted, wanted == "COMPLETED")
    (found,) = application.get(f"/metrics?executionIds={seeded['execution']}")["resources"]
    assert [(m["name"], m["value"]) for m in found["metrics"]] == [("accuracy", 0.9)]
    assert application.get(f"/artifacts/{seeded['artifacts']['text-data']}")["url"] == "ai://default/x"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"executable": "text-clf-train"}, "did you mean 'text-clf-train-tutorial'"),
        ({"status": "FINISHED"}, "expected one of UNKNOWN, PENDING"),
        ({"artifacts": {"text": "ai://x"}}, "no such input"),
        ({"parameters": {"train-epoch": "3"}}, "no such parameter; did you mean 'train-epochs'"),
        ({"metrics": {"accuracy": 0.9}}, "only an execution has some"),
        ({"executable": SERVING, "status": "RUNNING", "metrics": {"accuracy": 0.9}}, "only an execution has some"),
        ({"status": "RUNNING", "ttl": "1h"}, "only a deployment has one"),
        ({"colour": "red"}, "colour"),
        ({"name": "x" * 300}, "POST /v2/lm/configurations"),
    ],
)
def test_a_wrong_seed_is_refused_with_what_is_expected(ai_core, wrong, words):
    with pytest.raises(ConfigError, match=words):
        ai_core.seed(**{"executable": TRAINING} | wrong)


def test_reset_leaves_nothing_but_a_valid_token(ai_core, application):
    ai_core.seed(TRAINING, status="RUNNING", group="another")
    ai_core.inject("GET: 503")
    ai_core.advance("1d")
    ai_core.reset()
    assert ai_core.requests == []
    assert application.get("/artifacts") == {"count": 0, "resources": []}
    made = application.get(f"/artifacts/{ai_core.seed(TRAINING)['artifacts']['text-data']}")["createdAt"]
    assert abs(datetime.fromisoformat(made).timestamp() - datetime.now().timestamp()) < 60


def test_two_mocks_share_nothing(ai_core, ai_core_factory, application):
    other = ai_core_factory(resource_group="other-team")
    client = Client(other.variables)
    ai_core.seed(TRAINING)
    assert (application.get("/artifacts")["count"], client.get("/artifacts")["count"]) == (1, 0)
    assert other.url != ai_core.url
    assert [r.path for r in other.requests] == ["/oauth/token", "/v2/lm/artifacts"]
    client.close()


def test_answers_break_by_the_rules_that_were_injected_and_by_no_others(ai_core, application):
    ai_core.inject("listScenarios: 503, count=1")
    assert [application.send("GET", "/scenarios").status_code for _ in range(2)] == [503, 200]
    ai_core.inject("GET: reset")
    with pytest.raises(requests.ConnectionError):
        application.send("GET", "/scenarios")
    assert ai_core.requests[-1].status == 0
    ai_core.inject()
    ai_core.expire_tokens()
    assert application.send("GET", "/scenarios").status_code == 401


# --- what it was asked


def test_requests_are_found_by_path_query_and_members_of_the_body(ai_core, application):
    seeded = ai_core.seed(TRAINING)
    application.post("/executions", configurationId=seeded["configuration"])
    application.get("/executions?status=RUNNING&$top=5")
    seen = ai_core.requests
    seen.assert_called("POST", "/lm/executions", body={"configurationId": seeded["configuration"]}, times=1)
    seen.assert_called("POST", "/v2/lm/executions", body={"configurationId": ANY}, status=202, group="default")
    seen.assert_called(path=re.compile("^/lm/exec"), query={"$top": "5"}, answer=lambda answer: answer["count"] == 0)
    seen.assert_not_called("DELETE")
    assert [request.status for request in seen.called("GET")] == [200]


def test_a_request_that_did_not_come_is_told_with_those_that_came(ai_core, application):
    application.get("/scenarios")
    with pytest.raises(
        AssertionError, match=r"(?s)expected a request POST /lm/executions body=.*got 0.*GET +/v2/lm/scen"
    ):
        ai_core.requests.assert_called("POST", "/lm/executions", body={"configurationId": "c"})
    with pytest.raises(AssertionError, match=r"(?s)were expected:\n  status was 200\n  query was {}"):
        ai_core.requests.assert_called("GET", "/lm/scenarios", status=404, query={"$top": "1"})
    with pytest.raises(TypeError, match="no criterion 'json'"):
        ai_core.requests.called("POST", json={})


def test_no_secret_is_kept_of_a_request(ai_core, application):
    secret = ai_core.service_key["clientsecret"]
    requests.get(f"{ai_core.url}/oauth/token", params={"client_secret": secret}, timeout=5)
    (first, second) = ai_core.requests.called(path="/oauth/token")
    assert (first.body, first.answer, second.query) == (None, None, {})
    assert secret not in repr(ai_core.requests)


# --- environment, options, server


def test_the_environment_points_to_it_and_to_nothing_else(ai_core):
    assert os.environ["AICORE_BASE_URL"] == f"{ai_core.url}/v2"
    names = {name for name in os.environ if name.startswith(("AICORE", "VCAP"))}
    assert names == set(ai_core.variables)
    assert "127.0.0.1" in os.environ["NO_PROXY"].split(",")


def test_the_context_manager_stops_it_with_its_home_and_port():
    with start(preset="tenant-like", time="running", pace=0.01) as core:
        home = core.variables["AICORE_HOME"]
        assert os.path.isfile(f"{home}/config.json")
        url = core.url
    assert not os.path.exists(home)
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=2)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"preset": "tenant"}, "--preset: 'tenant' is unknown"),
        ({"switches": {"stop": "never"}}, "expected stop=normal"),
        ({"workflows": "/absent"}, "is no folder"),
        ({"faults": ["GET: 599"]}, "is no kind of fault"),
        ({"time": "backwards"}, "expected one of by-hand, polls, running"),
        ({"without": ["logs"]}, "is no capability"),
    ],
)
def test_a_wrong_option_is_refused_before_a_port_is_open(options, words):
    with pytest.raises(ConfigError, match=words):
        start(**options)
