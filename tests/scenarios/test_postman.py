"""Newman, which runs Postman's collections, walks the scenarios that lmconform exports, and sees when they fail."""

import json
import os
import shutil
import subprocess

import pytest
from tests.conftest import clean_environment

from lmconform.contract.openapi import Contract
from lmconform.scenarios import document

WORKFLOWS = [w.id for file in document.load(Contract.load()) for w in file.workflows if w.id != "training-as-printed"]


@pytest.fixture
def newman():
    found = shutil.which("newman")
    if found is None:
        reason = "newman is not on the path; .ci/run installs it from npm"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture
def walk(newman, lmconform, tmp_path):
    """Exports a workflow and runs it against a mock; returns what newman reports."""

    def run(mock, workflow, **variables):
        file, report = tmp_path / "collection.json", tmp_path / "report.json"
        done = lmconform("export", "postman", "--scenario", workflow, "--output", file)
        assert done.returncode == 0, done.stderr
        key = mock.key
        values = {"baseUrl": mock.url, "tokenUrl": f"{mock.url}/oauth/token", "clientId": key["clientid"]}
        values |= {"clientSecret": key["clientsecret"]} | variables
        command = [newman, "run", str(file), "--reporters", "json", "--reporter-json-export", str(report)]
        command += ["--delay-request", "60"]
        for name, value in values.items():
            command += ["--env-var", f"{name}={value}"]
        environment = clean_environment(NO_PROXY="*")
        subprocess.run(command, capture_output=True, timeout=120, env=environment, cwd=tmp_path, check=False)
        return json.loads(report.read_text())["run"]

    return run


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_newman_walks_a_scenario_and_all_its_assertions_hold(walk, mock, workflow):
    run = walk(mock, workflow)
    assert run["failures"] == []
    assert run["stats"]["assertions"]["total"] > len(run["executions"]) / 10


def test_newman_polls_until_the_training_has_ended(walk, mock):
    run = walk(mock, "training")
    names = [execution["item"]["name"] for execution in run["executions"]]
    assert names[:5] == ["token", "list-scenarios", "register-artifact", "create-configuration", "start-execution"]
    assert names.count("poll-execution") > 1
    assert names[-2:] == ["store-metrics", "read-metrics"]


def test_newman_sees_a_training_that_dies(walk, mock):
    run = walk(mock, "training", artifactUrl="ai://default/folder/")
    assert any("COMPLETED" in failure["error"]["test"] for failure in run["failures"])


def test_an_unknown_scenario_is_one_line(lmconform):
    done = lmconform("export", "postman", "--scenario", "trainin")
    assert (done.returncode, "did you mean 'training'" in done.stderr) == (4, True)
