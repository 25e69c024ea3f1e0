"""Recorded exchanges are read as they were sent: by what a file holds, and with what is missing in it."""

import base64
import json

import pytest
from tests.evidence.archives import BASE, TOKEN, archive, entry

from lmconform.contract.openapi import Contract
from lmconform.errors import ConfigError
from lmconform.evidence.exchange import Exchange
from lmconform.evidence.recorder import EXCHANGES, Recorder
from lmconform.evidence.recordings.opening import recording
from lmconform.evidence.recordings.recording import Recorded, Unjudged, Why
from lmconform.evidence.redaction import Redactor

CONTRACT = Contract.load()


def read(path):
    return list(recording(path).read(CONTRACT))


def only(path):
    (one,) = read(path)
    return one


# --- HTTP Archives


def test_an_entry_is_the_exchange_of_its_operation(tmp_path):
    one = only(archive(tmp_path, entry(url=f"{BASE}/configurations?$top=1#part")))
    assert [operation.id for operation in one.operations] == ["listConfigurations"]
    exchange = one.exchange
    assert (exchange.method, exchange.path, exchange.status) == ("GET", "/lm/configurations", 200)
    assert (exchange.url, exchange.elapsed) == (f"{BASE}/configurations?$top=1", 0.0125)
    assert (exchange.media_type, exchange.json()) == ("application/json", {"count": 0, "resources": []})
    assert not exchange.truncated


def test_only_the_headers_that_a_repeated_request_needs_are_kept(tmp_path):
    one = only(archive(tmp_path, entry()))
    assert [name for name, _ in one.exchange.request_headers] == ["authorization", "ai-resource-group"]


@pytest.mark.parametrize("url", ["https://host/gateway/v2/lm/configurations", "https://host/v2/lm/configurations"])
def test_the_api_may_stand_below_any_path(tmp_path, url):
    assert only(archive(tmp_path, entry(url=url))).exchange.path == "/lm/configurations"


@pytest.mark.parametrize(
    ("made", "why", "label"),
    [
        (entry(url="https://host/index.html?token=abc"), Why.ELSEWHERE, "GET https://host/index.html"),
        (entry(url="https://host/v2/lmx"), Why.ELSEWHERE, "GET https://host/v2/lmx"),
        (entry(url=f"{BASE}/promptTemplates"), Why.UNKNOWN, "GET /v2/lm/promptTemplates"),
        (entry("OPTIONS"), Why.UNKNOWN, "OPTIONS /v2/lm/configurations"),
        (entry(status=0), Why.NO_ANSWER, "GET /v2/lm/configurations"),
        (
            entry(status=304, asked=[{"name": "If-None-Match", "value": "x"}]),
            Why.CACHED,
            "GET /v2/lm/configurations",
        ),
    ],
)
def test_what_no_check_can_judge_is_named_with_its_reason(tmp_path, made, why, label):
    assert only(archive(tmp_path, made)) == Unjudged(why, label)


@pytest.mark.parametrize(
    ("changes", "cut"),
    [
        ({}, False),
        ({"text": None}, True),
        ({"size": 99999}, True),
        ({"text": "%%%", "encoding": "base64"}, True),
        ({"text": None, "headers": [{"name": "Content-Length", "value": "0"}]}, False),
        # The size of what travelled, compressed, as some proxies write it.
        ({"size": 3}, False),
    ],
)
def test_a_body_that_the_tool_left_out_or_cut_is_marked(tmp_path, changes, cut):
    assert only(archive(tmp_path, entry(**changes))).exchange.truncated is cut


def test_a_204_needs_no_body(tmp_path):
    made = entry("DELETE", f"{BASE}/metrics?executionId=a", 204, "", text=None, headers=[])
    assert not only(archive(tmp_path, made)).exchange.truncated


def test_a_body_in_base64_is_decoded(tmp_path):
    coded = base64.b64encode(b'{"count": 0, "resources": []}').decode()
    assert only(archive(tmp_path, entry(text=coded, encoding="base64"))).exchange.json()["count"] == 0


def test_without_headers_the_media_type_of_the_content_counts(tmp_path):
    one = only(archive(tmp_path, entry(headers=[])))
    assert (one.exchange.media_type, one.has_headers) == ("application/json", False)


def test_secrets_of_all_entries_are_known(tmp_path):
    form = entry("POST", "https://auth.example.com/oauth/token", body={"access_token": "token-of-the-answer"})
    form["request"]["postData"] = {"text": "grant_type=password&client_secret=secret%2Fin+a+form"}
    basic = entry(
        asked=[{"name": "Proxy-Authorization", "value": "Basic " + base64.b64encode(b"me:passw0rd").decode()}]
    )
    found = set(recording(archive(tmp_path, form, basic, entry())).secrets())
    assert {TOKEN, "cookie-of-the-browser", "token-of-the-answer", "secret/in a form", "passw0rd"} <= found


def test_secrets_are_known_in_a_body_that_is_coded_and_in_the_fields_of_a_form(tmp_path):
    """HAR 1.2 has a form as text or as fields, and a body as it is or in base64."""
    coded = base64.b64encode(b'{"access_token": "token-in-base64"}').decode()
    one = entry("POST", "https://auth.example.com/oauth/token", text=coded, encoding="base64")
    fields = [{"name": "grant_type", "value": "client_credentials"}, {"name": "client_secret", "value": "secret-field"}]
    one["request"]["postData"] = {"mimeType": "application/x-www-form-urlencoded", "params": fields}
    found = set(recording(archive(tmp_path, one)).secrets())
    assert {"token-in-base64", "secret-field"} <= found
    assert "client_credentials" not in found


def test_an_archive_on_one_line_and_one_with_a_byte_order_mark_are_read(tmp_path):
    assert isinstance(only(archive(tmp_path, entry(), indent=None)), Recorded)
    path = archive(tmp_path, entry())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert isinstance(only(path), Recorded)


# --- exchanges of a run


def exchange(**changes):
    values = {
        "id": "7",
        "item": "probe/LM-X",
        "operation": "listConfigurations",
        "method": "GET",
        "url": f"{BASE}/configurations",
        "path": "/lm/configurations",
        "request_headers": (("AI-Resource-Group", "default"),),
        "request_body": b"",
        "status": 200,
        "headers": (("Content-Type", "application/json"),),
        "body": b'{"count": 0, "resources": []}',
        "truncated": False,
        "started": "2026-05-06T07:08:09Z",
        "elapsed": 0.5,
    }
    return Exchange(**values | changes)


def recorded(folder, *exchanges, secrets=()):
    recorder = Recorder(folder / EXCHANGES, Redactor(secrets))
    for one in exchanges:
        recorder.write(one)
    recorder.close()
    return folder


@pytest.mark.parametrize("changes", [{}, {"body": b"\xff\xfe"}, {"request_body": b"{}", "status": 404}])
def test_what_a_run_wrote_is_read_as_it_was(tmp_path, changes):
    made = exchange(**changes)
    assert only(recorded(tmp_path, made)) == Recorded(made, (CONTRACT.operation("listConfigurations"),))


@pytest.mark.parametrize("changes", [{"truncated": True}, {"body": b"x" * 70_000}, {"body": b'{"a": "secret-value"}'}])
def test_a_body_that_was_cut_or_masked_is_marked(tmp_path, changes):
    assert only(recorded(tmp_path, exchange(**changes), secrets=["secret-value"])).exchange.truncated


def test_a_request_for_no_operation_is_not_judged(tmp_path):
    made = exchange(operation="", url=f"{BASE}/healthz", path="/lm/healthz")
    assert only(recorded(tmp_path, made)) == Unjudged(Why.NO_OPERATION, "GET /v2/lm/healthz")


def test_the_last_line_of_a_run_that_was_killed_is_left_out(tmp_path):
    recorded(tmp_path, exchange(), exchange(id="8"))
    file = tmp_path / EXCHANGES
    file.write_text(file.read_text()[:-20])
    assert [one.exchange.id for one in read(tmp_path)] == ["7"]


# --- printed answers


def test_a_printed_answer_without_a_body_is_judged_by_its_status(tmp_path):
    path = tmp_path / "answers.jsonl"
    line = {"id": "A", "method": "GET", "path": "/lm/configurations", "status": 200, "body": None}
    path.write_text(json.dumps(line) + "\n")
    one = only(path)
    assert (one.exchange.truncated, one.has_headers) == (True, False)


def test_a_refusal_of_a_gateway_may_come_from_every_operation(tmp_path):
    path = tmp_path / "answers.jsonl"
    line = {"id": "A", "method": "GET", "path": "(gateway)", "status": 403, "body": "RBAC: access denied"}
    path.write_text(json.dumps(line) + "\n")
    assert only(path).operations == CONTRACT.operations


# --- what is no recording


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("hello\n", "is no recording"),
        ('{"log": {}}', "has no log.entries"),
        ('{"log": ', "no JSON"),
        ('{"type": "header", "lmconform": "0.1.0"}\n', "holds results and no exchanges"),
        ('{"a": 1}\n', "is no recording"),
        ('{"log": {"entries": [{"request": {}}]}}', r"log.entries\[0\] is no entry of HAR 1.2"),
        ('{"type": "exchange", "id": "1"}\n', ":1: no exchange of a run"),
        ('{"id": 1, "method": "GET", "path": "/", "status": 1, "body": 1}\n{"id": 2}\n', ":2: has no 'body'"),
        ('{"id": 1, "method": "GET", "path": "/", "status": 1, "body": 1}\nx\n', ":2: no JSON"),
        ('{"id": 1, "method": "GET", "path": "/", "status": 1, "body": 1}\n[]\n', ":2: no JSON object, but a list"),
    ],
)
def test_what_cannot_be_read_is_one_line_that_says_where(tmp_path, text, words):
    path = tmp_path / "file"
    path.write_text(text)
    with pytest.raises(ConfigError, match=words) as raised:
        read(path)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["absent", "folder"])
def test_a_path_without_a_recording_says_what_is_expected(tmp_path, name):
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigError, match="folder of a run"):
        recording(tmp_path / name)
