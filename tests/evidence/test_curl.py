"""A curl line sends what was sent, byte by byte."""

import shutil
import subprocess
from dataclasses import replace

import pytest
from tests.conftest import serve

from lmconform.evidence.curl import curl
from lmconform.evidence.exchange import Exchange
from lmconform.evidence.redaction import Redactor

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0ZXN0In0.c2lnbmF0dXJlLW9mLXRoZS10ZXN0"
GROUP = ("AI-Resource-Group", "tutorial")
BEARER = ("Authorization", f"Bearer {TOKEN}")
PLAIN = Exchange("1", "t", "", "GET", "", "", (GROUP, BEARER), b"", 200, (), b"", False, "", 0.0)
JSON = ("Content-Type", "application/json")
MERGE = ("Content-Type", "application/merge-patch+json")

REQUESTS = {
    "GET": PLAIN,
    "HEAD": replace(PLAIN, method="HEAD"),
    "POST with JSON": replace(
        PLAIN, method="POST", request_headers=(JSON, GROUP, BEARER), request_body='{"a": "it\'s $HOME\nü😀"}'.encode()
    ),
    "PATCH with a merge patch": replace(
        PLAIN, method="PATCH", request_headers=(MERGE, GROUP, BEARER), request_body=b'{"a": null}'
    ),
    "no Authorization": replace(PLAIN, request_headers=(GROUP,)),
    "a token that is none": replace(PLAIN, token="", request_headers=(GROUP, ("Authorization", "Bearer $HOME"))),
    "no resource group": replace(PLAIN, request_headers=(BEARER,)),
    "an empty resource group": replace(PLAIN, request_headers=(("AI-Resource-Group", ""), BEARER)),
    "a query with signs": replace(PLAIN, url="/v2/lm/artifacts?%24search=a%26b%27%20[1-3]{a,b}%25$x&x=#"[:-1]),
    "a path with dots": replace(PLAIN, url="/v2/lm/../lm/./meta"),
    "a body without a media type": replace(PLAIN, method="PUT", request_body=b"@file"),
    "a body that is no UTF-8": replace(
        PLAIN, method="PUT", request_headers=(JSON, BEARER), request_body=b"\xff'\\\xe9x"
    ),
}


def sent(handler):
    headers = {name: handler.headers.get(name) for name in ("AI-Resource-Group", "Authorization", "Content-Type")}
    return handler.command, handler.path, headers, handler.body


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="no curl or bash on the path")
@pytest.mark.parametrize("kind", REQUESTS)
def test_the_line_sends_the_same_request(kind):
    got = []

    def answer(handler):
        got.append(sent(handler))
        handler.reply(200, {})

    exchange = REQUESTS[kind]
    with serve(answer) as (url, _):
        exchange = replace(exchange, url=url + (exchange.url or "/v2/lm/meta"))
        line = curl(exchange, Redactor([TOKEN]))
        done = subprocess.run(["bash", "-c", f"{line} -sS"], env={"TOKEN": TOKEN, "PATH": "/usr/bin:/bin"}, timeout=20)
    assert done.returncode == 0
    pairs = dict(exchange.request_headers)
    headers = {name: pairs.get(name) for name in ("AI-Resource-Group", "Authorization", "Content-Type")}
    assert got == [(exchange.method, exchange.url.removeprefix(url), headers, exchange.request_body)]
    assert TOKEN not in line
    assert "\n" not in line


def test_a_secret_of_unknown_make_is_a_variable_of_the_shell():
    changed = replace(PLAIN, token="", request_headers=(("Authorization", f"Bearer {TOKEN}x"),))
    assert '-H "Authorization: $AUTHORIZATION"' in curl(changed, Redactor([TOKEN]))


def test_a_valid_token_behind_another_scheme_is_that_of_the_shell():
    other = replace(PLAIN, token="$TOKEN", request_headers=(("Authorization", f"Basic {TOKEN}"),))
    assert '-H "Authorization: Basic $TOKEN"' in curl(other, Redactor([TOKEN]))


def test_a_body_that_no_command_line_can_hold_is_a_file():
    for body in (b"x" * 100_000, b"a\0b"):
        assert "--data-binary @body" in curl(replace(PLAIN, method="PUT", request_body=body), Redactor())
