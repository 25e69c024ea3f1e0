"""SAP's SDK is known to the mock by its certificate, in every way that it has for one."""

import json

import pytest


def exports(mock, **way):
    """The variables of a client that shows a certificate."""
    return {
        "AICORE_CLIENT_ID": mock.x509["clientid"],
        "AICORE_CERT_URL": f"{mock.tls_url}/oauth/token",
        "AICORE_BASE_URL": f"{mock.tls_url}/v2",
        "AICORE_RESOURCE_GROUP": "tutorial",
        "REQUESTS_CA_BUNDLE": str(mock.ca),
        **way,
    }


def files(mock):
    certificate, key = map(str, mock.pair)
    return {"AICORE_CERT_FILE_PATH": certificate, "AICORE_KEY_FILE_PATH": key}


def texts(mock):
    # As a key comes out of a shell: ends of lines are two characters.
    certificate, key = (path.read_text().replace("\n", "\\n") for path in mock.pair)
    return {"AICORE_CERT_STR": certificate, "AICORE_KEY_STR": key}


@pytest.mark.parametrize("way", [files, texts], ids=lambda f: f.__name__)
def test_a_certificate_gives_a_token_and_the_token_a_list(sdk, secured_mock, way):
    seen = sdk.walk("credentials", **exports(secured_mock, **way(secured_mock)))
    assert seen["base_url"] == f"{secured_mock.tls_url}/v2"
    assert "text-clf-tutorial" in seen["scenarios"]
    assert seen["token_kept"]


def test_the_x509_service_key_alone_is_enough_for_the_newer_sdk(sdk, secured_mock):
    own = {"AICORE_SERVICE_KEY": secured_mock.x509_file.read_text(), "AICORE_RESOURCE_GROUP": "other"}
    own["REQUESTS_CA_BUNDLE"] = str(secured_mock.ca)
    if sdk.name == "older":
        done = sdk.run(*sdk.command("credentials"), **own)
        assert done.returncode != 0, "the older SDK has learnt to read service keys"
        return
    seen = sdk.walk("credentials", **own)
    assert (seen["base_url"], seen["group"]) == (f"{secured_mock.tls_url}/v2", "other")
    assert "text-clf-tutorial" in seen["scenarios"]


def test_the_certificate_of_another_client_is_refused_as_a_wrong_secret_is(sdk, secured_mock):
    wrong = exports(secured_mock, **files(secured_mock), AICORE_CLIENT_ID=secured_mock.key["clientid"])
    done = sdk.run(*sdk.command("credentials"), **wrong)
    assert done.returncode != 0
    assert "AIAPIAuthenticatorAuthorizationException" in done.stderr
    assert json.dumps("Bad credentials") in done.stderr
