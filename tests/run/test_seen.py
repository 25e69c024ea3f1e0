"""What a run says of all its exchanges: coverage of the description, and the lives of what a workflow started."""

import json
import subprocess

import pytest
from tests.conftest import LMCONFORM, clean_environment, read_events

from lmconform.contract.openapi import Contract
from lmconform.evidence.lives import Lives


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seen")
    command = [*LMCONFORM, "run", "mock", "--profile", "core", "--only", "scenario/training/*"]
    command += ["--only", "probe/LM-ARTIFACT-LIST-*", "--only", "probe/LM-ARTIFACT-BODY-*", "--report-dir", "out"]
    done = subprocess.run(command, cwd=folder, env=clean_environment(), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return read_events(folder / "out")


@pytest.fixture
def coverage(events):
    return {event["operation"]: event for event in events if event["type"] == "coverage"}


def test_statuses_and_parameters_are_counted_and_what_was_not_reached_is_zero(coverage):
    created, listed, deployed = (coverage[name] for name in ("createArtifact", "listArtifacts", "createDeployment"))
    assert created["statuses"]["201"] > 0
    assert listed["parameters"]["AI-Resource-Group"] == sum(listed["statuses"].values()) > 0
    assert set(deployed["statuses"].values()) == {0}


def test_a_limit_is_reached_by_a_value_at_it_or_beyond_it(coverage):
    at, beyond = coverage["createArtifact"]["limits"]["body.name maxLength 256"]
    assert (at > 0, beyond > 0) == (True, True)
    assert coverage["listArtifacts"]["limits"]["artifactLabelSelector maxItems 10"] == [0, 0]


def test_the_execution_of_the_tutorial_has_its_statuses_in_order(events):
    (life,) = [event for event in events if event["type"] == "life" and event["workflow"] == "training"]
    statuses = [status for status, _ in life["statuses"]]
    assert (life["noun"], statuses[0], statuses[-1]) == ("execution", "UNKNOWN", "COMPLETED")
    seconds = [second for _, second in life["statuses"]]
    assert seconds == sorted(seconds)
    assert life["end"] >= seconds[-1]


def test_a_server_that_makes_up_statuses_makes_no_large_report():
    lives = Lives(Contract.load())
    for number in range(500):
        body = json.dumps({"id": "e" * 5000, "status": f"{number}-{'x' * 5000}"})
        lives.add(
            {
                "item": "scenario/training/poll-execution",
                "operation": "getExecution",
                "started": "2026-01-01T00:00:00+00:00",
                "response": {"status": 200, "body": body},
            }
        )
    (life,) = lives.rows()
    assert len(json.dumps([life.id, life.statuses])) < 20_000
