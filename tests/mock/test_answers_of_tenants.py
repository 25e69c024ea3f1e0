"""Every credible answer of the corpus has a shape that the mock can give: members, types, forms of ids and times."""

import os

import pytest
from tests.checks.answers import require
from tests.mock.every_answer import CONTRACT, everything

from lmconform.evidence.recordings.answers import GATEWAY, operations

# Answers that the mock cannot give, and why it does not learn to.
BEYOND = {
    "A001": "a page of 2023: no schedules, bulk updates and files, and an extension that is described nowhere",
    "A002": "the same page, with schedules",
    "A003": "the author disguised an id",
    "A012": "the author disguised an id",
    "A019": "a page of a version before the first that was published: members with other names",
    "A029": "the author put the id of a deployment where an execution made the artifact",
    "A037": "the author disguised an id",
    "A040": "the author disguised an id: it has a digit too many",
    "A041": "the author put the id of a deployment into the answer about an execution",
    "A186": "rebuilt from what SAP's client prints, which cuts fractions of seconds",
    "A191": "placeholders for ids, and null where SAP's client found nothing",
    "A192": "placeholders for ids",
    "A193": "placeholders for ids",
    "A194": "the author disguised an id",
    "A195": "placeholders for ids",
}


@pytest.fixture(scope="module")
def credible():
    return [answer for answer in require(os.environ) if answer["credible"] != "doubtful"]


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    return everything(tmp_path_factory.mktemp("templates"))


def lacking(given, answer):
    """What of an answer the mock cannot give; nothing where the corpus has no more than a status."""
    if answer["path"] == GATEWAY:
        return [] if answer["body"] is None or str(answer["body"]) in given.texts else [f"text {answer['body']!r}"]
    (operation,) = operations(CONTRACT, answer)
    body, status = answer["body"], answer["status"]
    found = [f"status {status}"] if status and status not in given.statuses[operation.id] else []
    was_cut = isinstance(body, str) and answer["form"] == "repaired or cut"
    if body is None or was_cut or (status == 204 and body == ""):
        return found
    is_error = isinstance(body, dict) and "error" in body
    shapes = given.errors if is_error else given.bodies[operation.id]
    return found + sorted(set(shapes.lacking(body)))


def test_the_mock_can_give_every_credible_answer_but_those_that_are_listed_with_a_reason(credible, given):
    below = [a for a in credible if a["path"] == GATEWAY or operations(CONTRACT, a)]
    assert len(below) > 170
    assert {a["id"]: found for a in below if (found := lacking(given, a)) and a["id"] not in BEYOND} == {}


def test_what_is_listed_is_an_answer_that_the_mock_cannot_give(credible, given):
    by_id = {answer["id"]: answer for answer in credible}
    assert [name for name in BEYOND if not lacking(given, by_id[name])] == []


def test_a_member_a_form_and_an_absence_that_no_tenant_has_are_noticed(given):
    answer = {"path": "/lm/executions/{executionId}", "method": "GET", "status": 200, "form": "verbatim"}
    whole = {
        "id": "e0123456789abcde",
        "configurationId": "00000000-0000-4000-8000-000000000000",
        "configurationName": "c",
        "executableId": "x",
        "scenarioId": "s",
        "status": "RUNNING",
        "targetStatus": "COMPLETED",
        "createdAt": "2026-01-01T00:00:00Z",
        "modifiedAt": "2026-01-01T00:00:00Z",
        "outputArtifacts": [],
    }
    assert lacking(given, answer | {"body": whole}) == []
    assert lacking(given, answer | {"body": whole | {"colour": "red"}}) == ["$.colour: text"]
    assert lacking(given, answer | {"body": whole | {"createdAt": 1}}) == ["$.createdAt: number"]
    assert lacking(given, answer | {"body": {k: v for k, v in whole.items() if k != "status"}}) == ["$.status: absent"]
    assert lacking(given, answer | {"body": whole, "status": 201}) == ["status 201"]
