"""Newman, which runs Postman's collections, walks the scenarios that lmconform exports, and sees when they fail."""

import json
import os
import shutil
import subprocess

import pytest
from tests.conftest import MockProcess, clean_environment

from lmconform.contract.openapi import Contract
from lmconform.scenarios import compare, document, postman

WORKFLOWS = [w.id for file in document.load(Contract.load()) for w in file.workflows]


def _program(name, reason):
    found = shutil.which(name)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture
def newman():
    return _program("newman", "newman is not on the path; .ci/run installs it from npm")


@pytest.fixture
def node():
    return _program("node", "node is not on the path; it comes with newman")


@pytest.fixture
def mock_with(tmp_path):
    """Starts a mock with these options; it ends with the test."""
    started = []

    def start(*options):
        started.append(MockProcess(tmp_path, "--pace", "0.1", *options))
        return started[-1]

    yield start
    for one in started:
        one.stop()


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


def test_newman_walks_the_tutorial_as_printed_on_a_server_that_follows_the_page(walk, mock_with):
    run = walk(mock_with("--dialect", "as-printed"), "training-as-printed")
    names = [execution["item"]["name"] for execution in run["executions"]]
    assert (run["failures"], names[-2:]) == ([], ["store-metrics", "read-metrics"])


def test_newman_ends_the_tutorial_as_printed_where_the_endpoints_are_transposed(walk, mock):
    run = walk(mock, "training-as-printed")
    names = [execution["item"]["name"] for execution in run["executions"]]
    assert (run["failures"], names[-1]) == ([], "create-configuration")


def test_newman_sees_a_list_that_lacks_what_the_scenario_looks_for(walk, mock_with):
    run = walk(mock_with("--mutant", "flow-scenario-hidden"), "training")
    assert [f["error"]["test"] for f in run["failures"]] == ["list-scenarios: $response.body#/resources holds it"]


@pytest.mark.parametrize(
    ("wanted", "held", "exact"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, []),
        ({"a": 1}, {"a": 2}, []),
        ({"a": None}, {}, []),
        ([{"id": "x"}], [{"id": "y"}, {"id": "x"}], []),
        ([1, 1], [1, 2], []),
        ([{"a": 1}, {"a": 1, "b": 2}], [{"a": 1, "b": 2}, {"a": 1}], []),
        ({"labels": [1]}, {"labels": [1, 2]}, ["labels"]),
        ({"labels": [1]}, {"labels": [1, 2]}, []),
        ({"labels": [1]}, {"labels": "1"}, ["labels"]),
        ({"url": "ai://a/b"}, {"url": "ai://a/b/"}, []),
        ({"url": "ai://a/b"}, {"url": "ai://a/c"}, []),
        ("2021-06-28T07:50:24.589Z", "2021-06-28T09:50:24.589000+02:00", []),
        ("2021-06-28T07:50:24.589Z", "2021-06-28T07:50:24Z", []),
        (1, True, []),
        (0.98, 0.98, []),
        ("1", 1, []),
        ({"a": {}}, {"a": []}, []),
    ],
)
def test_a_script_of_the_collection_compares_as_a_run_does(node, wanted, held, exact):
    script = (
        "\n".join(postman.HOLDS) + f"\nprocess.stdout.write(String(holds({json.dumps(wanted)}, {json.dumps(held)}, "
    )
    done = subprocess.run([node, "-e", f"{script}{json.dumps(exact)})))"], capture_output=True, text=True, check=True)
    assert done.stdout == str(not compare.difference(wanted, held, exact)).lower()


def test_newman_sees_a_training_that_dies(walk, mock):
    run = walk(mock, "training", artifactUrl="ai://default/folder/")
    assert any("COMPLETED" in failure["error"]["test"] for failure in run["failures"])


def test_an_unknown_scenario_is_one_line(lmconform):
    done = lmconform("export", "postman", "--scenario", "trainin")
    assert (done.returncode, "did you mean 'training'" in done.stderr) == (4, True)
