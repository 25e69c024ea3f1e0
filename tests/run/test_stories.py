"""What a finding of a real run tells: the requests that led to it, for what gates or warns."""

import json
import subprocess
from importlib import resources

import jsonschema_rs
import pytest
from tests.conftest import LMCONFORM, MockProcess, clean_environment, read_events


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    """Results of a run against a mock with one defect, by id."""
    folder = tmp_path_factory.mktemp("stories")
    mock = MockProcess(folder, "--pace", "0.1", "--mutant", "metrics-replace")
    try:
        command = ["run", mock.url, "--service-key", mock.key_file, "--resource-group", "tutorial", "--allow-writes"]
        wanted = ["--profile", "core", "--only", "LM-METRICS-PATCH*", "--report-dir", folder / "out"]
        done = subprocess.run(
            [*LMCONFORM, *map(str, (*command, *wanted))], env=clean_environment(), cwd=folder, capture_output=True
        )
    finally:
        mock.stop()
    assert done.returncode == 1, done.stderr
    return mock, read_events(folder / "out")


def test_a_finding_tells_its_requests_in_order_with_what_was_sent_and_answered(findings):
    _, events = findings
    result = next(e for e in events if e.get("id") == "probe/LM-METRICS-PATCH-APPENDS")
    steps = result["story"]
    own = [step for step in steps if step["item"] == result["item"]]
    assert [(s["method"], s["path"], s["status"]) for s in own] == [
        ("PATCH", "/v2/lm/metrics", 204),
        ("PATCH", "/v2/lm/metrics", 204),
        ("GET", "/v2/lm/metrics", 200),
    ]
    assert [s["telling"] for s in steps].index(True) == len(steps) - 1
    first = json.loads(own[0]["body"])["metrics"][0]["name"]
    assert first in result["expected"]
    assert first not in own[2]["answer"]
    assert ["AI-Resource-Group", "tutorial"] in own[0]["headers"]


def test_a_story_begins_with_what_made_the_things_in_it(findings):
    _, events = findings
    steps = next(e for e in events if e.get("id") == "probe/LM-METRICS-PATCH-APPENDS")["story"]
    made = [s["path"] for s in steps if s["method"] == "POST"]
    assert made == ["/v2/lm/artifacts", "/v2/lm/configurations", "/v2/lm/executions"]


def test_what_passes_has_no_story_and_every_line_keeps_its_schema(findings):
    mock, events = findings
    schema = json.loads(resources.files("lmconform.results").joinpath("schemas/results.schema.json").read_text())
    validator = jsonschema_rs.validator_for(schema)
    for event in events:
        validator.validate(event)
    results = [event for event in events if event["type"] == "result"]
    assert {bool(r["story"]) for r in results if r["gates"]} == {True}
    assert {bool(r["story"]) for r in results if r["outcome"] in ("PASS", "INFO", "NOT_APPLICABLE")} == {False}
    assert mock.key["clientsecret"] not in json.dumps(events)


def test_the_request_of_a_finding_is_the_one_that_shows_it_and_not_what_was_made_before(tmp_path):
    mock = MockProcess(tmp_path, "--pace", "0.1", "--mutant", "labels-unequal-as-equal")
    try:
        command = ["run", mock.url, "--service-key", mock.key_file, "--resource-group", "tutorial", "--allow-writes"]
        wanted = ["--profile", "core", "--only", "LM-ARTIFACT-LABEL-*", "--report-dir", tmp_path / "out"]
        subprocess.run([*LMCONFORM, *map(str, (*command, *wanted))], env=clean_environment(), cwd=tmp_path, timeout=120)
    finally:
        mock.stop()
    events = read_events(tmp_path / "out")
    result = next(e for e in events if e.get("id") == "probe/LM-ARTIFACT-LABEL-NOT-EQUALS")
    (telling,) = [step for step in result["story"] if step["telling"]]
    assert (result["operation"], telling["method"], telling["path"]) == ("listArtifacts", "GET", "/v2/lm/artifacts")
    assert "color%21%3Dred" in telling["query"]
