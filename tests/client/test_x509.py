"""A client that has a certificate: where it is shown, and that the private key is nowhere."""

import json
import ssl
from pathlib import Path

import pytest
from tests.certificates import lines_of, pair, server_context
from tests.conftest import SecuredMock, results_of, serve

from lmconform.client.patience import Patience
from lmconform.client.transport import Request, Transport
from lmconform.errors import NotTestable, TargetUnreachable
from lmconform.evidence.recorder import Recorder
from lmconform.evidence.redaction import Redactor
from lmconform.settings.credentials import Credentials
from lmconform.settings.target import Target
from lmconform.settings.time_limits import TENANT

GET = Request(item="test", operation="getMeta", method="GET", path="/lm/meta")


# --- where the certificate is shown


@pytest.fixture
def behind_tls(tmp_path):
    """Makes targets behind TLS for a client with a certificate; each has a transport to it."""
    server, client = pair(), pair()
    trusted = tmp_path / "ca.pem"
    trusted.write_text(server.certificate)

    def make(api, token="", recorder=None):
        known = Credentials("client", "", f"{token or api}/oauth/token", "", client.certificate, client.key)
        target = Target("test", f"{api}/v2", known, "tutorial", None, 0.01, TENANT, ca_bundle=str(trusted))
        redactor = Redactor()
        written = Recorder(recorder, redactor) if recorder else None
        made = Transport(target, redactor, written, sleep=lambda seconds: None)
        made.patience = Patience(connect=2, answer=5, tries=1, liveness_checks=0)
        return made

    make.context = server_context(server, tmp_path, clients=client)
    make.asking = server_context(server, tmp_path, clients=pair(), required=True)
    # With TLS 1.3 the alert may be lost: the connection is closed while the request is on its way.
    make.asking.maximum_version = ssl.TLSVersion.TLSv1_2
    return make


def test_the_token_endpoint_sees_the_certificate_and_the_api_on_the_same_port_does_not(behind_tls):
    shown = []

    def answer(handler):
        shown.append((handler.path, bool(handler.connection.getpeercert()), handler.body))
        is_token = handler.path == "/oauth/token"
        handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600} if is_token else {})

    with serve(answer, behind_tls.context) as (url, _):
        used = behind_tls(url)
        assert used.send(GET).status == 200
        used.close()
    assert shown == [
        ("/oauth/token", True, b"grant_type=client_credentials&client_id=client"),
        ("/v2/lm/meta", False, b""),
    ]


def test_a_redirect_of_the_token_endpoint_leads_the_certificate_nowhere(behind_tls):
    with serve(lambda handler: handler.reply(200, {}), behind_tls.context) as (other, seen):
        away = f"{other.replace('127.0.0.1', 'localhost')}/oauth/token"
        with serve(lambda handler: handler.reply(307, {}, Location=away), behind_tls.context) as (url, _):
            used = behind_tls(url)
            with pytest.raises(TargetUnreachable, match="answered 307"):
                used.send(GET)
            used.close()
    assert seen == []


def test_a_refused_certificate_is_called_by_its_name(behind_tls):
    with serve(lambda handler: handler.reply(401, {"error": "unauthorized"}), behind_tls.context) as (url, _):
        used = behind_tls(url)
        with pytest.raises(TargetUnreachable, match="answered 401, expected 200; check client id and certificate"):
            used.send(GET)
        used.close()


def test_a_server_that_does_not_know_who_vouches_for_the_certificate_says_so_in_tls(behind_tls):
    with serve(lambda handler: handler.reply(200, {}), behind_tls.asking) as (url, _):
        used = behind_tls(url)
        with pytest.raises(TargetUnreachable, match=r"the server ended it with 'unknown ca'.*certurl"):
            used.send(GET)
        used.close()


def test_an_api_that_wants_a_certificate_is_not_shown_the_one_for_tokens(behind_tls):
    def token(handler):
        handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600})

    with serve(token, behind_tls.context) as (tokens, _), serve(token, behind_tls.asking) as (url, seen):
        used = behind_tls(url, tokens)
        with pytest.raises(NotTestable, match="the server ended it with 'handshake failure'"):
            used.send(GET)
        used.close()
    assert seen == []


def test_a_private_key_that_the_api_shows_is_recorded_masked(behind_tls, tmp_path):
    shown = []

    def answer(handler):
        is_token = handler.path == "/oauth/token"
        token = {"access_token": "token-of-the-test", "expires_in": 3600}
        handler.reply(200, token if is_token else {"list": [shown[0], shown[0].replace("\n", "")]})

    with serve(answer, behind_tls.context) as (url, _):
        used = behind_tls(url, recorder=tmp_path / "exchanges.jsonl")
        shown.append(used.target.credentials.private_key)
        assert used.send(GET).json_object()["list"][0] == shown[0]
        used.close()
    recorded = (tmp_path / "exchanges.jsonl").read_text()
    assert "BEGIN PRIVATE KEY" in recorded
    assert [line for line in lines_of(shown[0]) if line[:20] in recorded] == []


# --- a whole run


def everything(folder, done):
    """All that a run wrote and printed."""
    written = [path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()]
    return b"\n".join([*written, done.stdout.encode(), done.stderr.encode()])


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_with_an_x509_key_passes_and_leaves_the_private_key_nowhere(lmconform, secured_mock, tmp_path, workers):
    done = lmconform(
        *("run", secured_mock.tls_url, "--service-key", secured_mock.x509_file, "--ca-bundle", secured_mock.ca),
        *("--resource-group", "tutorial", "--report-dir", "out", "--workers", workers),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAIL" not in done.stdout
    left = everything(tmp_path, done)
    assert b"/v2/lm/scenarios" in left
    assert [line for line in lines_of(secured_mock.x509["key"]) if line.encode() in left] == []


def test_a_run_takes_the_variables_that_the_mock_prints(lmconform, secured_mock):
    certificate, key = map(str, secured_mock.pair)
    variables = {
        "AICORE_CLIENT_ID": secured_mock.x509["clientid"],
        "AICORE_CERT_FILE_PATH": certificate,
        "AICORE_KEY_FILE_PATH": key,
        "AICORE_CERT_URL": f"{secured_mock.tls_url}/oauth/token",
        "AICORE_BASE_URL": f"{secured_mock.tls_url}/v2",
        "AICORE_RESOURCE_GROUP": "tutorial",
        "REQUESTS_CA_BUNDLE": str(secured_mock.ca),
    }
    done = lmconform("run", secured_mock.tls_url, "--only", "LM-META-*", env=variables)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_run_does_not_trust_who_vouches_for_somebody_else(lmconform, secured_mock, tmp_path):
    other = tmp_path / "other.pem"
    other.write_text(pair().certificate)
    options = ("run", secured_mock.tls_url, "--service-key", secured_mock.x509_file, "--ca-bundle", other)
    done = lmconform(*options, env={"REQUESTS_CA_BUNDLE": str(secured_mock.ca)})
    assert done.returncode == 10
    assert "the certificate is not trusted, see --ca-bundle" in done.stderr


def test_a_run_with_a_certificate_that_the_server_does_not_know_ends_with_one_line(lmconform, secured_mock, tmp_path):
    other = SecuredMock(tmp_path)
    other.stop()
    known = secured_mock.x509 | {name: other.x509[name] for name in ("certificate", "key")}
    key = tmp_path / "unknown.json"
    key.write_text(json.dumps(known))
    done = lmconform("run", secured_mock.tls_url, "--service-key", key, "--ca-bundle", secured_mock.ca)
    assert done.returncode == 10
    assert done.stderr.count("\n") == 1
    assert "that the certificate is known there" in done.stderr


def test_a_run_that_writes_outlives_its_tokens_over_tls(lmconform, tmp_path):
    mock = SecuredMock(tmp_path, "--token-lifetime", "1", "--pace", "0.1")
    try:
        done = lmconform(
            *("run", mock.tls_url, "--service-key", mock.x509_file, "--ca-bundle", mock.ca, "--profile", "core"),
            *("--allow-writes", "--disposable", "--resource-group", "tutorial"),
            *("--other-resource-group", "other"),
            *("--poll-interval", "0.05", "--report-dir", "out"),
        )
    finally:
        mock.stop()
    assert done.returncode == 0, done.stdout + done.stderr
    results = results_of(tmp_path / "out")
    assert results["scenario/training/read-metrics"]["outcome"] == "PASS"
    assert not {result["outcome"] for result in results.values()} & {"FAIL", "ERROR", "NOT_TESTABLE"}
