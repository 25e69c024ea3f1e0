"""Tokens of the mock: which clients get one, and how the gateway refuses an invalid one."""

import base64
import hashlib
import hmac
import json
import time

import pytest
import requests

from lmconform.mock.problems import Problem
from lmconform.mock.tokens import TokenIssuer

GRANT = {"grant_type": "client_credentials"}
REFUSED = {"error": "unauthorized", "error_description": "Bad credentials"}


def ask(mock, method="POST", **options):
    return requests.request(method, f"{mock.key['url']}/oauth/token", timeout=5, **options)


def client(mock, **changes):
    return {**GRANT, "client_id": mock.key["clientid"], "client_secret": mock.key["clientsecret"], **changes}


def call(mock, authorization, path="/v2/lm/scenarios"):
    headers = {"AI-Resource-Group": "tutorial"} | ({"Authorization": authorization} if authorization else {})
    answer = requests.get(mock.url + path, headers=headers, timeout=5)
    return answer.status_code, answer.text


def token(mock):
    return ask(mock, data=client(mock)).json()["access_token"]


def opened(jwt):
    """Header and claims of a token."""
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in jwt.split(".")[:2]]


def segment(data):
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("way", ["form", "basic", "basic-encoded", "query"])
def test_a_client_is_known_by_form_and_by_basic_with_get_and_with_post(mock, method, way):
    key = mock.key
    quoted = requests.utils.quote(key["clientid"], safe=""), requests.utils.quote(key["clientsecret"], safe="")
    options = {
        "form": {"data": client(mock)},
        "basic": {"params" if method == "GET" else "data": GRANT, "auth": (key["clientid"], key["clientsecret"])},
        "basic-encoded": {"params": GRANT, "auth": quoted},
        "query": {"params": client(mock)},
    }[way]
    answer = ask(mock, method, **options)
    assert answer.status_code == 200, answer.text
    given = answer.json()
    assert (given["token_type"], given["expires_in"]) == ("bearer", 43199)
    assert answer.headers["Cache-Control"] == "no-store"
    assert call(mock, f"Bearer {given['access_token']}")[0] == 200


@pytest.mark.parametrize("way", ["form", "basic", "missing"])
def test_wrong_credentials_are_refused_with_the_error_of_xsuaa(mock, way):
    options = {
        "form": {"data": client(mock, client_secret="wrong")},
        "basic": {"data": GRANT, "auth": (mock.key["clientid"], "wrong")},
        "missing": {"data": GRANT},
    }[way]
    answer = ask(mock, **options)
    assert (answer.status_code, answer.json()) == (401, REFUSED)
    assert ("WWW-Authenticate" in answer.headers) is (way == "basic")


def test_other_grants_a_missing_grant_and_other_methods_are_refused(mock):
    password = ask(mock, data=client(mock, grant_type="password"))
    assert (password.status_code, password.json()["error"]) == (400, "unsupported_grant_type")
    none = ask(mock, data=client(mock, grant_type=""))
    assert (none.status_code, none.json()["error"]) == (400, "invalid_request")
    put = ask(mock, "PUT", data=client(mock))
    assert (put.status_code, put.headers["Allow"]) == (405, "GET, POST")


def test_a_token_has_issuer_client_and_lifetime(mock):
    header, claims = opened(token(mock))
    assert header == {"alg": "HS256", "typ": "JWT"}
    assert claims["iss"] == f"{mock.url}/oauth/token"
    assert claims["zid"] == mock.key["identityzoneid"]
    assert claims["client_id"] == mock.key["clientid"]
    assert claims["exp"] - claims["iat"] == 43199
    assert abs(claims["iat"] - time.time()) < 30


def test_no_two_tokens_are_alike(mock):
    assert token(mock) != token(mock)


def test_a_request_without_a_token_is_denied(mock):
    assert call(mock, None) == (403, "RBAC: access denied")


def test_the_token_of_another_mock_has_a_foreign_issuer(mock, start_mock, tmp_path):
    (tmp_path / "secret").write_text(mock.key["clientsecret"])
    other = start_mock("--client-secret-file", tmp_path / "secret")
    assert other.key["clientsecret"] == mock.key["clientsecret"]
    assert call(mock, f"Bearer {token(other)}") == (401, "Jwt issuer is not configured")


@pytest.mark.parametrize(
    "made",
    ["", "garbage", "a.b.c", "é.ü.ö", f"{segment({'alg': 'none'})}.{segment({'iss': 'https://elsewhere.example'})}."],
    ids=["nothing", "garbage", "three-parts", "no-ascii", "foreign-issuer"],
)
def test_a_token_that_the_mock_did_not_issue_has_a_foreign_issuer(mock, made):
    assert call(mock, f"Bearer {made}".encode()) == (401, "Jwt issuer is not configured")


def test_the_right_client_by_basic_is_no_bearer(mock):
    pair = base64.b64encode(f"{mock.key['clientid']}:{mock.key['clientsecret']}".encode()).decode()
    assert call(mock, f"Basic {pair}") == (401, "Jwt issuer is not configured")


def unsigned(head, payload, signature):
    return f"{segment({'alg': 'none', 'typ': 'JWT'})}.{payload}."


def longer(head, payload, signature):
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return f"{head}.{segment({**claims, 'exp': claims['exp'] + 3600})}.{signature}"


def signed_with_another_key(head, payload, signature):
    mac = hmac.new(b"guess", f"{head}.{payload}".encode(), hashlib.sha256).digest()
    return f"{head}.{payload}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def without_signature(head, payload, signature):
    return f"{head}.{payload}."


def another_algorithm(head, payload, signature):
    return f"{segment({'alg': 'RS256', 'typ': 'JWT'})}.{payload}.{signature}"


@pytest.mark.parametrize(
    "change",
    [unsigned, longer, signed_with_another_key, without_signature, another_algorithm],
    ids=lambda f: f.__name__,
)
def test_a_token_that_was_changed_fails_verification(mock, change):
    good = token(mock)
    assert call(mock, f"Bearer {change(*good.split('.'))}") == (401, "Jwt verification fails")
    assert call(mock, f"Bearer {good}")[0] == 200


def test_a_token_lives_as_long_as_it_says_and_then_it_is_expired(start_mock):
    mock = start_mock("--token-lifetime", "1")
    began = time.monotonic()
    given = ask(mock, data=client(mock)).json()
    _, claims = opened(given["access_token"])
    assert (given["expires_in"], claims["exp"] - claims["iat"]) == (1, 1)
    assert call(mock, f"Bearer {given['access_token']}")[0] == 200
    while (said := call(mock, f"Bearer {given['access_token']}"))[0] == 200:
        assert time.monotonic() - began < 10, "it does not expire"
        time.sleep(0.1)
    assert said == (401, "Jwt is expired")
    assert time.monotonic() - began >= 1
    assert call(mock, f"Bearer {token(mock)}")[0] == 200


def test_expired_tokens_stay_expired_and_new_tokens_are_valid():
    issuer = TokenIssuer("https://issuer.example", "zone", b"secret-of-the-test")
    first, _ = issuer.issue("client")
    issuer.expire()
    second, _ = issuer.issue("client")
    issuer.expire()
    third, _ = issuer.issue("client")
    for old in (first, second, first):
        with pytest.raises(Problem) as said:
            issuer.verify(old)
        assert (said.value.status, said.value.text) == (401, "Jwt is expired")
    issuer.verify(third)


def test_a_token_stays_valid_after_many_others_were_issued():
    issuer = TokenIssuer("https://issuer.example", "zone", b"secret-of-the-test")
    first, _ = issuer.issue("client")
    for _ in range(10_001):
        issuer.issue("client")
    issuer.verify(first)


def test_the_gateway_answers_in_json_when_the_switch_says_so(start_mock):
    mock = start_mock("--switch", "gateway-body=json")
    status, text = call(mock, "Bearer garbage")
    assert (status, json.loads(text)["error"]["message"]) == (401, "Jwt issuer is not configured")


def test_tokens_stay_valid_after_a_restart_with_a_state_file(start_mock, tmp_path):
    state = tmp_path / "state.db"
    first = start_mock("--state", str(state))
    given, port = token(first), first.url.rpartition(":")[2]
    first.stop()
    again = start_mock("--state", str(state), "--port", port)
    assert call(again, f"Bearer {given}")[0] == 200
    again.stop()
    elsewhere = start_mock("--port", port)
    assert call(elsewhere, f"Bearer {given}") == (401, "Jwt verification fails")


def test_a_lifetime_of_zero_is_refused(lmconform):
    done = lmconform("mock", "--token-lifetime", "0")
    assert done.returncode != 0
    assert "--token-lifetime" in done.stdout + done.stderr
