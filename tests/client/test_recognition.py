"""A target that is no AI API is known by its first two answers, and a lawful one is never refused."""

from dataclasses import replace

import pytest

from lmconform.client import recognition
from lmconform.errors import TargetUnreachable
from lmconform.evidence.exchange import Exchange
from lmconform.settings.credentials import Credentials
from lmconform.settings.target import Target

BASE = "https://api.example.com/v2"
TARGET = Target(BASE, BASE, Credentials("a", "b", "https://t.example", ""), "mine", "other", False, 1.0, 1.0)
LIST, META = b'{"count": 0, "resources": []}', b'{"runtimeApiVersion": "2.42.0", "aiApi": {"version": "2.42.0"}}'
ENVELOPE = b'{"error": {"code": "02000005", "message": "no", "requestId": "1", "target": "/lm"}}'
SHORT = b'{"error": {"code": "1", "message": "no"}}'
# Google's, and OData's of the second version: alike, and another.
OTHERS = (b'{"error": {"code": 404, "message": "no"}}', b'{"error": {"code": "1", "message": {"value": "no"}}}')
PAGE = b"<!doctype html>\n<title>Sign\x1b[2J in</title>"
MISSING = (404, ENVELOPE)


def answer(status, body=b"", media_type="application/json", **headers):
    pairs = (("Content-Type", media_type), *headers.items())
    path = ("GET", f"{BASE}/lm/scenarios", "/lm/scenarios")
    return Exchange("1", "preflight", "x", *path, (), b"", status, pairs, body, False, "", 0.1)


def refusal(check, *arguments):
    """Why the target is refused, in one line, or empty."""
    try:
        check(*arguments)
    except TargetUnreachable as error:
        text = str(error)
    else:
        return ""
    assert text.isprintable()
    return text


def reason(scenarios, meta=(404, b"", "text/plain"), target=TARGET):
    return refusal(recognition.check, target, answer(*scenarios), answer(*meta))


@pytest.mark.parametrize(
    ("scenarios", "meta"),
    [
        ((200, LIST), (200, META)),
        ((200, LIST), (404, b"", "text/plain")),
        ((200, LIST, "text/plain"), MISSING),
        ((200, b'{"resources": [{"id": "\xff\xfe"}]}'), MISSING),
        ((200, b'{"resources": null}'), MISSING),
        ((200, b"[]"), (200, META)),
        ((500, b"boom", "text/plain"), (200, META)),
        ((429, b"", "text/plain"), (200, META)),
        ((503, b"upstream", "text/plain"), (200, META)),
        ((503, ENVELOPE), MISSING),
        ((500, SHORT), (500, SHORT)),
        ((412, ENVELOPE), (200, META)),
        ((412, SHORT), MISSING),
        (MISSING, MISSING),
    ],
)
def test_an_ai_api_is_accepted_however_little_it_has_and_however_broken_it_is(scenarios, meta):
    assert reason(scenarios, meta) == ""


@pytest.mark.parametrize(
    ("scenarios", "seen"),
    [
        ((404, b"", ""), "answered 404 without a media type without a body"),
        ((404, PAGE, "text/html"), "answered 404 text/html <!doctype html> <title>Sign\ufffd[2J in</title>"),
        ((200, PAGE, "text/html; charset=utf-8"), "answered 200 text/html"),
        ((200, b'{"items": [], "count": 0}'), 'answered 200 application/json {"items": [], "count": 0}'),
        ((200, b"[]"), "answered 200 application/json []"),
        ((204, b""), "answered 204"),
        ((404, SHORT), 'answered 404 application/json {"error"'),
        ((404, OTHERS[0]), "answered 404"),
        ((400, OTHERS[0]), "answered 400"),
        ((400, OTHERS[1]), "answered 400"),
        ((500, b"boom", "text/plain"), "answered 500 text/plain boom"),
    ],
)
def test_what_is_no_ai_api_is_refused_with_what_was_seen_and_what_was_expected(scenarios, seen):
    text = reason(scenarios)
    assert text.startswith(f"{BASE} is no AI API: GET /v2/lm/scenarios {seen}")
    assert text.endswith("; expected 200 and JSON with count and resources")


def test_a_redirect_is_named_without_what_a_login_page_hands_on():
    place = answer(302, Location="https://user:word@login.example.com/sign/in?state=secret#x")
    text = refusal(recognition.check, TARGET, place, place)
    assert "answered 302, a redirect to https://login.example.com/sign/in; expected 200" in text


def test_a_redirect_to_what_is_no_url_is_no_error_of_lmconform():
    place = answer(302, Location="https://[login")
    assert "is no AI API: GET /v2/lm/scenarios answered 302 " in refusal(recognition.check, TARGET, place, place)


def test_too_much_path_is_named():
    text = reason(
        (404, PAGE, "text/html"), target=replace(TARGET, base_url="https://api.example.com/v2/lm/scenarios/v2")
    )
    assert text.endswith("; TARGET has the path /v2/lm/scenarios, give it as far as /v2 and no further")


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_target_that_answers_both_from_a_gateway_is_out_of_service(status):
    page = (status, b"<h1>Bad Gateway</h1>", "text/html")
    assert reason(page, page) == (
        f"{BASE} is out of service: GET /v2/lm/scenarios answered {status} text/html <h1>Bad Gateway</h1>"
    )
    assert "is out of service" in reason((status, ENVELOPE), (status, ENVELOPE))
    assert "is out of service" in reason(page)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_is_about_the_credentials_and_the_group_whatever_its_body(status):
    assert reason((status, PAGE, "text/html")).startswith(f"{BASE} refuses the credentials for resource group 'mine': ")


def test_a_target_that_cannot_be_asked_for_its_capabilities_is_asked_later():
    assert "limits the rate: 429" in reason((200, LIST), (429, b"", "text/plain"))
    assert "limits the rate: 429" in reason((429, b"", "text/plain"))


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_second_group_that_is_not_there_is_refused(status):
    text = refusal(recognition.check_other_group, TARGET, answer(status, b"RBAC: access denied", "text/plain"))
    assert f"refuses --other-resource-group 'other': GET /v2/lm/scenarios answered {status} text/plain RBAC" in text


@pytest.mark.parametrize("status", [200, 412, 429, 503])
def test_a_second_group_that_is_new_or_busy_is_not_refused(status):
    assert refusal(recognition.check_other_group, TARGET, answer(status)) == ""
