"""What real tenants answered is no finding: answers that people and documents printed pass the checks."""

import dataclasses
import json
import os
import shutil
from pathlib import Path

import pytest
import tests.checks.answers
from tests.checks.answers import DIGESTS, VARIABLE, locate, require

from lmconform import checks
from lmconform.contract.openapi import Contract
from lmconform.evidence.recordings.answers import exchange, operations, success
from lmconform.judgement import State

Failed, Skipped = pytest.fail.Exception, pytest.skip.Exception
CONTRACT = Contract.load()
FOLDER = locate(os.environ)
BESIDE = Path("in-this-test-alone") / tests.checks.answers.BESIDE
VERSIONS = ("2.32.1", "2.35.0", "2.40.0")

# Answers that break a check, and why that is no false alarm. None of them is credibly real.
BREAKING = {
    "A022": "the author cut all members but a few",
    "A023": "placeholders, and member names of a version before the first published one",
    "A028": "executionID with a capital D",
    "A063": "a status FOOBAR, written by the author of a test",
    "A098": "a list where a creation answers; members left out by the author",
    "A099": "members left out by the author",
    "A110": "the label's key was replaced by one of example.com",
    "A111": "invented for a test: no times and no status",
    "A112": "invented for a test: no count and hardly a member",
    "A113": "invented for a test: no count and hardly a member",
    "A120": "invented for a test: an error without its object where a deployment is read",
    "A121": "invented for a test: an id and nothing else",
    "A176": "put together from a table that does not show the timestamps",
    "A177": "put together from a table that does not show the timestamps",
}
# Outside of /v2/lm, or of another service below it (FACTS.md M7, M27).
ELSEWHERE = {"A199", "A202", "A203", "A207", "A208", "A209"}


@pytest.fixture(scope="module")
def answers():
    return require(os.environ)


def broken(contract, answer):
    """The requirements that an answer breaks, with what was seen."""
    return {
        finding.requirement: finding.actual
        for operation in operations(contract, answer)
        for finding in checks.judge(contract, operation, exchange(operation, answer))
        if finding.state is State.BROKEN
    }


def test_every_answer_of_a_tenant_passes_the_checks_of_its_operation(answers):
    real = [answer for answer in answers if answer["credible"] == "real"]
    assert len(real) == 128
    assert {answer["id"]: found for answer in real if (found := broken(CONTRACT, answer))} == {}


def test_every_other_answer_passes_as_well_unless_it_is_listed_with_its_reason(answers):
    other = {answer["id"]: broken(CONTRACT, answer) for answer in answers if answer["credible"] != "real"}
    assert {name: found for name, found in other.items() if found and name not in BREAKING} == {}


def test_what_is_listed_breaks_a_check_and_is_no_answer_of_a_tenant(answers):
    by_id = {answer["id"]: answer for answer in answers}
    assert [name for name in BREAKING if not broken(CONTRACT, by_id[name])] == []
    assert {by_id[name]["credible"] for name in BREAKING} == {"doubtful"}


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_version_of_the_contract_finds_nothing_more_in_them(answers, version):
    contract = CONTRACT.at(version)
    found = {answer["id"] for answer in answers if broken(contract, answer)}
    assert found <= set(BREAKING)


def test_every_answer_is_judged_but_those_of_other_services(answers):
    assert {answer["id"] for answer in answers if not operations(CONTRACT, answer)} == ELSEWHERE


def test_the_judge_sees_when_such_an_answer_loses_its_members(answers):
    """Each list, read or creation that passes does not pass because it was not looked at."""
    blind = set()
    for answer in answers:
        if answer["credible"] == "real" and isinstance(answer["body"], dict) and answer["body"].keys() - {"error"}:
            (operation,) = operations(CONTRACT, answer) or [None]
            needed = operation and not CONTRACT.is_valid(operation.response(success(operation)).content[JSON], {})
            if needed and not broken(CONTRACT, {**answer, "body": {}}):
                blind.add(answer["id"])
    assert blind == set()


JSON = "application/json"


def test_an_answer_that_was_cut_is_judged_by_its_status_alone():
    operation = CONTRACT.operation("getArtifact")
    answer = {"id": "X", "path": operation.path, "status": 404, "content_type": JSON, "body": {}, "form": ""}
    whole = exchange(operation, answer)
    found = {f.requirement: f.state is State.KEPT for f in checks.judge(CONTRACT, operation, whole)}
    assert found["LM-ERROR-ENVELOPE"] is False
    cut = dataclasses.replace(whole, truncated=True)
    found = {f.requirement: f.state is State.KEPT for f in checks.judge(CONTRACT, operation, cut)}
    assert "LM-ERROR-ENVELOPE" not in found
    assert found["LM-HTTP-STATUS-DECLARED"] is True


@pytest.mark.parametrize("operation", ["listDeployments", "getDeployment", "createDeployment"])
def test_412_in_a_new_resource_group_is_a_declared_status(operation):
    operation = CONTRACT.operation(operation)
    answer = {"id": "X", "path": operation.path, "status": 412, "content_type": None, "body": None, "form": "no body"}
    assert [f for f in checks.judge(CONTRACT, operation, exchange(operation, answer)) if f.state is State.BROKEN] == []


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A file deep in a clone that has nothing beside it, whatever the folders above the temporary one hold."""
    monkeypatch.setattr(tests.checks.answers, "BESIDE", BESIDE)
    return tmp_path / "work" / "clone" / "tests" / "answers.py"


def test_without_the_files_the_tests_are_skipped_with_a_reason_and_fail_in_ci(clone):
    with pytest.raises(Skipped, match=f"nowhere.*{VARIABLE}"):
        require({}, clone)
    with pytest.raises(Failed, match=r"answers\.jsonl and rebuilt\.jsonl are nowhere"):
        require({"CI": "true"}, clone)
    with pytest.raises(Failed, match="are not in /nowhere"):
        require({"CI": "true", VARIABLE: "/nowhere"}, clone)


def test_other_files_than_the_known_ones_fail(clone):
    folder = clone.parents[2] / BESIDE
    folder.mkdir(parents=True)
    for name in DIGESTS:
        (folder / name).write_text(json.dumps({"id": "A001"}) + "\n")
    assert locate({}, clone) == folder
    with pytest.raises(Failed, match=r"answers\.jsonl: SHA-256 is"):
        require({}, clone)


def test_the_variable_goes_before_the_folder_beside_the_checkout(answers, clone, tmp_path):
    shutil.copytree(FOLDER, tmp_path / "answers")
    assert require({VARIABLE: str(tmp_path / "answers")}, clone) == answers
