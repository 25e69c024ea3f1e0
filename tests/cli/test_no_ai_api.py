"""A target that is no AI API, or that is out of service, is never judged item by item."""

import http.client
import json
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from tests.conftest import read_events, serve, service_key

PAGE = b"<!doctype html>\n<title>Sign in</title>"
# All that may be sent to a target before it is known to be an AI API.
PREFLIGHT = {("POST", "/oauth/token"), ("GET", "/v2/lm/scenarios"), ("GET", "/v2/lm/meta")}
OTHERS = {
    "a web server": (lambda h: h.reply(404, PAGE, "text/html"), "answered 404 text/html <!doctype html>"),
    "an ingress": (lambda h: h.reply(404, b"", "", server="istio-envoy"), "answered 404 without a media type"),
    "a login page": (lambda h: h.reply(200, PAGE, "text/html"), "answered 200 text/html <!doctype html>"),
    "a redirect": (
        lambda h: h.reply(302, b"", Location="https://login.example.com/in?state=secret"),
        "answered 302, a redirect to https://login.example.com/in;",
    ),
    "another API": (
        lambda h: h.reply(200, {"items": [], "count": 0}),
        'answered 200 application/json {"items": [], "count": 0}',
    ),
    "a static list": (lambda h: h.reply(200, []), "answered 200 application/json []"),
}
BUSY = {
    "a proxy": (lambda h: h.reply(502, b"<h1>Bad Gateway</h1>", "text/html"), "502 text/html <h1>Bad Gateway</h1>"),
    "a gateway": (lambda h: h.reply(503, b"no healthy upstream", "text/plain"), "503 text/plain no healthy upstream"),
    "a slow one": (lambda h: h.reply(504, b"upstream request timeout", "text/plain"), "504 text/plain upstream"),
}


def with_token(answer):
    def answered(handler):
        if handler.path == "/oauth/token":
            handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600})
        else:
            answer(handler)

    return answered


def refused(lmconform, tmp_path, answer, path=""):
    """The one line of a run that ends before its first item, and what was sent."""
    with serve(with_token(answer)) as (url, seen):
        key = service_key(tmp_path, url)
        done = lmconform("run", f"{url}{path}", "--service-key", key, "--report-dir", "out")
    assert done.returncode == 10, done.stdout + done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    assert read_events(tmp_path / "out")[-1]["message"].endswith(line.removeprefix("lmconform: error: "))
    return line, set(seen)


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_no_ai_api_is_exit_10_before_anything_else_is_sent(lmconform, tmp_path, kind):
    answer, seen = OTHERS[kind]
    line, sent = refused(lmconform, tmp_path, answer)
    assert " is no AI API: GET /v2/lm/scenarios " + seen in line
    assert line.endswith("expected 200 and JSON with count and resources")
    assert sent == PREFLIGHT


def test_a_url_with_too_much_path_is_exit_10_and_says_which_path(lmconform, mock, tmp_path):
    done = lmconform("run", f"{mock.url}/v2/lm/scenarios", "--service-key", mock.key_file)
    assert done.returncode == 10
    assert done.stderr.strip().endswith("TARGET has the path /v2/lm/scenarios, give it as far as /v2 and no further")


def test_an_api_below_another_prefix_is_exit_10(lmconform, mock, tmp_path):
    def without_prefix(handler):
        handler.path = handler.path.replace("/v2/", "/")
        handler.reply(200, {"count": 0, "resources": []}) if handler.path == "/lm/x" else handler.reply(404, b"", "")

    line, _ = refused(lmconform, tmp_path, without_prefix)
    assert "GET /v2/lm/scenarios answered 404 without a media type without a body; expected" in line


@pytest.mark.parametrize("kind", BUSY)
def test_a_target_that_is_out_of_service_from_the_start_is_exit_10(lmconform, tmp_path, kind):
    answer, seen = BUSY[kind]
    line, sent = refused(lmconform, tmp_path, answer)
    assert f" is out of service: GET /v2/lm/scenarios answered {seen}" in line
    assert sent == PREFLIGHT


@contextmanager
def before(mock, is_down):
    """A gateway before the mock that answers 503 where ``is_down`` says so, of a handler and its number."""
    number = 0

    def answer(handler):
        nonlocal number
        number += handler.path != "/oauth/token"
        if handler.path != "/oauth/token" and is_down(handler, number):
            handler.reply(503, b"no healthy upstream", "text/plain")
            return
        upstream = http.client.HTTPConnection(urlsplit(mock.url).netloc, timeout=20)
        headers = {k: v for k, v in handler.headers.items() if k.lower() not in ("host", "connection")}
        upstream.request(handler.command, handler.path, handler.body, headers)
        got = upstream.getresponse()
        handler.reply(got.status, got.read(), got.getheader("content-type", "application/json"))
        upstream.close()

    with serve(answer) as (url, seen):
        yield url, seen


def run(lmconform, folder, url, mock, *arguments):
    key = dict(mock.key) | {"url": url, "serviceurls": {"AI_API_URL": url}}
    (folder / "key.json").write_text(json.dumps(key))
    options = ("--service-key", "key.json", "--resource-group", "tutorial", "--report-dir", "out")
    return lmconform("run", url, *options, *arguments)


@pytest.mark.parametrize("profile", [(), ("--profile", "core", "--allow-writes")], ids=["smoke", "core"])
def test_an_outage_after_fifty_requests_is_exit_11_and_no_list_of_violations(lmconform, mock, tmp_path, profile):
    with before(mock, lambda handler, number: number > 50) as (url, seen):
        done = run(lmconform, tmp_path, url, mock, *profile)
    assert done.returncode == 11, done.stdout + done.stderr
    events = read_events(tmp_path / "out")
    footer = events[-1]
    assert (footer["complete"], footer["verdict"]) == (False, "incomplete")
    assert " is out of service: " in footer["message"]
    assert "GET /v2/lm/scenarios after 15 s as well: 503 no healthy upstream" in footer["message"]
    outcomes = {event["outcome"] for event in events if event["type"] == "result"}
    assert outcomes <= {"PASS", "INFO", "NOT_APPLICABLE", "ERROR"}
    # Nothing is asked once the target is lost.
    assert len(seen) < 120


def test_one_operation_that_always_answers_503_is_a_finding_and_the_run_goes_on(lmconform, mock, tmp_path):
    def is_down(handler, number):
        return handler.path.partition("?")[0] == "/v2/lm/configurations"

    with before(mock, is_down) as (url, _):
        done = run(lmconform, tmp_path, url, mock)
    assert done.returncode == 1, done.stdout + done.stderr
    footer = read_events(tmp_path / "out")[-1]
    assert (footer["complete"], footer["verdict"]) == (True, "nonconformant")


def test_a_second_group_that_is_refused_is_exit_10_and_not_partial(lmconform, mock, tmp_path):
    options = ("--resource-group", "tutorial", "--other-resource-group", "nowhere", "--report-dir", "out")
    done = lmconform("run", mock.url, "--service-key", mock.key_file, *options)
    assert done.returncode == 10
    (line,) = done.stderr.strip().splitlines()
    assert "refuses --other-resource-group 'nowhere': GET /v2/lm/scenarios answered 40" in line
    assert line.endswith("name a group that is there, or leave the option out")


def test_the_embedded_mock_is_asked_for_a_second_group_as_well(lmconform):
    options = ("--profile", "smoke", "--only", "probe/LM-SCENARIO-LIST-COUNT", "--other-resource-group")
    assert lmconform("run", "mock", *options, "default").returncode == 0
    assert lmconform("run", "mock", *options, "nowhere").returncode == 10
