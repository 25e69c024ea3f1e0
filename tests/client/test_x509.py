"""x509 service keys: which are taken, where the certificate is shown, and that the private key is nowhere."""

import json
import ssl
from pathlib import Path

import pytest
from tests.client.certificates import pair, server_context
from tests.conftest import SecuredMock, results_of, serve

from lmconform.client.transport import Patience, Request, Transport
from lmconform.errors import ConfigError, NotTestable, TargetUnreachable
from lmconform.evidence.recorder import Recorder
from lmconform.evidence.redaction import Redactor
from lmconform.settings import ca_bundle, credentials
from lmconform.settings.credentials import Credentials
from lmconform.settings.target import Target

GET = Request(item="test", operation="getMeta", method="GET", path="/lm/meta")
GOOD = pair()
KEY = {
    "clientid": "sb-test!b1|aicore!b1",
    "certificate": GOOD.certificate,
    "key": GOOD.key,
    "certurl": "https://tenant.authentication.cert.example.com",
    "url": "https://tenant.authentication.example.com",
    "credential-type": "x509",
    "serviceurls": {"AI_API_URL": "https://api.example.com"},
}
VARIABLES = {
    "AICORE_CLIENT_ID": KEY["clientid"],
    "AICORE_CERT_STR": GOOD.certificate,
    "AICORE_KEY_STR": GOOD.key,
    "AICORE_CERT_URL": f"{KEY['certurl']}/oauth/token",
}


def key_file(folder, **changes):
    key = {name: value for name, value in (KEY | changes).items() if value is not None}
    path = folder / "x509-key.json"
    path.write_text(json.dumps(key))
    return path


def refusal(call, *arguments):
    """The one line that says why."""
    with pytest.raises(ConfigError) as raised:
        call(*arguments)
    text = str(raised.value)
    assert "\n" not in text
    return text


def lines_of(key):
    """What of a private key is secret."""
    return [line for line in key.splitlines() if line and not line.startswith("-----")]


# --- which keys are taken


def test_a_key_with_a_certificate_is_taken_and_its_tokens_come_from_certurl(tmp_path):
    found = credentials.find(key_file(tmp_path), {})
    assert found.token_url == "https://tenant.authentication.cert.example.com/oauth/token"
    assert (found.client_id, found.client_secret, found.api_url) == (KEY["clientid"], "", "https://api.example.com")
    assert (found.certificate, found.private_key) == (GOOD.certificate, GOOD.key)
    assert credentials.find(None, {"AICORE_SERVICE_KEY": key_file(tmp_path).read_text()}) == found


def test_ends_of_lines_that_a_shell_made_two_characters_are_ends_of_lines(tmp_path):
    flat = {name: KEY[name].replace("\n", "\\n") for name in ("certificate", "key")}
    assert credentials.find(key_file(tmp_path, **flat), {}).private_key == GOOD.key


def test_the_variables_of_saps_sdk_are_taken_as_texts_and_as_files(tmp_path):
    texts = credentials.find(None, VARIABLES)
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    certificate.write_text(GOOD.certificate)
    key.write_text(GOOD.key)
    rest = {name: VARIABLES[name] for name in ("AICORE_CLIENT_ID", "AICORE_CERT_URL")}
    files = {"AICORE_CERT_FILE_PATH": str(certificate), "AICORE_KEY_FILE_PATH": str(key)}
    assert credentials.find(None, rest | files) == texts
    assert texts.token_url == VARIABLES["AICORE_CERT_URL"]


def test_the_url_for_certificates_wins_over_the_other_which_serves_alone_as_well():
    other = {"AICORE_AUTH_URL": "https://other.example.com/oauth/token"}
    assert credentials.find(None, VARIABLES | other).token_url == VARIABLES["AICORE_CERT_URL"]
    without = {name: value for name, value in VARIABLES.items() if name != "AICORE_CERT_URL"}
    assert credentials.find(None, without | other).token_url == other["AICORE_AUTH_URL"]


def test_a_key_that_has_a_secret_as_well_is_used_with_the_secret(tmp_path):
    found = credentials.find(key_file(tmp_path, clientsecret="secret-of-the-test"), {})
    assert (found.client_secret, found.certificate) == ("secret-of-the-test", "")


OTHER, OLD, EARLY, LOCKED = pair(), pair(begin=-3, end=-2), pair(begin=2, end=3), pair(passphrase=b"1234")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"certurl": None}, "has no certurl"),
        ({"certificate": None}, "has no certificate"),
        ({"key": None}, "has no key"),
        ({"key": ["x"]}, "has no key"),
        ({"certificate": "garbage"}, "its certificate: is no certificate in PEM"),
        ({"certificate": GOOD.key}, "its certificate: is no certificate in PEM"),
        ({"certificate": GOOD.certificate[:200]}, "its certificate: is no certificate in PEM"),
        ({"key": "garbage"}, "its key: is no private key in PEM"),
        ({"key": GOOD.certificate}, "its key: is no private key in PEM"),
        ({"key": OTHER.key}, "its key: does not belong to the certificate"),
        ({"key": LOCKED.key}, "its key: has a passphrase"),
        ({"certificate": OLD.certificate, "key": OLD.key}, "its certificate: expired on 20"),
        ({"certificate": EARLY.certificate, "key": EARLY.key}, "its certificate: is not valid before 20"),
        ({"certurl": "http://tenant.example.com"}, "is plain http"),
        ({"certurl": "http://127.0.0.1:8090"}, "is plain http"),
        ({"certurl": "nonsense"}, "is no http(s) URL"),
    ],
)
def test_a_key_that_cannot_be_used_is_one_line_that_shows_no_key(tmp_path, changes, words):
    path = key_file(tmp_path, **changes)
    said = refusal(credentials.find, path, {})
    assert said.startswith(f"--service-key {path}: ")
    assert words in said
    assert [line for key in (GOOD, OTHER, LOCKED) for line in lines_of(key.key) if line in said] == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"AICORE_CLIENT_ID": ""}, "set AICORE_CLIENT_ID"),
        ({"AICORE_KEY_STR": ""}, "set AICORE_KEY_STR"),
        ({"AICORE_CERT_URL": ""}, "set AICORE_CERT_URL"),
        ({"AICORE_CLIENT_SECRET": "s"}, "AICORE_CLIENT_SECRET and AICORE_CERT_STR are both set"),
        ({"AICORE_KEY_FILE_PATH": "k.pem"}, "AICORE_CERT_FILE_PATH and AICORE_CERT_STR are both set"),
        ({"AICORE_KEY_STR": "garbage"}, "AICORE_KEY_STR: is no private key in PEM"),
        (
            {"AICORE_CERT_URL": "http://tenant.example.com"},
            "AICORE_CERT_URL: 'http://tenant.example.com' is plain http",
        ),
    ],
)
def test_variables_that_cannot_be_used_are_one_line(changes, words):
    assert words in refusal(credentials.find, None, VARIABLES | changes)


@pytest.mark.parametrize(
    ("key", "words"),
    [("absent.pem", "absent.pem: cannot be read (No such file"), (GOOD.key, "is no path"), ("a\0b", "cannot be read")],
    ids=["absent", "text", "no-path"],
)
def test_a_key_file_that_cannot_be_read_is_one_line_that_shows_no_key(tmp_path, key, words):
    certificate = tmp_path / "certificate.pem"
    certificate.write_text(GOOD.certificate)
    rest = {name: VARIABLES[name] for name in ("AICORE_CLIENT_ID", "AICORE_CERT_URL")}
    files = {"AICORE_CERT_FILE_PATH": str(certificate), "AICORE_KEY_FILE_PATH": key}
    said = refusal(credentials.find, None, rest | files)
    assert said.startswith("AICORE_KEY_FILE_PATH")
    assert words in said
    assert not [line for line in lines_of(GOOD.key) if line in said]


def test_the_command_ends_with_4_and_one_line(lmconform, tmp_path):
    done = lmconform("run", "https://api.example.com", "--service-key", key_file(tmp_path, key=OTHER.key))
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.count("\n") == 1
    assert "does not belong to the certificate" in done.stderr


# --- where the certificate is shown


@pytest.fixture
def behind_tls(tmp_path):
    """Makes targets behind TLS for a client with a certificate; each has a transport to it."""
    server, client = pair(), pair()
    trusted = tmp_path / "ca.pem"
    trusted.write_text(server.certificate)

    def make(api, token="", recorder=None):
        known = Credentials("client", "", f"{token or api}/oauth/token", "", client.certificate, client.key)
        target = Target("test", f"{api}/v2", known, "tutorial", None, False, 0.01, 5, str(trusted))
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


def test_the_private_key_is_on_no_disk_once_it_is_read(monkeypatch, tmp_path):
    path = key_file(tmp_path)
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    credentials.find(path, {})
    assert list(folder.iterdir()) == []


# --- who vouches for the target


def test_the_option_counts_more_than_the_variable_and_the_variable_more_than_nothing(tmp_path):
    one, two = tmp_path / "one.pem", tmp_path / "two.pem"
    for path in (one, two):
        path.write_text(GOOD.certificate)
    assert ca_bundle.bundle(one, {"REQUESTS_CA_BUNDLE": str(two)}, needed=True) == str(one)
    assert ca_bundle.bundle(None, {"REQUESTS_CA_BUNDLE": str(two), "CURL_CA_BUNDLE": str(one)}, needed=True) == str(two)
    assert ca_bundle.bundle(None, {"CURL_CA_BUNDLE": str(one)}, needed=True) == str(one)
    assert ca_bundle.bundle(None, {"REQUESTS_CA_BUNDLE": str(tmp_path)}, needed=True) == str(tmp_path)
    assert ca_bundle.bundle(None, {}, needed=True) == ""
    assert ca_bundle.bundle(None, {"REQUESTS_CA_BUNDLE": "absent.pem"}, needed=False) == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read (No such file or directory)"),
        ("", "holds no certificate"),
        (GOOD.key, "holds no certificate"),
    ],
    ids=["absent", "empty", "key"],
)
def test_a_bundle_that_is_none_is_one_line(tmp_path, content, words):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    told = refusal(lambda: ca_bundle.bundle(path, {}, needed=False))
    assert told.startswith(f"--ca-bundle {path}: {words}")
    named = refusal(lambda: ca_bundle.bundle(None, {"REQUESTS_CA_BUNDLE": str(path)}, needed=True))
    assert named.startswith(f"REQUESTS_CA_BUNDLE={path}: {words}")


def test_the_embedded_mock_has_nobody_who_vouches_for_it(lmconform):
    done = lmconform("run", "--ca-bundle", "ca.pem")
    assert done.returncode == 4
    assert "--ca-bundle: the embedded mock has no TLS" in done.stderr


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
    other.write_text(GOOD.certificate)
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
            *("--allow-writes", "--resource-group", "tutorial", "--other-resource-group", "other"),
            *("--poll-interval", "0.05", "--report-dir", "out"),
        )
    finally:
        mock.stop()
    assert done.returncode == 0, done.stdout + done.stderr
    results = results_of(tmp_path / "out")
    assert results["scenario/training/read-metrics"]["outcome"] == "PASS"
    assert not {result["outcome"] for result in results.values()} & {"FAIL", "ERROR", "NOT_TESTABLE"}
