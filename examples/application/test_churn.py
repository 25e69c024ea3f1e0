"""The application against the mock: what it asks for, and what it does when something goes wrong."""

import churn
import pytest

DATA = "ai://default/churn.csv"


@pytest.fixture
def core(ai_core):
    client = churn.AiCore()
    yield client
    client.close()


def test_a_training_ends_with_a_model_that_can_be_deployed(ai_core, core):
    model = churn.train(core, DATA, epochs=3, pause=0)
    assert churn.deploy(core, model, pause=0).startswith(f"{ai_core.url}/v2/inference/deployments/d")
    ai_core.requests.assert_called(
        "POST",
        "/lm/configurations",
        body={"executableId": "churn-train", "parameterBindings": [{"key": "epochs", "value": "3"}]},
    )
    ai_core.requests.assert_called("POST", "/lm/deployments", body={"ttl": "8h"}, times=1)
    assert ai_core.advice == []


@pytest.mark.ai_core(switches={"wrong-bindings": "DEAD"})
def test_the_reason_of_a_training_that_died_is_told(ai_core, core):
    with pytest.raises(churn.TrainingFailed, match="specified key does not exist"):
        churn.train(core, "ai://default/folder/", pause=0)
    assert [advice.rule for advice in ai_core.advice] == ["artifact-url"]


def test_a_deployment_is_gone_after_its_working_day(ai_core, core):
    model = ai_core.seed("churn-train", status="COMPLETED")
    made = core.send("GET", f"/executions/{model['execution']}")["outputArtifacts"][0]["id"]
    churn.deploy(core, made, pause=0)
    ai_core.advance("9h")
    assert core.send("GET", "/deployments")["count"] == 0


def test_too_many_requests_are_waited_out(ai_core, core):
    ai_core.inject("createArtifact: 429, count=1, retry-after=1")
    assert churn.train(core, DATA, pause=0)
    ai_core.requests.assert_called("POST", "/lm/artifacts", times=2)
    assert ai_core.advice == []


def test_a_token_that_expired_is_renewed(ai_core, core):
    core.send("GET", "/scenarios")
    ai_core.expire_tokens()
    assert churn.train(core, DATA, pause=0)


def test_a_tenant_that_is_down_is_an_error(ai_core, core):
    ai_core.inject("POST: 503")
    with pytest.raises(churn.requests.HTTPError, match="503"):
        churn.train(core, DATA, pause=0)
