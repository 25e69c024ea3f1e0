"""What an application does wrong is told; what it does right is not."""

import time

import pytest
from tests.testing.conftest import Client

from lmconform.testing import start

TRAINING = "text-clf-train-tutorial"


@pytest.fixture
def core():
    with start(time="running") as one:
        yield one


@pytest.fixture
def client(core):
    one = Client(core.variables)
    yield one
    one.close()


def rules(core):
    return [advice.rule for advice in core.advice]


def test_a_life_as_it_should_be_gets_no_advice(core, client):
    url = {"name": "d", "kind": "dataset", "url": "ai://default/d", "scenarioId": "text-clf-tutorial"}
    artifact = client.post("/artifacts", **url)["id"]
    configuration = client.post(
        "/configurations",
        name="c",
        scenarioId="text-clf-tutorial",
        executableId=TRAINING,
        inputArtifactBindings=[{"key": "text-data", "artifactId": artifact}],
        parameterBindings=[{"key": "train-epochs", "value": "2"}],
    )["id"]
    execution = client.post("/executions", configurationId=configuration)["id"]
    core.finish(execution)
    client.get(f"/executions/{execution}")
    client.send("DELETE", f"/executions/{execution}")
    core.advance("5m")
    # It was there, and its id was given.
    assert client.send("GET", f"/executions/{execution}").status_code == 404
    assert client.send("GET", "/scenarios/no-such-scenario").status_code == 404
    assert core.advice == []


def test_the_deprecated_endpoint(core, client):
    for kind in ("executions", "deployments"):
        client.send("POST", f"/configurations/{core.seed(TRAINING)['configuration']}/{kind}")
    assert rules(core) == ["deprecated-endpoint"] * 2
    assert "use POST /v2/lm/executions" in str(core.advice[0])


def test_an_artifact_url_with_a_slash_at_its_end(core, client):
    body = {"name": "d", "kind": "dataset", "url": "ai://default/d/", "scenarioId": "text-clf-tutorial"}
    for _ in range(2):
        client.post("/artifacts", **body)
    (advice,) = core.advice
    assert (advice.rule, advice.times) == ("artifact-url", 2)
    assert "'ai://default/d/' ends with a slash" in str(advice)


def test_bindings_that_the_executable_does_not_declare(core, client):
    client.post(
        "/configurations",
        name="c",
        scenarioId="text-clf-tutorial",
        executableId=TRAINING,
        inputArtifactBindings=[{"key": "Text-Data", "artifactId": "a"}],
        parameterBindings=[{"key": "epochs", "value": "2"}, {"key": "train-epochs", "value": "2"}],
    )
    assert rules(core) == ["unknown-binding"] * 2
    texts = "\n".join(map(str, core.advice))
    assert "declares no 'epochs' (declared: " in texts
    assert "declares no 'Text-Data' (declared: text-data; case counts)" in texts


def test_an_id_that_the_mock_never_gave(core, client):
    client.send("GET", "/executions/my-execution-1")
    client.send("PATCH", "/deployments", json={})
    assert rules(core) == ["id-built-by-hand"]
    assert "'my-execution-1'" in str(core.advice[0])


def test_polls_that_come_more_often_than_each_second_where_time_runs(core, client):
    execution = core.seed(TRAINING, status="RUNNING")["execution"]
    for _ in range(4):
        client.get(f"/executions/{execution}")
    assert core.advice == []
    client.get(f"/executions/{execution}")
    assert rules(core) == ["polls-too-often"]


def test_where_polls_move_the_time_their_pace_says_nothing(ai_core):
    client = Client()
    execution = ai_core.seed(TRAINING, status="RUNNING")["execution"]
    for _ in range(9):
        client.get(f"/executions/{execution}")
    client.close()
    assert ai_core.advice == []


def test_a_429_that_is_sent_again_too_soon_or_not_at_all(core, client):
    core.inject("listArtifacts|listScenarios|listConfigurations: 429, count=3, retry-after=1")
    for _ in range(2):
        client.send("GET", "/artifacts")
    client.send("GET", "/scenarios")
    texts = "\n".join(map(str, core.advice))
    assert set(rules(core)) == {"too-many-requests"}
    assert "GET /v2/lm/scenarios: 429, and the request was not sent again" in texts
    assert "GET /v2/lm/artifacts: sent again 0.0 s after a 429 (Retry-After said 1 s)" in texts
    core.reset()
    core.inject("listConfigurations: 429, count=1, retry-after=1")
    client.send("GET", "/configurations")
    time.sleep(1.05)
    client.send("GET", "/configurations")
    assert core.advice == []
