"""Allure's results: the ids of lmconform, what a finding shows, and the report that Allure itself makes of them."""

import json
import shutil
import subprocess
from types import SimpleNamespace

import pytest
from tests.browsing import absent
from tests.conftest import LMCONFORM, MockProcess, clean_environment

from lmconform.reporting.allure import _LABEL, _StableIds

APPENDS = "probe/LM-METRICS-PATCH-APPENDS"
MINIMAL = "probe/LM-SCHEDULE-CREATE-MINIMAL"


def result(item_id=None):
    """A result as allure-pytest hands it over, with the ids that it made."""
    labels = [SimpleNamespace(name="suite", value="conformance")]
    labels += [SimpleNamespace(name=_LABEL, value=item_id)] if item_id else []
    return SimpleNamespace(labels=labels, testCaseId="theirs", historyId="theirs", fullName="theirs")


def reported(item_id=None):
    made = result(item_id)
    _StableIds(str).report_result(made)
    return made


def test_an_item_has_one_id_in_every_run_and_another_item_another():
    one, again, other = (reported(i) for i in ("probe/LM-A", "probe/LM-A", "probe/LM-B"))
    assert one.fullName == "probe/LM-A"
    assert one.historyId == one.testCaseId == again.historyId
    assert one.historyId != other.historyId


def test_what_is_no_item_keeps_its_ids():
    assert vars(reported()) == vars(result())


@pytest.fixture(scope="module")
def folder(tmp_path_factory, mock):
    """The reports of two runs: ``broken`` against a mock with a defect, then ``whole`` against one without."""
    here = tmp_path_factory.mktemp("allure")
    defective = MockProcess(tmp_path_factory.mktemp("mock"), "--pace", "0.1", "--mutant", "metrics-replace")
    for name, one in (("broken", defective), ("whole", mock)):
        command = [*LMCONFORM, "run", one.url, "--service-key", str(one.key_file), "--resource-group", "tutorial"]
        command += ["--allow-writes", "--profile", "core", "--only", APPENDS, "--only", MINIMAL, "--report-dir", name]
        done = subprocess.run(command, cwd=here, env=clean_environment(), capture_output=True, text=True, timeout=120)
        assert done.returncode == (name == "broken"), done.stdout + done.stderr
    defective.stop()
    return here


@pytest.fixture(scope="module")
def broken(folder):
    found = [json.loads(path.read_text()) for path in (folder / "broken" / "allure").glob("*-result.json")]
    return next(one for one in found if one["fullName"] == APPENDS)


def test_a_finding_has_its_sentence_its_severity_and_its_requests(folder, broken):
    assert broken["description"].splitlines()[0] == "A second PATCH of metrics adds to those that are there."
    assert [one["value"] for one in broken["labels"] if one["name"] == "severity"] == ["critical"]
    assert [step["name"] for step in broken["steps"]][-2:] == ["PATCH /v2/lm/metrics 204", "GET /v2/lm/metrics 200"]
    (answer,) = broken["steps"][-1]["attachments"]
    assert json.loads((folder / "broken" / "allure" / answer["source"]).read_text())["resources"]


def test_allure_makes_a_report_with_history_and_environment(folder):
    program = shutil.which("allure")
    if program is None:
        absent("no allure on the path (npm install allure@3)")
    config = {"output": "report", "historyPath": "history.jsonl", "plugins": {"awesome": {"options": {}}}}
    (folder / "allurerc.json").write_text(json.dumps(config))
    for name in ("broken", "whole"):
        shutil.rmtree(folder / "report", ignore_errors=True)
        command = [program, "generate", f"{name}/allure", "--config", "allurerc.json"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
    found = [json.loads(path.read_text()) for path in (folder / "report" / "data" / "test-results").iterdir()]
    history = {one["fullName"]: (one["status"], [run["status"] for run in one["history"]]) for one in found}
    assert history == {APPENDS: ("passed", ["failed"]), MINIMAL: ("passed", ["passed"])}
    environment = json.loads((folder / "report" / "widgets" / "allure_environment.json").read_text())
    assert {one["name"]: one["values"] for one in environment}["profile"] == ["core"]
