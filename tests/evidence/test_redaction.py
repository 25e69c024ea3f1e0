"""Secrets are masked by their value, in every encoding in which they travel."""

import base64
import json
import shlex
import time
from dataclasses import replace
from urllib.parse import quote

import pytest

from lmconform.evidence.curl import curl
from lmconform.evidence.exchange import Exchange
from lmconform.evidence.recorder import Recorder, as_json
from lmconform.evidence.redaction import MASK, Redactor

SECRET = 's3cret"!b1|a+b/c='

EXCHANGE = Exchange(
    id="1",
    item="probe/LM-X",
    operation="getArtifact",
    method="GET",
    url="http://127.0.0.1/v2/lm/artifacts/abcd",
    path="/lm/artifacts/abcd",
    request_headers=(("Authorization", f"Bearer {SECRET}"), ("AI-Resource-Group", "it's")),
    request_body=b"",
    status=200,
    headers=(("Content-Type", "application/json; charset=utf-8"), ("Set-Cookie", "x=1")),
    body=b"{}",
    truncated=False,
    started="2026-01-01T00:00:00+00:00",
    elapsed=0.5,
)


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        json.dumps(SECRET)[1:-1],
        "s3cret%22%21b1%7Ca%2Bb%2Fc%3D",
        "s3cret%22%21b1%7ca%2bb%2fc%3d",
        base64.b64encode(SECRET.encode()).decode(),
    ],
    ids=["plain", "json", "percent", "percent-lower", "base64"],
)
def test_a_secret_is_masked_in_every_encoding(form):
    assert Redactor([SECRET]).text(f"before {form} after") == f"before {MASK} after"


def test_basic_credentials_are_masked():
    redactor = Redactor()
    redactor.learn_basic("client", SECRET)
    assert SECRET not in redactor.text("Basic " + base64.b64encode(f"client:{SECRET}".encode()).decode())
    assert MASK in redactor.text("Basic " + base64.b64encode(f"client:{SECRET}".encode()).decode())


def test_domain_fields_that_sound_secret_are_left_alone():
    """Labels and bindings have a ``key``; masking it would break every reproduction."""
    body = '{"labels": [{"key": "ext.ai.sap.com/a", "value": "token"}]}'
    assert Redactor([SECRET]).text(body) == body


def test_a_recorded_exchange_holds_no_secret_anywhere():
    leaky = replace(EXCHANGE, url=f"{EXCHANGE.url}?t={SECRET}", body=json.dumps({"echo": SECRET}).encode())
    line = json.dumps(as_json(leaky, Redactor([SECRET])))
    assert "s3cret" not in line
    assert line.count(MASK) == 4


def test_a_secret_across_the_cut_of_a_long_body_does_not_show_its_beginning():
    long = replace(EXCHANGE, body=b"x" * (64 * 1024 - 5) + SECRET.encode())
    recorded = as_json(long, Redactor([SECRET]))["response"]
    assert "s3cre" not in recorded["body"]
    assert recorded["truncated"] is True


def test_a_body_that_is_no_text_is_kept_as_base64():
    recorded = as_json(replace(EXCHANGE, body=b"\xff\xfe\x00"), Redactor())["response"]
    assert base64.b64decode(recorded["body"]) == b"\xff\xfe\x00"


def test_curl_takes_the_token_from_a_variable_and_quotes_for_the_shell():
    line = curl(EXCHANGE, Redactor([SECRET]))
    assert "s3cret" not in line
    assert '-H "Authorization: Bearer $TOKEN"' in line
    assert "AI-Resource-Group: it's" in shlex.split(line)


def test_the_recorder_appends_one_line_an_exchange(tmp_path):
    path = tmp_path / "exchanges.jsonl"
    for number in range(2):
        recorder = Recorder(path, Redactor())
        recorder.write(replace(EXCHANGE, id=str(number)))
        recorder.close()
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == ["0", "1"]


def test_a_secret_that_was_cut_is_masked_as_far_as_it_goes():
    redactor = Redactor(["eyJhbGciOiJIUzI1NiJ9.one-payload", "eyJhbGciOiJIUzI1NiJ9.other-load"])
    assert redactor.text("500 eyJhbGciOiJIUzI1NiJ9.other-l, expected 200") == f"500 {MASK}, expected 200"
    assert redactor.text("eyJhbGciOiJIUzI1NiJ9.one-payloadeyJhbGciOiJIUzI") == MASK + MASK
    assert redactor.text("eyJhbGci is how they all begin") == "eyJhbGci is how they all begin"


def test_masking_a_text_full_of_beginnings_takes_no_longer_than_its_length():
    redactor = Redactor(["secret-of-the-test-number-one"])
    started = time.monotonic()
    assert redactor.text("secret-of-the-test" * 20_000) == MASK * 20_000
    assert time.monotonic() - started < 10


def test_half_a_surrogate_pair_never_reaches_a_file():
    assert Redactor().text("a\ud800b").encode() == b"a?b"


PEM = (
    "-----BEGIN PRIVATE KEY-----\n"
    + "\n".join(base64.b64encode(bytes(range(i, i + 48))).decode() for i in (0, 50, 100))
    + "\nc2hvcnQ=\n-----END PRIVATE KEY-----\n"
)
PEM_LINES = PEM.splitlines()[1:-1]


@pytest.mark.parametrize(
    "form",
    [
        PEM,
        json.dumps({"key": PEM}),
        json.dumps(json.dumps({"key": PEM})),
        PEM.replace("\n", "\r\n"),
        PEM.replace("\n", "\\n"),
        "".join(PEM_LINES),
        " ".join(PEM_LINES),
        "".join(PEM_LINES)[:100],
        quote(PEM, safe=""),
        "\n".join(line.rjust(70) for line in PEM_LINES),
    ],
    ids=["pem", "json", "json-twice", "crlf", "escaped", "joined", "spaces", "cut", "percent", "indented"],
)
def test_a_private_key_is_masked_line_by_line_in_every_form(form):
    redactor = Redactor()
    redactor.learn_pem(PEM)
    shown = redactor.text(f"before {form} after")
    assert [line for line in PEM_LINES if line[:16] in shown or quote(line, safe="")[:16] in shown] == []
    assert shown.startswith("before ")
    assert shown.endswith(" after")


@pytest.mark.parametrize("pem", [PEM, PEM.strip()], ids=["whole", "without-last-line-end"])
def test_a_private_key_in_base64_is_masked_as_a_whole(pem):
    redactor = Redactor()
    redactor.learn_pem(PEM)
    assert redactor.text(f"before {base64.b64encode(pem.encode()).decode()} after") == f"before {MASK} after"


def test_what_every_private_key_begins_with_is_left_alone():
    redactor = Redactor()
    redactor.learn_pem(PEM)
    assert redactor.text("-----BEGIN PRIVATE KEY-----") == "-----BEGIN PRIVATE KEY-----"


def test_what_is_learnt_for_a_while_is_forgotten_and_nothing_else():
    redactor = Redactor(["kept-for-good-4711"])
    with redactor.forgetting():
        redactor.learn("for-a-while-0815")
        redactor.learn_token("token-for-a-while-0816")
        assert redactor.text("kept-for-good-4711 for-a-while-0815") == f"{MASK} {MASK}"
    text = "for-a-while-0815 token-for-a-while-0816"
    assert redactor.text(f"kept-for-good-4711 {text}") == f"{MASK} {text}"
    assert redactor.tokens() == []
