"""``lmconform doctor``: each line is ok or says what to do, and after a line that failed nothing else is sent."""

import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from importlib import resources

import jsonschema_rs
import pytest
from tests.certificates import pair, server_context
from tests.conftest import free_port, read_events, serve, service_key

SECRET, TOKEN = "secret-of-the-test", "token-of-the-test"
NAMES = [
    *("target", "proxy", "dns", "token", "api", "tls", "clock", "group", "meta"),
    *("content", "content", "room", "room", "rate", "requests"),
]
META = {
    "runtimeIdentifier": "aicore",
    "runtimeApiVersion": "2.42.0",
    "aiApi": {
        "version": "2.31.0",
        "capabilities": {"logs": {"executions": True, "deployments": True}},
        "limits": {"executions": {"maxRunningCount": 3}, "deployments": {"maxRunningCount": -1}},
    },
}
CONTENT_AND_ROOM = [
    "/v2/lm/scenarios/s/executables",
    "/v2/lm/executions/$count?status=RUNNING",
    "/v2/lm/deployments/$count?status=RUNNING",
]
EXECUTABLES = [{"id": "train", "deployable": False}, {"id": "serve", "deployable": True}]
ENVELOPE = {"error": {"code": "1", "message": "no such group", "requestId": "r", "target": "/"}}


def target(**answers):
    """The answers of a small AI API; ``answers`` maps the last part of a path to another body, or a function."""
    bodies = {
        "token": {"access_token": TOKEN, "expires_in": 3600},
        "scenarios": {"count": 1, "resources": [{"id": "s"}]},
        "meta": META,
        "executables": {"count": 2, "resources": EXECUTABLES},
        "$count": b"1",
        "configurations": {"count": 0, "resources": []},
        "deployments": {"count": 0, "resources": []},
    } | answers

    def answer(handler):
        missing = lambda handler: handler.reply(404, ENVELOPE)  # noqa: E731
        body = bodies.get(handler.path.partition("?")[0].rpartition("/")[2], missing)
        if callable(body):
            body(handler)
        else:
            handler.reply(200, body, "text/plain" if isinstance(body, bytes) else "application/json")

    return answer


@pytest.fixture
def doctor(lmconform, tmp_path):
    """Runs the doctor against a server; returns exit code, lines by name, and what was sent."""

    def run(answer, *options, path="", command=("doctor",)):
        with serve(answer) as (url, seen):
            key = service_key(tmp_path, url)
            done = lmconform(*command, f"{url}{path}", "--service-key", key, *options)
        lines = {}
        for line in done.stdout.splitlines():
            state, name, text = line.split(None, 2)
            lines.setdefault(name, []).append((state, text))
        assert done.stderr == ""
        return done.returncode, lines, seen

    return run


# --- a target that can be tested


def test_the_embedded_mock_is_well_and_each_thing_has_its_line(lmconform):
    done = lmconform("doctor")
    assert (done.returncode, done.stderr) == (0, "")
    words = [line.split(None, 2) for line in done.stdout.splitlines()]
    assert [name for _, name, _ in words] == NAMES
    assert {state for state, _, _ in words} == {"ok"}


def test_a_handful_of_reads_is_sent_and_nothing_else(doctor):
    code, _, seen = doctor(target())
    assert code == 0
    assert seen == [
        ("POST", "/oauth/token"),
        ("GET", "/v2/lm/scenarios"),
        ("GET", "/v2/lm/meta"),
        # A resource group that is new refuses this one for a while.
        ("GET", "/v2/lm/deployments?$top=1"),
        *(("GET", path) for path in CONTENT_AND_ROOM),
    ]


def test_what_is_found_stands_in_the_lines(doctor):
    _, lines, _ = doctor(target())
    assert lines["content"] == [("ok", "to train with: s/train"), ("ok", "to serve with: s/serve")]
    assert lines["room"] == [("ok", "1 executions running, meta allows 3"), ("ok", "1 deployments running")]
    assert lines["meta"][0][1].startswith("aicore 2.42.0; not offered: aiApi.capabilities.bulkUpdates")
    assert lines["token"] == [("ok", "127.0.0.1 gave one for 3600 s")]


class Dated:
    """A list of scenarios whose answer has one Date header, so many seconds away."""

    def __init__(self, seconds):
        self.seconds = seconds

    def __call__(self, handler):
        handler.date_time_string = lambda timestamp=None: format_datetime(
            datetime.now(UTC) + timedelta(seconds=self.seconds), usegmt=True
        )
        handler.reply(200, {"count": 1, "resources": [{"id": "s"}]})


def dated(text):
    """A list of scenarios whose answer has this Date header."""

    def answer(handler):
        handler.date_time_string = lambda timestamp=None: text
        handler.reply(200, {"count": 1, "resources": [{"id": "s"}]})

    return answer


ADVICE = {
    "a clock that is behind": ({"scenarios": Dated(600)}, "clock", "behind the target's"),
    "a clock that is ahead": ({"scenarios": Dated(-600)}, "clock", "ahead of the target's"),
    "a clock that never was set": ({"scenarios": dated("Thu, 01 Jan 1970 00:00:09 GMT")}, "clock", "which cannot be"),
    "a clock at the end of time": ({"scenarios": dated("Fri, 31 Dec 9999 23:59:59 GMT")}, "clock", "which cannot be"),
    "a token for half a minute": ({"token": {"access_token": TOKEN, "expires_in": 30}}, "token", "for 30 s: many"),
    "no executable": ({"executables": {"count": 0, "resources": []}}, "content", "no executable to train with"),
    "no scenario": ({"scenarios": {"count": 0, "resources": []}}, "content", "no executable to serve with"),
    "an id that no path can name": (
        {"scenarios": {"count": 1, "resources": [{"id": ".."}]}},
        "content",
        "no executable to train with",
    ),
    "no room": ({"$count": b"3"}, "room", "3 executions running, and meta allows 3: stop one"),
    "no requests left": (
        {"meta": lambda h: h.reply(200, META, x_ratelimit_remaining="0")},
        "rate",
        "x-ratelimit-remaining: 0; wait",
    ),
}


@pytest.mark.parametrize("case", ADVICE)
def test_what_should_be_done_is_said_and_is_no_failure(doctor, case):
    answers, name, words = ADVICE[case]
    code, lines, _ = doctor(target(**answers))
    assert code == 0
    assert [text for state, text in lines[name] if state == "advice" and words in text]


def test_a_date_whose_numbers_no_clock_has_is_passed_over(doctor):
    def dated(handler):
        handler.date_time_string = lambda timestamp=None: f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT"
        handler.reply(200, {"count": 1, "resources": [{"id": "s"}]})

    code, lines, _ = doctor(target(scenarios=dated))
    assert (code, lines["clock"]) == (0, [("ok", "the target does not tell its time")])


@pytest.mark.parametrize("broken", ["executables", "$count"])
@pytest.mark.parametrize("status", [403, 404, 500])
def test_what_cannot_be_seen_of_content_and_room_is_no_failure(doctor, broken, status):
    code, lines, _ = doctor(target(**{broken: lambda h: h.reply(status, {"error": "no"})}))
    assert code == 0
    assert lines["requests"][0][0] == "ok"


def test_the_scenarios_of_a_tenant_that_has_hundreds_are_not_all_looked_through(doctor):
    many = {"count": 300, "resources": [{"id": f"s{number}"} for number in range(300)]}
    code, lines, seen = doctor(target(scenarios=many, executables={"count": 0, "resources": []}))
    assert code == 0
    assert len(seen) < 12
    assert "among the first 5 of 300 scenarios" in lines["content"][0][1]


def test_what_the_server_says_is_masked_and_cannot_write_on_the_terminal(doctor):
    said = META | {"runtimeIdentifier": f"{TOKEN} {SECRET}\x1b[2J\n", "runtimeApiVersion": "2.42.0"}
    _, lines, _ = doctor(target(meta=said))
    text = str(lines)
    assert TOKEN not in text
    assert SECRET not in text
    assert "\\x1b" not in text
    assert "[redacted]" in lines["meta"][0][1]


# --- a target that cannot


FAILURES = {
    "a wrong secret": ({"token": lambda h: h.reply(401, {"error": "invalid_client"})}, "token", "check client id", 1),
    "no token": ({"token": {"a": "b"}}, "token", "without access_token", 1),
    "a token that is none": ({"token": {"access_token": None}}, "token", "without access_token", 1),
    "no right": ({"scenarios": lambda h: h.reply(403, b"RBAC", "text/plain")}, "api", "check the service key", 3),
    "a web server": ({"scenarios": b"<html>", "meta": b"<html>"}, "api", "is no AI API", 3),
    "a wrong group": (
        {"scenarios": lambda h: h.reply(404, ENVELOPE), "configurations": lambda h: h.reply(404, ENVELOPE)},
        "group",
        "name one that is there with --resource-group",
        4,
    ),
    "an outage": (
        {"scenarios": lambda h: h.reply(503, b"", ""), "meta": lambda h: h.reply(503, b"", "")},
        "api",
        "is out of service",
        # The token, and four tries for each of two reads.
        9,
    ),
}


@pytest.mark.parametrize("case", FAILURES)
def test_after_a_line_that_failed_nothing_is_sent_and_the_run_ends_in_the_same_way(doctor, lmconform, tmp_path, case):
    answers, name, words, number = FAILURES[case]
    code, lines, seen = doctor(target(**answers))
    assert (code, list(lines)[-1]) == (10, name)
    state, text = lines[name][-1]
    assert (state, words in text) == ("failed", True)
    assert len(seen) == number
    with serve(target(**answers)) as (url, asked):
        done = lmconform("run", url, "--service-key", service_key(tmp_path, url), "--profile", "core", "--allow-writes")
    assert (done.returncode, done.stdout, asked) == (10, "", seen)
    assert words in done.stderr


def test_a_target_without_scenarios_is_not_taken_for_one_without_the_group(doctor):
    code, lines, _ = doctor(target(scenarios=lambda h: h.reply(404, ENVELOPE)))
    assert code == 0
    assert lines["group"][0][0] == "ok"


def test_a_second_group_that_is_refused_fails(doctor):
    def scenarios(handler):
        is_other = handler.headers["AI-Resource-Group"] == "nowhere"
        handler.reply(*((404, ENVELOPE) if is_other else (200, {"count": 1, "resources": [{"id": "s"}]})))

    code, lines, _ = doctor(target(scenarios=scenarios), "--other-resource-group", "nowhere")
    assert (code, lines["group"][-1][0]) == (10, "failed")


@pytest.mark.parametrize(
    ("where", "environment", "words"),
    [
        ("https://nowhere.invalid", {}, "the host name nowhere.invalid does not resolve; check"),
        (
            "https://nowhere.invalid",
            {"HTTPS_PROXY": "http://user:password-of-the-proxy@127.0.0.1:9"},
            "it is asked through the proxy http://127.0.0.1:9",
        ),
        ("", {}, "does not answer (connection refused)"),
    ],
    ids=["a wrong host", "a dead proxy", "a closed port"],
)
def test_a_way_that_leads_nowhere_is_exit_10_within_seconds(lmconform, tmp_path, where, environment, words):
    url = where or f"http://127.0.0.1:{free_port()}"
    started = time.monotonic()
    done = lmconform("doctor", url, "--service-key", service_key(tmp_path, url), env=environment)
    assert (done.returncode, time.monotonic() - started < 15) == (10, True)
    assert words in done.stdout.splitlines()[-1]
    assert "password-of-the-proxy" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("http://api.example.com",), "use https"),
        (("https://api.example.com",), "--service-key"),
        (("mock", "--resource-group", "a\nb"), "no header can carry"),
        (("mock", "--other-resource-group", "\u7ec4"), "no header can carry"),
        (("mock", "--contract", "1.0"), "cannot be judged"),
    ],
)
def test_what_cannot_be_used_is_exit_4_and_one_line(lmconform, arguments, words):
    done = lmconform("doctor", *arguments)
    assert (done.returncode, done.stdout) == (4, "")
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr


# --- TLS


@pytest.mark.parametrize(("days", "state"), [(400, "ok"), (5, "advice")])
def test_the_last_day_of_a_certificate_is_said_and_advised_when_it_is_near(lmconform, tmp_path, days, state):
    server = pair(end=days)
    (tmp_path / "ca.pem").write_text(server.certificate)
    with serve(target(), server_context(server, tmp_path, clients=pair())) as (url, _):
        done = lmconform("doctor", url, "--service-key", service_key(tmp_path, url), "--ca-bundle", "ca.pem")
    assert done.returncode == 0, done.stdout
    (line,) = [line for line in done.stdout.splitlines() if " tls " in line]
    assert line.startswith(state)
    assert f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}" in line


def test_a_certificate_that_is_not_trusted_says_how_to_trust_it(lmconform, tmp_path):
    with serve(target(), server_context(pair(), tmp_path, clients=pair())) as (url, _):
        done = lmconform("doctor", url, "--service-key", service_key(tmp_path, url))
    assert done.returncode == 10
    assert "the certificate is not trusted, see --ca-bundle" in done.stdout.splitlines()[-1]


def test_the_certificate_of_the_client_has_a_line(secured_mock, lmconform):
    options = ("--service-key", secured_mock.x509_file, "--ca-bundle", secured_mock.ca, "--resource-group", "tutorial")
    done = lmconform("doctor", secured_mock.tls_url, *options)
    assert done.returncode == 0, done.stdout
    assert [line for line in done.stdout.splitlines() if "certificate of this client is good until" in line]


# --- JSON, and runs


@pytest.mark.parametrize("answers", [{}, {"token": {"a": "b"}}], ids=["ok", "failed"])
def test_json_is_valid_against_its_schema_and_has_the_same_exit_code(lmconform, tmp_path, answers):
    with serve(target(**answers)) as (url, _):
        done = lmconform("doctor", url, "--service-key", service_key(tmp_path, url), "--json")
    found = json.loads(done.stdout)
    schema = json.loads((resources.files("lmconform.results") / "schemas" / "doctor.schema.json").read_text())
    jsonschema_rs.validate(schema, found)
    assert (found["ok"], done.returncode) == ((True, 0) if not answers else (False, 10))
    assert found["lines"][-1]["state"] == ("ok" if found["ok"] else "failed")


def test_every_run_begins_with_it_and_its_header_has_the_lines(lmconform, tmp_path):
    done = lmconform("run", "mock", "--only", "probe/LM-SCENARIO-LIST-COUNT", "--report-dir", "out")
    assert done.returncode == 0, done.stderr
    lines = read_events(tmp_path / "out")[0]["doctor"]
    assert [line["name"] for line in lines] == [name for name in NAMES if name not in ("content", "room")]
    assert "all ok ('lmconform doctor' shows them)" in done.stdout


def test_only_a_run_that_is_to_create_something_asks_for_content_and_room(lmconform, tmp_path):
    begun = {}
    for profile in ("smoke", "core"):
        with serve(target()) as (url, seen):
            options = ("--profile", profile, "--allow-writes", "--only", "LM-SCENARIO-LIST-COUNT", "--only", "LM-AUTH*")
            lmconform("run", url, "--service-key", service_key(tmp_path, url), *options, "--max-time", "0")
        begun[profile] = [path for _, path in seen[:7]]
    assert begun["core"][4:] == CONTENT_AND_ROOM
    assert not set(CONTENT_AND_ROOM) & set(begun["smoke"])


def test_what_is_to_be_done_is_shown_where_a_run_begins(lmconform, tmp_path):
    with serve(target(scenarios=Dated(600))) as (url, _):
        done = lmconform("run", url, "--service-key", service_key(tmp_path, url), "--max-time", "0")
    assert [line for line in done.stdout.splitlines() if line.startswith("doctor    clock: ")]
