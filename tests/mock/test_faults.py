"""Faults reach the client, fail the requests that their rule selects, and leave the mock working."""

import http.client
import re
import signal
import socket
import subprocess
import time
from urllib.parse import urlsplit

import pytest
import requests
from tests.conftest import LMCONFORM, SecuredMock, clean_environment
from tests.mock.tenant import Tenant

from lmconform.contract.openapi import Contract
from lmconform.errors import ConfigError
from lmconform.mock import faults

ARTIFACT = {"name": "data", "kind": "dataset", "url": "ai://default/data", "scenarioId": "text-clf-tutorial"}


@pytest.fixture
def faulty(start_mock):
    """Starts a mock with rules, and gives a tenant on it; at the end its log must be clean."""
    tenants = []

    def start(*rules, seed=0):
        options = [word for rule in rules for word in ("--fault", rule)]
        tenants.append(Tenant(start_mock("--fault-seed", str(seed), *options)))
        return tenants[-1]

    yield start
    for tenant in tenants:
        assert tenant.process.process.poll() is None, "the mock ended"
        assert not re.search("Traceback|Exception|ERROR", tenant.process.log.read_text())


@pytest.fixture
def ask():
    """Sends with http.client, which hides no error; returns the response with its body, and the connection."""
    connections = []

    def send(tenant, method="GET", path="/scenarios", body=None, connection=None):
        connection = connection or http.client.HTTPConnection(urlsplit(tenant.process.url).netloc, timeout=10)
        connections.append(connection)
        headers = {name: tenant.session.headers[name] for name in ("Authorization", "AI-Resource-Group")}
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, f"/v2/lm{path}", body, headers)
        response = connection.getresponse()
        response.body = response.read()
        return response, connection

    yield send
    for connection in connections:
        connection.close()


def opened(tenant, begin):
    """A connection that has sent a request without a body."""
    parts = urlsplit(tenant.process.url)
    client = socket.create_connection((parts.hostname, parts.port), timeout=10)
    headers = "".join(f"{n}: {tenant.session.headers[n]}\r\n" for n in ("Authorization", "AI-Resource-Group"))
    client.sendall(f"{begin}\r\nHost: {parts.netloc}\r\n{headers}\r\n".encode())
    return client


def everything(tenant, begin):
    """All bytes of an answer, until the connection ends."""
    with opened(tenant, begin) as client:
        return b"".join(iter(lambda: client.recv(65536), b""))


def statuses(tenant, number, path="/scenarios"):
    return [tenant.send("GET", path).status_code for _ in range(number)]


def artifacts(tenant):
    return tenant.get("/artifacts")["count"]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_gateway_error_executes_nothing_and_keeps_the_connection(faulty, status, ask):
    tenant = faulty(f"createArtifact: {status}, count=1")
    answer = tenant.send("POST", "/artifacts", json=ARTIFACT)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/plain; charset=utf-8")
    assert "Retry-After" not in answer.headers
    assert artifacts(tenant) == 0
    tenant.post("/artifacts", 201, **ARTIFACT)
    response, connection = ask(faulty(f"getMeta: {status}"), path="/meta")
    assert response.status == status
    assert connection.sock is not None


def test_a_gateway_timeout_may_come_after_the_operation(faulty):
    tenant = faulty("createArtifact: 504, when=after, count=1")
    assert tenant.send("POST", "/artifacts", json=ARTIFACT).status_code == 504
    assert artifacts(tenant) == 1


@pytest.mark.parametrize(("setting", "retry_after"), [("", None), (", retry-after=3", "3"), (", retry-after=0", "0")])
def test_too_many_requests_with_and_without_retry_after(faulty, setting, retry_after):
    tenant = faulty(f"createArtifact: 429{setting}")
    answer = tenant.send("POST", "/artifacts", json=ARTIFACT)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (429, retry_after)
    assert artifacts(tenant) == 0


def test_service_unavailable_with_retry_after(faulty):
    answer = faulty("*: 503 retry-after=2").send("GET", "/scenarios")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")


def test_latency_delays_the_response(faulty):
    tenant = faulty("createArtifact: latency, seconds=0.6")
    started = time.monotonic()
    made = tenant.post("/artifacts", 201, **ARTIFACT)
    assert 0.6 <= time.monotonic() - started < 3
    assert tenant.get(f"/artifacts/{made['id']}")["name"] == "data"


@pytest.mark.parametrize(("setting", "made"), [("", 1), (", when=after", 1), (", when=before", 0)])
def test_a_client_timeout_may_come_before_or_after_the_operation(faulty, setting, made):
    tenant = faulty(f"createArtifact: latency, seconds=1{setting}")
    with pytest.raises(requests.ReadTimeout):
        tenant.session.post(f"{tenant.process.url}/v2/lm/artifacts", json=ARTIFACT, timeout=0.3)
    time.sleep(1.2)
    assert artifacts(tenant) == made


@pytest.mark.parametrize(("setting", "made"), [("", 1), (", when=after", 1), (", when=before", 0)])
def test_a_reset_may_come_before_or_after_the_operation(faulty, setting, made, ask):
    tenant = faulty(f"createArtifact: reset{setting}")
    body = b'{"name": "data", "kind": "dataset", "url": "ai://default/data", "scenarioId": "text-clf-tutorial"}'
    with pytest.raises(ConnectionResetError):
        ask(tenant, "POST", "/artifacts", body)
    assert artifacts(tenant) == made


def test_a_truncated_response_announces_its_length_and_sends_half(faulty, ask):
    whole = faulty().send("GET", "/scenarios").content
    tenant = faulty("listScenarios: truncate")
    with pytest.raises(http.client.IncompleteRead) as broken:
        ask(tenant)
    assert len(broken.value.partial) == len(whole) // 2
    assert len(broken.value.partial) + broken.value.expected == len(whole)
    assert whole.startswith(broken.value.partial)


def test_a_write_with_a_truncated_response_was_executed(faulty):
    tenant = faulty("createArtifact: truncate, count=1")
    with pytest.raises(requests.RequestException):
        tenant.send("POST", "/artifacts", json=ARTIFACT)
    assert artifacts(tenant) == 1


def test_a_truncated_response_without_a_body_has_no_status(faulty, ask):
    tenant = faulty("patchMetrics: truncate")
    body = f'{{"executionId": "{tenant.execution()}", "metrics": []}}'
    with pytest.raises(http.client.BadStatusLine):
        ask(tenant, "PATCH", "/metrics", body)


def test_a_content_length_that_is_too_long_makes_the_client_wait_and_then_miss_bytes(faulty, ask):
    tenant = faulty("listScenarios: content-length, by=7")
    started = time.monotonic()
    with pytest.raises(http.client.IncompleteRead) as broken:
        ask(tenant)
    assert broken.value.expected == 7
    assert b'"resources"' in broken.value.partial
    assert 4 < time.monotonic() - started < 9


def test_a_content_length_that_is_too_short_leaves_bytes_for_the_next_response(faulty, ask):
    tenant = faulty("listScenarios: content-length, by=-7, count=2")
    response, _ = ask(tenant)
    sent = everything(tenant, "GET /v2/lm/scenarios HTTP/1.1\r\nConnection: close")
    whole = tenant.send("GET", "/scenarios").content
    assert response.body == whole[:-7]
    head, _, body = sent.partition(b"\r\n\r\n")
    assert f"content-length: {len(whole) - 7}\r\n".encode() in head
    assert body == whole


def test_a_content_length_of_a_204_ends_the_connection(faulty, ask):
    tenant = faulty("patchMetrics: content-length")
    response, connection = ask(tenant, "PATCH", "/metrics", f'{{"executionId": "{tenant.execution()}", "metrics": []}}')
    assert (response.status, response.headers["Content-Length"], response.body) == (204, "10", b"")
    assert connection.sock.recv(1) == b""


def test_a_slow_body_arrives_completely(faulty):
    whole = faulty().send("GET", "/scenarios").content
    tenant = faulty("listScenarios: trickle, seconds=1.5")
    started, moments, body = time.monotonic(), [], b""
    answer = tenant.send("GET", "/scenarios", stream=True)
    for piece in answer.iter_content(64):
        moments.append(time.monotonic() - started)
        body += piece
    assert body == whole
    assert moments[0] < 0.8
    assert 1.4 < moments[-1] < 5


def test_other_requests_are_served_during_a_slow_response(faulty):
    tenant = faulty("listScenarios: trickle, seconds=60", "getMeta: latency, seconds=60")
    waiting = [tenant.session.get(f"{tenant.process.url}/v2/lm/scenarios", stream=True, timeout=5) for _ in range(3)]
    started = time.monotonic()
    assert statuses(tenant, 20, "/executions") == [200] * 20
    assert time.monotonic() - started < 5
    for answer in waiting:
        answer.close()


@pytest.mark.parametrize("rule", ["*: trickle, seconds=60", "*: latency, seconds=60", "*: content-length"])
def test_the_mock_ends_promptly_during_a_slow_response(start_mock, rule):
    process = start_mock("--fault", rule)
    tenant = Tenant(process)
    with opened(tenant, "GET /v2/lm/scenarios HTTP/1.1"):
        time.sleep(1)
        started = time.monotonic()
        process.process.send_signal(signal.SIGTERM)
        process.process.wait(10)
        assert time.monotonic() - started < 3
    assert "Traceback" not in process.log.read_text()


@pytest.mark.parametrize(("setting", "status"), [("", 200), (", status=503", 503)])
def test_an_html_page_instead_of_json(faulty, setting, status):
    answer = faulty(f"listScenarios: html{setting}").send("GET", "/scenarios")
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert "<html>" in answer.text


@pytest.mark.parametrize(
    ("setting", "status", "location"),
    [
        ("to=https://elsewhere.example", 307, "https://elsewhere.example/v2/lm/scenarios?$top=1&x=%C3%A9"),
        (
            "to=http://elsewhere.example:81/login?from=here status=302",
            302,
            "http://elsewhere.example:81/login?from=here",
        ),
    ],
)
def test_a_redirect_leads_to_another_host(faulty, setting, status, location):
    tenant = faulty(f"listScenarios: redirect, {setting}")
    answer = tenant.send("GET", "/scenarios?$top=1&x=é", allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (status, location)


def test_a_tenant_that_warms_up_refuses_a_valid_token_and_takes_it_later(faulty):
    tenant = faulty("GET: warm-up, count=2")
    answers = [tenant.send("GET", "/scenarios") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 200]
    assert answers[0].text == "Jwt issuer is not configured"


def test_tokens_expire_once_by_default(faulty):
    tenant = faulty("getMeta: expire, after=1")
    assert statuses(tenant, 2, "/meta") == [200, 401]
    answer = tenant.send("GET", "/scenarios")
    assert (answer.status_code, answer.text) == (401, "Jwt is expired")
    tenant.session.headers.update(tenant.process.headers())
    assert statuses(tenant, 5, "/meta") == [200] * 5


def test_tokens_expire_as_often_as_the_rule_says(faulty):
    tenant = faulty("listScenarios: expire, count=2, after=1")
    seen = []
    for _ in range(4):
        seen += statuses(tenant, 1)
        tenant.session.headers.update(tenant.process.headers())
    assert seen == [200, 401, 401, 200]


def test_a_rule_skips_the_first_requests_and_fails_at_most_count(faulty):
    assert statuses(faulty("listScenarios: 503, after=2, count=3"), 8) == [200, 200, 503, 503, 503, 200, 200, 200]


def test_the_seed_determines_which_requests_fail(faulty):
    rule = "listScenarios: 503, probability=0.3"
    first, second = (statuses(faulty(rule, seed=7), 60) for _ in range(2))
    assert first == second
    assert 5 < first.count(503) < 35
    assert statuses(faulty(rule, seed=8), 60) != first
    assert statuses(faulty(f"{rule}, seed=7", seed=1), 60) == statuses(faulty(f"{rule}, seed=7", seed=2), 60) != first


def test_rules_do_not_influence_each_other(faulty):
    tenants = [faulty("listScenarios: 503, probability=0.3"), faulty("listScenarios: 503, probability=0.3", "GET: 429")]
    first, both = (statuses(tenant, 40) for tenant in tenants)
    assert [{503: 503}.get(status, 429) for status in first] == both


def test_the_first_rule_that_applies_wins(faulty):
    tenant = faulty("listScenarios: 503, count=1", "list*: 429, count=2", "GET: 500, after=1")
    assert statuses(tenant, 4) == [503, 429, 429, 500]


@pytest.mark.parametrize(
    ("words", "failing"),
    [
        ("listScenarios", {"GET /scenarios"}),
        ("list*", {"GET /scenarios", "GET /artifacts"}),
        ("listArtifacts | getMeta", {"GET /artifacts", "GET /meta"}),
        ("GET", {"GET /scenarios", "GET /artifacts", "GET /meta", "GET /artifacts/$count"}),
        ("POST|count*", {"POST /artifacts", "GET /artifacts/$count"}),
        ("*", {"GET /scenarios", "GET /artifacts", "GET /meta", "GET /artifacts/$count", "POST /artifacts"}),
    ],
)
def test_a_rule_matches_the_operations_that_it_names(faulty, words, failing):
    tenant = faulty(f"{words}: 503")
    every = ("GET /scenarios", "GET /artifacts", "GET /meta", "GET /artifacts/$count", "POST /artifacts")
    assert {each for each in every if tenant.send(*each.split()).status_code == 503} == failing


def test_the_pattern_for_all_operations_matches_no_other_path(faulty):
    tenant = faulty("*: 503")
    for path in ("/v2/lm/healthz", "/v2/lm/meta/versions", "/v2/admin/resourceGroups", "/v2/lm/nowhere"):
        assert tenant.send("GET", path).status_code != 503
    assert requests.get(tenant.process.url, timeout=5).status_code == 200
    assert tenant.process.headers()


@pytest.mark.parametrize(
    ("kind", "status", "media_type"),
    [("503", 503, "text/plain; charset=utf-8"), ("html", 200, "text/html; charset=utf-8")],
)
def test_the_token_endpoint_can_fail(faulty, kind, status, media_type):
    tenant = faulty(f"token: {kind}, after=1")
    answer = requests.post(f"{tenant.process.url}/oauth/token", data={"grant_type": "client_credentials"}, timeout=5)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, media_type)
    assert statuses(tenant, 2) == [200, 200]


BAD = [
    ("", "expected OPERATION: KIND"),
    ("503", "expected OPERATION: KIND"),
    ("GET:", "expected OPERATION: KIND"),
    ("getExecutin: 503", "'getExecutin' is no operation of this mock; did you mean 'getExecution'?"),
    ("get: 503", "did you mean 'GET'?"),
    ("Token: 503", "did you mean 'token'?"),
    ("qqq: 503", "expected an operationId, a pattern of them, a method, '*' or 'token'"),
    ("GET|: 503", "'' is no operation of this mock"),
    ("kpi*: 503", "'kpi*' matches no operation of this mock"),
    ("GET: 5033", "'5033' is no kind of fault; did you mean '503'?"),
    ("GET: trunkate", "did you mean 'truncate'?"),
    ("GET: qqq", "see 'lmconform mock --list-faults'"),
    ("GET: 503, reset", "'reset' is a second kind of fault"),
    ("GET: 503, probabilty=0.3", "did you mean 'probability'?"),
    ("GET: 429, to=http://x.example", "'to' is no setting of 429"),
    ("GET: 503, count=1, count=2", "count is given twice"),
    ("GET: 503, count", "count: expected a whole number above 0"),
    *((f"GET: 503, count={n}", "expected a whole number above 0") for n in ("0", "-1", "1.5", "1_0", "٣", "9" * 5000)),
    *((f"GET: 503, probability={p}", "a number above 0 and at most 1") for p in ("0", "1.1", "nan", "1e-1", "x", "")),
    *((f"GET: latency, seconds={s}", "at most 60") for s in ("0", "60.1", "-1", "inf")),
    ("GET: trickle, seconds=61", "seconds above 0 and at most 60"),
    ("GET: 503, when=later", "expected before or after"),
    ("GET: content-length, by=0", "such as 10 or -10, not 0"),
    ("GET: html, status=204", "expected one of 200, 403"),
    ("GET: redirect", "redirect needs to=URL"),
    *((f"GET: redirect, to={url}", "expected an http(s) URL") for url in ("ftp://x", "x", "http://", "http://[::1")),
    *((f"GET: redirect, to={url}", "expected an http(s) URL") for url in ("http://x/\x7f", "http://x/é", "http://x:y")),
]


@pytest.mark.parametrize(("rule", "words"), BAD, ids=[ascii(rule[:30]) for rule, _ in BAD])
def test_an_invalid_rule_is_one_line_with_the_expected_value(rule, words):
    with pytest.raises(ConfigError) as error:
        faults.read([rule], Contract.load().operations, 0)
    assert str(error.value).startswith(f"--fault {rule!r}: ")
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_an_invalid_rule_ends_the_command_before_it_listens(tmp_path):
    key = tmp_path / "key.json"
    command = [*LMCONFORM, "mock", "--port", "0", "--write-service-key", str(key)]
    command += ["--fault", "GET: 503", "--fault", "GET: 50x"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=20, env=clean_environment(), check=False, cwd=tmp_path
    )
    assert done.returncode == 4
    (line,) = done.stderr.splitlines()
    assert line.startswith("lmconform: error: --fault 'GET: 50x': '50x' is no kind of fault; did you mean")
    assert done.stdout == ""
    assert not key.exists()


def test_a_rule_for_an_operation_that_is_not_offered_is_refused():
    command = [*LMCONFORM, "mock", "--port", "0", "--without", "metrics", "--fault", "patchMetrics: 503"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, env=clean_environment(), check=False)
    assert (done.returncode, done.stdout) == (4, "")
    assert "'patchMetrics' is no operation of this mock" in done.stderr


def test_the_list_shows_each_kind_with_its_settings():
    command = [*LMCONFORM, "mock", "--list-faults"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, env=clean_environment(), check=True)
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[:-4]] == [kind.name for kind in faults.KINDS]
    for line, kind in zip(lines, faults.KINDS, strict=False):
        assert all(f" {setting.name}=" in line for setting in kind.settings)
        assert line.endswith(kind.text)
    assert [line.split()[2].partition("=")[0] for line in lines[-4:]] == ["probability", "count", "after", "seed"]


@pytest.mark.parametrize(
    ("rule", "raised"),
    [
        ("reset", requests.ConnectionError),
        ("truncate", requests.exceptions.ChunkedEncodingError),
        ("content-length, by=7", requests.exceptions.ChunkedEncodingError),
        ("latency, seconds=60", requests.ReadTimeout),
        ("trickle, seconds=60", requests.ConnectionError),
    ],
)
def test_faults_work_at_the_tls_port_and_do_not_break_it(tmp_path, rule, raised):
    process = SecuredMock(tmp_path, "--pace", "0.1", "--fault", f"listScenarios: {rule}, count=1")
    try:
        url, options = f"{process.tls_url}/v2/lm/scenarios", {"headers": process.headers(), "verify": str(process.ca)}
        with pytest.raises(raised):
            # Longer than a wrong Content-Length makes a client wait, shorter than a trickle's pause.
            requests.get(url, timeout=8 if "by=" in rule else 0.5, **options)
        assert requests.get(url, timeout=8, **options).json()["count"] > 0
    finally:
        process.stop()
    assert not re.search("Traceback|Exception|ERROR", process.log.read_text())
