"""Service keys and single values: which are taken, which are refused, and that a private key is shown by none of it."""

import json

import pytest
from tests.certificates import lines_of, pair
from tests.settings.refusing import refusal

from lmconform.settings.credential_sources import Named, find

GOOD = pair()


def found(service_key, environ):
    """The credentials of a run with that key file and that environment."""
    return find(Named(service_key), environ).credentials


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


SECRET_KEY = {
    "clientid": "of-the-key",
    "clientsecret": "secret-of-the-key",
    "url": "https://tenant.example.com",
    "serviceurls": {"AI_API_URL": "https://api.example.com"},
}
SECRET_VARIABLES = {
    "AICORE_CLIENT_ID": "of-the-variables",
    "AICORE_CLIENT_SECRET": "secret-of-the-variables",
    "AICORE_AUTH_URL": "https://tenant.example.com/oauth/token",
}


def test_a_key_may_lie_in_the_credentials_of_a_binding():
    bound = {"AICORE_SERVICE_KEY": json.dumps({"credentials": SECRET_KEY, "label": "aicore"})}
    assert found(None, bound).client_id == "of-the-key"


@pytest.mark.parametrize("url", ["https://t.example", "https://t.example/", "https://t.example/oauth/token"])
def test_the_token_url_ends_in_its_path_once(url):
    known = found(None, SECRET_VARIABLES | {"AICORE_AUTH_URL": url})
    assert known.token_url == "https://t.example/oauth/token"


def test_a_key_of_an_early_year_has_its_url_under_another_name(tmp_path):
    old = SECRET_KEY | {"serviceurls": {"ML_API_URL": "https://early.example.com"}}
    assert found(None, {"AICORE_SERVICE_KEY": json.dumps(old)}).api_url == "https://early.example.com"


def test_a_secret_is_in_no_printed_form_of_credentials():
    assert "secret-of-the-variables" not in repr(found(None, SECRET_VARIABLES))


def test_a_key_with_a_certificate_is_taken_and_its_tokens_come_from_certurl(tmp_path):
    known = found(key_file(tmp_path), {})
    assert known.token_url == "https://tenant.authentication.cert.example.com/oauth/token"
    assert (known.client_id, known.client_secret, known.api_url) == (KEY["clientid"], "", "https://api.example.com")
    assert (known.certificate, known.private_key) == (GOOD.certificate, GOOD.key)
    assert found(None, {"AICORE_SERVICE_KEY": key_file(tmp_path).read_text()}) == known


def test_ends_of_lines_that_a_shell_made_two_characters_are_ends_of_lines(tmp_path):
    flat = {name: KEY[name].replace("\n", "\\n") for name in ("certificate", "key")}
    assert found(key_file(tmp_path, **flat), {}).private_key == GOOD.key


def test_the_variables_of_saps_sdk_are_taken_as_texts_and_as_files(tmp_path):
    texts = found(None, VARIABLES)
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    certificate.write_text(GOOD.certificate)
    key.write_text(GOOD.key)
    rest = {name: VARIABLES[name] for name in ("AICORE_CLIENT_ID", "AICORE_CERT_URL")}
    files = {"AICORE_CERT_FILE_PATH": str(certificate), "AICORE_KEY_FILE_PATH": str(key)}
    assert found(None, rest | files) == texts
    assert texts.token_url == VARIABLES["AICORE_CERT_URL"]


def test_the_url_for_certificates_wins_over_the_other_which_serves_alone_as_well():
    other = {"AICORE_AUTH_URL": "https://other.example.com/oauth/token"}
    assert found(None, VARIABLES | other).token_url == VARIABLES["AICORE_CERT_URL"]
    without = {name: value for name, value in VARIABLES.items() if name != "AICORE_CERT_URL"}
    assert found(None, without | other).token_url == other["AICORE_AUTH_URL"]


def test_a_key_that_has_a_secret_as_well_is_used_with_the_secret(tmp_path):
    known = found(key_file(tmp_path, clientsecret="secret-of-the-test"), {})
    assert (known.client_secret, known.certificate) == ("secret-of-the-test", "")


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
        ({"certurl": "https://[::1"}, "is no http(s) URL"),
    ],
)
def test_a_key_that_cannot_be_used_is_one_line_that_shows_no_key(tmp_path, changes, words):
    path = key_file(tmp_path, **changes)
    said = refusal(found, path, {})
    assert said.startswith(f"--service-key {path}: ")
    assert words in said
    assert [line for key in (GOOD, OTHER, LOCKED) for line in lines_of(key.key) if line in said] == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"AICORE_CLIENT_ID": ""}, "without AICORE_CLIENT_ID"),
        ({"AICORE_KEY_STR": ""}, "without AICORE_KEY_STR"),
        ({"AICORE_CERT_URL": ""}, "without AICORE_CERT_URL"),
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
    assert words in refusal(found, None, VARIABLES | changes)


@pytest.mark.parametrize(
    ("key", "words"),
    [("absent.pem", "absent.pem cannot be read (No such file"), (GOOD.key, "is no path"), ("a\0b", "cannot be read")],
    ids=["absent", "text", "no-path"],
)
def test_a_key_file_that_cannot_be_read_is_one_line_that_shows_no_key(tmp_path, key, words):
    certificate = tmp_path / "certificate.pem"
    certificate.write_text(GOOD.certificate)
    rest = {name: VARIABLES[name] for name in ("AICORE_CLIENT_ID", "AICORE_CERT_URL")}
    files = {"AICORE_CERT_FILE_PATH": str(certificate), "AICORE_KEY_FILE_PATH": key}
    said = refusal(found, None, rest | files)
    assert said.startswith("AICORE_KEY_FILE_PATH")
    assert words in said
    assert not [line for line in lines_of(GOOD.key) if line in said]


def test_the_command_ends_with_4_and_one_line(lmconform, tmp_path):
    done = lmconform("run", "https://api.example.com", "--service-key", key_file(tmp_path, key=OTHER.key))
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.count("\n") == 1
    assert "does not belong to the certificate" in done.stderr


def test_the_private_key_is_on_no_disk_once_it_is_read(monkeypatch, tmp_path):
    path = key_file(tmp_path)
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    found(path, {})
    assert [file for file in folder.rglob("*") if file.is_file() and file.stat().st_size] == []
