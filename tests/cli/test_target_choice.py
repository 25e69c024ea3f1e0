"""Which target a run has when none is named: never the mock where there are credentials."""

import json
import subprocess
import sys

import pytest
from tests.conftest import clean_environment, read_events, service_key

from lmconform.contract import bundle

ONE = ("--only", "probe/LM-SCENARIO-LIST-COUNT", "--report-dir", "out")


@pytest.fixture
def variables(mock):
    return {
        "AICORE_CLIENT_ID": mock.key["clientid"],
        "AICORE_CLIENT_SECRET": mock.key["clientsecret"],
        "AICORE_AUTH_URL": f"{mock.url}/oauth/token",
        "AICORE_BASE_URL": f"{mock.url}/v2",
        "AICORE_RESOURCE_GROUP": "tutorial",
    }


def header(folder):
    return read_events(folder / "out")[0]


def line(done):
    """The line about the target, right below the first one."""
    return done.stdout.splitlines()[1]


def test_a_service_key_names_the_target_that_is_not_named(lmconform, mock, tmp_path):
    done = lmconform("run", "--service-key", mock.key_file, *ONE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (header(tmp_path)["target"], header(tmp_path)["profile"]) == (mock.url, "smoke")
    reason = "no TARGET was named, --service-key key.json names it"
    assert line(done) == f"target    {mock.url} ({reason})"
    assert header(tmp_path)["target_because"] == reason
    assert f"- `target    {mock.url} ({reason})`" in (tmp_path / "out" / "summary.md").read_text()


def test_a_service_key_in_the_environment_names_the_target(lmconform, mock, tmp_path):
    done = lmconform("run", *ONE, env={"AICORE_SERVICE_KEY": json.dumps(mock.key), "AICORE_RESOURCE_GROUP": "tutorial"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert line(done) == f"target    {mock.url} (no TARGET was named, AICORE_SERVICE_KEY names it)"


def test_variables_name_the_target(lmconform, mock, variables, tmp_path):
    done = lmconform("run", *ONE, env=variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert line(done) == f"target    {mock.url}/v2 (no TARGET was named, AICORE_* names it)"
    assert header(tmp_path)["configuration"]["base_url"] == f"{mock.url}/v2"


def test_the_target_of_credentials_is_written_to_with_permission_alone(lmconform, mock):
    done = lmconform("run", "--service-key", mock.key_file, "--profile", "core")
    assert done.returncode == 4
    assert "add --allow-writes" in done.stderr
    assert "(no TARGET was named, --service-key key.json names it)" in done.stderr


def test_the_mock_is_judged_when_it_is_asked_for_whatever_credentials_there_are(lmconform, variables, tmp_path):
    done = lmconform("run", "mock", *ONE, env=variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (header(tmp_path)["target"], header(tmp_path)["target_because"]) == ("mock", "")
    assert not any(row.startswith("target ") for row in done.stdout.splitlines())


def test_the_mock_is_judged_when_there_are_no_credentials(lmconform, tmp_path):
    done = lmconform("run", *ONE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert line(done) == "target    mock (no TARGET was named, and there are no credentials)"


def test_the_mock_takes_no_service_key(lmconform, mock):
    done = lmconform("run", "mock", "--service-key", mock.key_file)
    assert done.returncode == 4
    assert "the embedded mock makes its own" in done.stderr


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"AICORE_SERVICE_KEY": ""}, "there is an empty AICORE_SERVICE_KEY but no credentials"),
        ({"AICORE_RESOURCE_GROUP": "tutorial"}, "there is AICORE_RESOURCE_GROUP but no credentials"),
        ({"AICORE_HOME": "/absent"}, "there is AICORE_HOME but no credentials"),
        (
            {"AICORE_CLIENT_ID": "a", "AICORE_CLIENT_SECRET": ""},
            "the credentials cannot be used: there is AICORE_CLIENT_ID without AICORE_CLIENT_SECRET, AICORE_AUTH_URL",
        ),
        (
            {"AICORE_CLIENT_ID": "a", "AICORE_CLIENT_SECRET": "b", "AICORE_AUTH_URL": "https://t.example"},
            "AICORE_* has no AICORE_BASE_URL",
        ),
    ],
    ids=["an unset secret", "a group", "a folder that is not there", "a part", "no url"],
)
def test_a_part_of_credentials_is_an_error_and_never_the_mock(lmconform, environment, words):
    done = lmconform("run", *ONE, env=environment)
    assert done.returncode == 4
    (text,) = done.stderr.strip().splitlines()
    assert f"no TARGET was named, and {words}" in text
    assert text.endswith("name TARGET: a URL, or 'mock' for the embedded mock")


@pytest.mark.parametrize("arguments", [("run", ""), ("run", "--service-key", "")], ids=["TARGET", "key"])
def test_an_argument_that_a_shell_left_empty_is_an_error_and_never_the_mock(lmconform, arguments):
    done = lmconform(*arguments, *ONE)
    assert done.returncode == 4
    assert done.stdout == ""


def test_a_url_of_the_credentials_that_cannot_be_a_target_is_named_with_their_source(lmconform, tmp_path):
    key = service_key(tmp_path, "https://t.example", serviceurls={"AI_API_URL": "http://api.example.com"})
    done = lmconform("run", "--service-key", key)
    assert done.returncode == 4
    assert "plain http to api.example.com" in done.stderr
    assert "--service-key service-key.json names it" in done.stderr


def test_plain_pytest_chooses_alike(mock, variables, tmp_path):

    command = [sys.executable, "-m", "pytest", "-q", "-p", "lmconform.run.pytest_plugin", "-p", "no:cacheprovider"]
    command += ["--noconftest", "-c", "/dev/null", str(bundle.root() / "tests" / "conformance"), *ONE]
    environment = clean_environment(**variables)
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert header(tmp_path)["target"] == f"{mock.url}/v2"
