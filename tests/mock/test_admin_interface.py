"""The handles for tests in other languages: below /-/admin, for the client of the service key, on this machine."""

import re

import pytest
import requests
from tests.mock.tenant import Tenant

TRAINING = "text-clf-train-tutorial"


@pytest.fixture
def tenant(start_tenant):
    return start_tenant("--admin", "--time", "by-hand", "--pace", "15")


def ask(tenant, method, name, status=200, /, auth=None, **body):
    key = tenant.process.key
    url = f"{tenant.process.url}/-/admin/{name}"
    answer = requests.request(
        method, url, json=body or None, auth=auth or (key["clientid"], key["clientsecret"]), timeout=5
    )
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_test_in_any_language_seeds_moves_time_ends_runs_and_looks_at_requests(tenant):
    seeded = ask(tenant, "POST", "seed", executable=TRAINING, group="tutorial")
    executions = [tenant.post("/executions", 202, configurationId=seeded["configuration"])["id"] for _ in range(3)]
    ask(tenant, "POST", "advance", by="30s")
    assert tenant.get(f"/executions/{executions[0]}")["status"] == "RUNNING"
    assert ask(tenant, "POST", "finish", id=executions[0]) == {"id": executions[0], "status": "COMPLETED"}
    assert ask(tenant, "POST", "fail", id=executions[1], message="no disk")["status"] == "DEAD"
    assert tenant.get(f"/executions/{executions[1]}")["statusMessage"] == "no disk"
    started = [r for r in ask(tenant, "GET", "requests") if r["method"] == "POST" and r["path"] == "/v2/lm/executions"]
    assert [r["body"] for r in started] == [{"configurationId": seeded["configuration"]}] * 3
    assert [r["answer"]["id"] for r in started] == executions
    assert ask(tenant, "GET", "advice") == []


def test_answers_break_tokens_expire_and_a_reset_ends_it_all(tenant):
    ask(tenant, "POST", "faults", rules=["listScenarios: 503"])
    assert tenant.send("GET", "/scenarios").status_code == 503
    ask(tenant, "POST", "reset")
    assert tenant.send("GET", "/scenarios").status_code == 200
    assert [r["path"] for r in ask(tenant, "GET", "requests")] == ["/v2/lm/scenarios"]
    ask(tenant, "POST", "expire-tokens")
    assert tenant.send("GET", "/scenarios").status_code == 401


@pytest.mark.parametrize(
    ("method", "name", "body", "status", "words"),
    [
        ("POST", "advance", {"by": "soon"}, 400, "'soon' is no duration"),
        ("POST", "advance", {}, 400, "advance: missing 1 required positional argument: 'by'"),
        ("POST", "finish", {"id": "e0"}, 400, "'e0' is no execution"),
        ("POST", "seed", {"executable": "text-clf"}, 400, "did you mean"),
        ("POST", "faults", {"rules": ["GET: 599"]}, 400, "no kind of fault"),
        ("POST", "faults", {"rules": [503]}, 400, "rules: expected a list of texts"),
        ("POST", "faults", {"rules": "GET: 503"}, 400, "rules: expected a list of texts"),
        ("POST", "finish", {"id": 7}, 400, "'7' is no execution"),
        ("GET", "advance", {}, 404, "POST advance"),
        ("POST", "nothing", {}, 404, "GET requests"),
    ],
)
def test_a_mistake_is_told_with_what_was_expected(tenant, method, name, body, status, words):
    assert words in ask(tenant, method, name, status, **body)["error"]


def test_without_the_key_of_the_mock_nothing_is_done(tenant):
    for pair in (("sb-other", "x"), (tenant.process.key["clientid"], "x")):
        assert "Basic" in ask(tenant, "POST", "reset", 401, auth=pair)["error"]
    token = tenant.session.headers["Authorization"]
    answer = requests.get(f"{tenant.process.url}/-/admin/requests", headers={"Authorization": token}, timeout=5)
    assert answer.status_code == 401


def test_without_the_option_there_is_none(start_tenant):
    plain = start_tenant()
    assert requests.get(f"{plain.process.url}/-/admin/requests", timeout=5).status_code == 404


def test_it_is_refused_on_an_address_that_others_reach(lmconform):
    done = lmconform("mock", "--admin", "--host", "0.0.0.0", "--port", "0")  # noqa: S104
    assert (done.returncode, "--admin: is only for a loopback address" in done.stderr) == (4, True)


def test_the_log_has_one_line_for_each_request_and_no_secret(start_tenant):
    tenant = start_tenant("--log")
    secret = tenant.process.key["clientsecret"]
    requests.get(f"{tenant.process.url}/oauth/token", params={"client_secret": secret}, timeout=5)
    tenant.send("GET", "/executions", params={"\x1b[31m": "\x07"})
    tenant.send("GET", "/executions", params={"status": "RUNNING"}, headers={"AI-Resource-Group": "no such"})
    lines = [line for line in tenant.process.log.read_text().splitlines() if re.match(r"\d\d:\d\d:\d\d ", line)]
    shape = re.compile(r"\d\d:\d\d:\d\d (GET|POST) +/\S+ \d{3} \d+ ms( \S+)?")
    assert [line for line in lines if not shape.fullmatch(line)] == []
    assert "/v2/lm/executions?status=RUNNING 403" in lines[-1]
    assert lines[-1].endswith("ms no%20such")
    assert not any(mark in tenant.process.log.read_text() for mark in "\x1b\x07")
    assert not any(secret in line for line in lines)


def test_what_a_test_did_is_in_the_state_file_when_it_is_answered(start_mock, tmp_path):
    options = ("--admin", "--time", "by-hand", "--state", str(tmp_path / "state.sqlite"))
    tenant = Tenant(start_mock(*options))
    execution = ask(tenant, "POST", "seed", executable=TRAINING, group="tutorial", status="RUNNING")["execution"]
    ask(tenant, "POST", "fail", id=execution, message="no disk")
    tenant.process.process.kill()
    tenant.process.process.wait(10)
    again = Tenant(start_mock(*options))
    shown = again.get(f"/executions/{execution}")
    assert (shown["status"], shown["statusMessage"]) == ("DEAD", "no disk")
