"""The TLS port: clients authenticate with certificates; everything else is as at the plain port."""

import json
import os
import shlex
import shutil
import socket
import ssl
import stat
import subprocess
import time
from pathlib import Path

import pytest
import requests
from tests.conftest import LMCONFORM, SecuredMock, clean_environment

REFUSED = (401, {"error": "unauthorized", "error_description": "Bad credentials"})


def ask(mock, *, base="", certificate=True, pair=None, **changes):
    """The answer of the token endpoint to the client of the x509 key."""
    form = {"grant_type": "client_credentials", "client_id": mock.x509["clientid"], **changes}
    shown = {"cert": tuple(map(str, pair or mock.pair))} if certificate else {}
    return requests.post(f"{base or mock.tls_url}/oauth/token", data=form, verify=str(mock.ca), timeout=5, **shown)


def said(answer):
    return answer.status_code, answer.json()


def scenarios(url, token, **options):
    headers = {"Authorization": f"Bearer {token}", "AI-Resource-Group": "tutorial"}
    return requests.get(f"{url}/v2/lm/scenarios", headers=headers, timeout=5, **options)


def other_pair(folder):
    """A certificate of another authority, and its key."""
    certificate, key = folder / "other.pem", folder / "other.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=other"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    return certificate, key


def test_the_x509_key_has_a_certificate_instead_of_a_secret(secured_mock):
    key = secured_mock.x509
    assert "clientsecret" not in key
    assert key["credential-type"] == "x509"
    assert key["certurl"].startswith("https://127.0.0.1:")
    assert key["certificate"].startswith("-----BEGIN CERTIFICATE-----\n")
    assert key["key"].startswith("-----BEGIN PRIVATE KEY-----\n")
    assert key["clientid"] != secured_mock.key["clientid"]


def test_a_token_for_a_certificate_is_valid_at_both_ports(secured_mock):
    given = ask(secured_mock).json()
    assert (given["token_type"], given["expires_in"]) == ("bearer", 43199)
    for url, options in ((secured_mock.url, {}), (secured_mock.tls_url, {"verify": str(secured_mock.ca)})):
        assert scenarios(url, given["access_token"], **options).status_code == 200


def test_a_certificate_works_with_get_and_with_basic(secured_mock):
    options = {"verify": str(secured_mock.ca), "cert": tuple(map(str, secured_mock.pair)), "timeout": 5}
    url, client = f"{secured_mock.tls_url}/oauth/token", secured_mock.x509["clientid"]
    grant = {"grant_type": "client_credentials"}
    assert requests.get(url, params={**grant, "client_id": client}, **options).status_code == 200
    assert requests.post(url, data=grant, auth=(client, ""), **options).status_code == 200


def test_without_a_certificate_its_client_is_refused_at_both_ports(secured_mock):
    assert said(ask(secured_mock, certificate=False)) == REFUSED
    assert said(ask(secured_mock, base=secured_mock.url, certificate=False)) == REFUSED


def test_a_secret_does_not_replace_the_certificate(secured_mock):
    assert said(ask(secured_mock, certificate=False, client_secret=secured_mock.key["clientsecret"])) == REFUSED


def test_a_certificate_is_valid_only_for_its_client(secured_mock):
    assert said(ask(secured_mock, client_id=secured_mock.key["clientid"])) == REFUSED
    assert said(ask(secured_mock, client_id="sb-other!b1|aicore!b1")) == REFUSED
    assert said(ask(secured_mock, client_id="")) == REFUSED


def test_the_client_with_a_secret_gets_its_token_at_the_tls_port(secured_mock):
    key = secured_mock.key
    given = ask(secured_mock, certificate=False, client_id=key["clientid"], client_secret=key["clientsecret"])
    assert given.status_code == 200


def test_a_certificate_of_another_authority_is_refused_in_the_handshake(secured_mock, tmp_path):
    with pytest.raises(requests.ConnectionError):
        ask(secured_mock, pair=other_pair(tmp_path))
    assert ask(secured_mock).status_code == 200


def test_a_certificate_of_another_mock_is_refused_in_the_handshake(secured_mock, tmp_path):
    other = SecuredMock(tmp_path)
    try:
        with pytest.raises(requests.ConnectionError):
            ask(secured_mock, pair=other.pair, client_id=other.x509["clientid"])
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(other.tls_url, verify=str(secured_mock.ca), timeout=5)
    finally:
        other.stop()


def test_the_server_certificate_has_all_names_of_this_machine(secured_mock):
    port = int(secured_mock.tls_url.rpartition(":")[2])
    context = ssl.create_default_context(cafile=str(secured_mock.ca))
    for name in ("127.0.0.1", "localhost", "::1"):
        plain = socket.create_connection(("127.0.0.1", port), 5)
        with context.wrap_socket(plain, server_hostname=name) as secured:
            assert secured.version() == "TLSv1.3"
    with socket.create_connection(("127.0.0.1", port), 5) as plain, pytest.raises(ssl.SSLCertVerificationError):
        context.wrap_socket(plain, server_hostname="elsewhere.example")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
def test_tls_before_1_2_is_refused(secured_mock):
    port = int(secured_mock.tls_url.rpartition(":")[2])
    context = ssl.create_default_context(cafile=str(secured_mock.ca))
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", port), 5) as plain, pytest.raises((ssl.SSLError, ConnectionError)):
        context.wrap_socket(plain, server_hostname="127.0.0.1")


def test_the_api_is_served_at_the_tls_port_with_its_location(tmp_path):
    mock = SecuredMock(tmp_path, "--switch", "location=absolute")
    try:
        token = ask(mock).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", "AI-Resource-Group": "tutorial"}
        body = {"name": "d", "kind": "dataset", "url": "ai://default/d", "scenarioId": "text-clf-tutorial"}
        made = requests.post(
            f"{mock.tls_url}/v2/lm/artifacts", json=body, headers=headers, verify=str(mock.ca), timeout=5
        )
        assert made.status_code == 201
        assert made.headers["Location"] == f"{mock.tls_url}/v2/lm/artifacts/{made.json()['id']}"
        seen = requests.get(f"{mock.url}/v2/lm/artifacts/{made.json()['id']}", headers=headers, timeout=5)
        assert seen.json()["name"] == "d"
    finally:
        mock.stop()


def test_plain_http_and_idle_connections_do_not_disturb_the_tls_port(secured_mock):
    port = int(secured_mock.tls_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 5):
        with pytest.raises(requests.ConnectionError):
            requests.get(f"http://127.0.0.1:{port}/v2/lm/scenarios", timeout=5)
        assert ask(secured_mock).status_code == 200
    assert "Traceback" not in secured_mock.log.read_text()


def test_the_mock_ends_soon_with_open_connections_at_the_tls_port(tmp_path):
    mock = SecuredMock(tmp_path)
    port = int(mock.tls_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 5), requests.Session() as idle:
        idle.get(f"{mock.tls_url}/v2/lm/healthz", verify=str(mock.ca), timeout=5)
        started = time.monotonic()
        mock.stop()
        assert time.monotonic() - started < 8


def test_only_their_owner_can_read_the_written_files(secured_mock):
    for path in (secured_mock.key_file, secured_mock.x509_file):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("option", ["--write-x509-key", "--write-ca"])
def test_certificates_require_a_tls_port(lmconform, tmp_path, option):
    done = lmconform("mock", option, "file.pem")
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1
    assert f"{option} file.pem" in done.stderr
    assert "--tls-port" in done.stderr
    assert not (tmp_path / "file.pem").exists()


def test_a_tls_port_in_use_is_one_line(lmconform, secured_mock):
    done = lmconform("mock", "--port", "0", "--tls-port", secured_mock.tls_url.rpartition(":")[2])
    assert done.returncode == 4
    assert "--tls-port" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.fixture
def introduced(tmp_path):
    """A mock that prints its introduction, and the lines for the client with the certificate."""
    command = [*LMCONFORM, "mock", "--port", "0", "--tls-port", "0", "--write-ca", "here.pem"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True, env=clean_environment())
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith("lmconform run https:"):
            break
    yield process, lines[[line.startswith("with TLS: ") for line in lines].index(True) :]
    process.terminate()
    process.wait(10)
    process.stdout.close()


def line_of(lines, beginning):
    """The one line that begins so."""
    (found,) = [line for line in lines if line.startswith(beginning)]
    return found


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl on the path")
def test_the_printed_curl_line_works_as_it_stands(introduced):
    line = line_of(introduced[1], "TOKEN=")
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=30)
    assert "text-clf-tutorial" in {scenario["id"] for scenario in json.loads(done.stdout)["resources"]}, done.stderr


def test_the_printed_exports_name_files_that_are_there_until_the_mock_ends(introduced, tmp_path):
    process, lines = introduced
    export = line_of(lines, "export ")
    variables = dict(word.partition("=")[::2] for word in shlex.split(export)[1:])
    certificate, key, ca = (
        variables[name] for name in ("AICORE_CERT_FILE_PATH", "AICORE_KEY_FILE_PATH", "REQUESTS_CA_BUNDLE")
    )
    form = {"grant_type": "client_credentials", "client_id": variables["AICORE_CLIENT_ID"]}
    given = requests.post(variables["AICORE_CERT_URL"], data=form, cert=(certificate, key), verify=ca, timeout=5)
    assert given.status_code == 200
    assert scenarios(variables["AICORE_BASE_URL"].removesuffix("/v2"), given.json()["access_token"], verify=ca).ok
    assert Path(ca) == tmp_path / "here.pem"
    files = [Path(certificate), Path(key), Path(line_of(lines, "x509 service key: ").partition(": ")[2])]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    process.terminate()
    process.wait(10)
    assert not [path for path in files if path.exists()]
    assert not os.path.exists(files[0].parent)
