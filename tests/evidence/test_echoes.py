"""No echo of a secret leaves twelve characters of it readable: forms, parts, places."""

import base64
import json
import secrets
import time
from dataclasses import replace

import pytest
from tests.evidence.echoes import FORMS, PARTS, readable
from tests.evidence.test_redaction import EXCHANGE

from lmconform.evidence.recorder import as_json
from lmconform.evidence.redaction import MASK, Redactor

SECRETS = {
    "uaa": "3f0c9a71-77b5-4c0e-9d6b-5f2f1c0d9e8a$Zk1_q/9+rT3&'hB-lqO<XwV8gYyNcE5sD2m=",
    "unicode": "Zürich-Straße-%2F-schlüssel-é漢字-ende-12345",
    "short": "pa55-w/=rd",
    # Its base64 has one of the two characters in four that differ between the alphabets.
    "symbols": "??>>~~??>~>?~~?>>?~>",
    "token": ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=")
        for part in (b'{"alg":"RS256","kid":"default","typ":"JWT"}', secrets.token_bytes(300), secrets.token_bytes(256))
    ),
}


def learned(secret):
    redactor = Redactor()
    redactor.learn_token(secret) if secret == SECRETS["token"] else redactor.learn(secret)
    return redactor


# Two digits cannot say every character.
PAIRS = [(kind, form) for kind in SECRETS for form in FORMS if (kind, form) != ("unicode", "hex-escapes")]


@pytest.mark.parametrize(("kind", "form"), PAIRS)
def test_an_echo_in_any_form_is_masked(kind, form):
    secret = SECRETS[kind]
    echo = FORMS[form](secret)
    shown = learned(secret).text(f"before {echo} after")
    # What a form has in common for all secrets (padding, zero bytes, escapes) is shorter than twelve characters.
    length = 6 if kind == "short" else 12
    assert MASK in shown
    assert readable(shown, echo, max(length, len(echo) // len(secret) * length)) == []
    assert shown.startswith("before ")
    assert shown.endswith(" after")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("form", ["raw", "percent-twice", "units", "base64-inside-1", "hex", "reversed"])
@pytest.mark.parametrize("kind", ["uaa", "token"])
def test_a_part_of_a_secret_is_masked_as_well(kind, form, part):
    echo = FORMS[form](PARTS[part](SECRETS[kind]))
    shown = learned(SECRETS[kind]).text(f"before {echo} after")
    assert readable(shown, echo, len(echo) // len(SECRETS[kind]) * 12 + 12) == []
    assert shown.startswith("before ")


@pytest.mark.parametrize("kind", sorted(SECRETS.keys() - {"token"}))
def test_the_base64_of_utf_16_that_powershell_makes_of_a_secret_is_masked(kind):
    echo = base64.b64encode(SECRETS[kind].encode("utf-16-le")).decode()
    assert learned(SECRETS[kind]).text(f"before {echo} after") == f"before {MASK} after"


@pytest.mark.parametrize("number", range(3))
def test_each_of_the_three_parts_of_a_token_is_masked(number):
    part = SECRETS["token"].split(".")[number]
    assert learned(SECRETS["token"]).text(f"{part}!") == f"{MASK}!"


@pytest.mark.parametrize("every", [13, 20, 40])
def test_an_echo_that_differs_again_and_again_leaves_nothing_readable(every):
    secret = SECRETS["token"]
    echo = "".join("*" if at % every == every - 1 else c for at, c in enumerate(secret))
    assert readable(learned(secret).text(echo), secret) == []


@pytest.mark.parametrize("form", FORMS)
def test_a_recorded_exchange_shows_no_form_in_any_place(form):
    secret = SECRETS["uaa"]
    echo = FORMS[form](secret)
    exchange = replace(
        EXCHANGE,
        url=f"{EXCHANGE.url}?x={echo}",
        request_headers=((f"X-{echo}", echo),),
        request_body=echo.encode(),
        headers=((f"X-{echo}", f"a {echo}"), (f"X-{echo}".lower(), "b")),
        body=json.dumps({"error": echo}).encode(),
    )
    redactor = learned(secret)
    line = json.dumps(as_json(exchange, redactor))
    assert not redactor.shows(line)
    assert readable(line, echo, len(echo) // len(secret) * 12 + 12) == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_body_in_another_encoding_shows_no_secret(encoding):
    redactor = learned(SECRETS["uaa"])
    recorded = as_json(replace(EXCHANGE, body=f"é {SECRETS['uaa']}".encode(encoding)), redactor)["response"]
    body = base64.b64decode(recorded["body"]) if "encoding" in recorded else recorded["body"].encode()
    assert SECRETS["uaa"][5:17] not in body.replace(b"\0", b"").decode("latin-1")
    assert MASK.encode() in body


def test_what_is_no_secret_stays_as_it_is():
    redactor = learned(SECRETS["token"])
    redactor.learn(SECRETS["uaa"])
    for text in (
        '{"id": "3f0c9a71-aaaa", "name": "lmconform-first-vostquseid", "token": "value"}',
        "GET /v2/lm/metrics?%24filter=executionId%20eq%20%27ec5558cc687de0d0%27",
        "eyJhbGciOiJ is how they all begin",
        "C:\\users\\new &amp; old 100%25",
    ):
        assert redactor.text(text) == text
        assert not redactor.shows(text)


def test_old_tokens_are_forgotten_and_the_secret_is_not():
    redactor = Redactor([SECRETS["uaa"]])
    tokens = [secrets.token_urlsafe(40) for _ in range(30)]
    for token in tokens:
        redactor.learn_token(token)
    assert len(redactor.tokens()) <= 8
    assert redactor.tokens()[-1] == tokens[-1]
    assert all(redactor.shows(token) for token in tokens[-4:])
    assert redactor.shows(SECRETS["uaa"])


def test_a_long_text_is_redacted_in_a_moment():
    redactor = learned(SECRETS["token"])
    text = json.dumps(json.dumps([{"id": secrets.token_hex(8), "name": "a/b"} for _ in range(3000)]))
    started = time.process_time()
    redactor.text(text)
    assert time.process_time() - started < 1
