"""What is said about bodies."""

import json

import pytest

from lmconform import checks
from lmconform.contract.openapi import Contract
from lmconform.evidence.exchange import Exchange
from lmconform.judgement import State

CONTRACT = Contract.load()
SAFE = (
    *(("X-Content-Type-Options", "nosniff"), ("Content-Security-Policy", "default-src 'none'; sandbox")),
    ("Content-Disposition", "attachment"),
)


def broken(operation, status, media_type, body, headers=()):
    """The requirements that an answer breaks."""
    judgements = judged(operation, status, media_type, body, headers)
    return {judgement.requirement for judgement in judgements if judgement.state is State.BROKEN}


def judged(operation, status, media_type, body, headers=()):
    """What the checks say of an answer."""
    exchange = Exchange(
        id="x1",
        item="probe/LM-X",
        operation=operation,
        method=CONTRACT.operation(operation).method,
        url="http://127.0.0.1/v2/lm/x",
        path="/lm/x",
        request_headers=(),
        request_body=b"",
        status=status,
        headers=(("Content-Type", media_type), *headers),
        body=body,
        truncated=False,
        started="2026-01-01T00:00:00Z",
        elapsed=0.01,
    )
    return list(checks.judge(CONTRACT, CONTRACT.operation(operation), exchange))


@pytest.mark.parametrize("content", [b"", b"123", b"\xff\xfe\x00", b'{"not": "judged"}', b"text"])
def test_a_file_may_hold_anything(content):
    assert broken("downloadFile", 200, "application/octet-stream", content, SAFE) == set()


def test_a_file_without_the_headers_that_keep_browsers_safe_is_a_fault():
    assert broken("downloadFile", 200, "application/octet-stream", b"123") == {"LM-HTTP-HEADERS-DECLARED"}


@pytest.mark.parametrize("media_type", ["text/plain", "text/plain;charset=utf-8", "application/json"])
def test_a_count_is_a_number_in_either_media_type(media_type):
    assert broken("countDeployments", 200, media_type, b"3") == set()
    assert broken("countDeployments", 200, media_type, b'"three"') == {"LM-HTTP-BODY-SCHEMA"}


CONFIGURATION = (
    '{"id": "6ff6cb80", "createdAt": "2024-09-11T09:14:31Z", "name": "%s", "executableId": "train-it",'
    ' "scenarioId": "training"}'
)


@pytest.mark.parametrize(("name", "faults"), [("Müller größe 日本", set()), ("a\u2028b☃", {"LM-HTTP-BODY-SCHEMA"})])
def test_letters_of_all_languages_are_word_characters_in_an_answer(name, faults):
    assert broken("getConfiguration", 200, "application/json", (CONFIGURATION % name).encode()) == faults


@pytest.mark.parametrize(("length", "faults"), [(1025, set()), (1026, {"LM-HTTP-BODY-SCHEMA"})])
def test_a_url_at_its_limit_may_come_back_with_a_slash_more(length, faults):
    body = {"id": "6ff6cb80", "message": "Artifact acknowledged", "url": "ai://default/".ljust(length, "x")}
    assert broken("createArtifact", 201, "application/json", json.dumps(body).encode()) == faults


@pytest.mark.parametrize(
    ("moment", "faults"),
    [
        *((good, set()) for good in ("2024-09-11T09:14:31.123456789+00:00", "1970-01-01T00:00:00+00:00", "")),
        ("Mon, 09 Sep 2024 19:09:57 GMT", {"LM-HTTP-DATE-TIME"}),
        ("2024-09-11T09:14:31", {"LM-HTTP-DATE-TIME"}),
        ("2024-09-11", {"LM-HTTP-DATE-TIME"}),
    ],
)
def test_a_time_that_the_server_tells_is_one_of_rfc_3339(moment, faults):
    body = (CONFIGURATION % "name").replace("2024-09-11T09:14:31Z", moment)
    assert broken("getConfiguration", 200, "application/json", body.encode()) == faults


@pytest.mark.parametrize(
    ("operation", "status", "body"),
    [
        ("createConfiguration", 201, b'{"id": "6ff6cb80", "message": "Configuration created"}'),
        ("listConfigurations", 200, b'{"count": 0, "resources": []}'),
        ("countDeployments", 200, b"3"),
    ],
)
def test_an_answer_without_times_says_nothing_of_them(operation, status, body):
    requirements = {judgement.requirement for judgement in judged(operation, status, "application/json", body)}
    assert "LM-HTTP-NO-SERVER-ERROR" in requirements
    assert "LM-HTTP-DATE-TIME" not in requirements


DEPLOYMENT = (
    b'{"id": "d94771b082c5cbcc", "configurationId": "6ff6cb80", "status": "PENDING",'
    b' "createdAt": "2024-09-11T09:14:31Z", "modifiedAt": "2024-09-11T09:14:31Z", "deploymentUrl": %b,'
    b' "ttl": null, "executableId": null,'
    b' "completionTime": null, "lastOperation": "CREATE", "details": {"resources": {"backend_details": {"model": 1}}}}'
)


def test_a_deployment_as_tenants_send_it_is_fine():
    assert broken("getDeployment", 200, "application/json", DEPLOYMENT % b'""') == set()
    assert broken("getDeployment", 200, "application/json", DEPLOYMENT % b"7") == {"LM-HTTP-BODY-SCHEMA"}


def test_log_lines_as_tenants_send_them_are_fine():
    line = b'{"container": "init", "msg": "m", "pod": "p", "timestamp": "2024-09-18T13:19:40.527449310+00:00"}'
    assert broken("getExecutionLogs", 200, "application/json", b'{"data": {"result": [%b]}}' % line) == set()
    assert broken("getExecutionLogs", 200, "application/json", b'{"data": {"result": []}}') == set()
    assert broken("getExecutionLogs", 200, "application/json", b'{"data": {"result": [7]}}') == {"LM-HTTP-BODY-SCHEMA"}


def test_a_gateway_may_refuse_logs_in_plain_text():
    assert broken("getExecutionLogs", 401, "text/plain", b"Jwt is expired") == set()
    assert broken("getDeploymentLogs", 403, "text/plain", b"RBAC: access denied") == set()
