"""The mock's errors become the exceptions that a tenant's errors become."""

import pytest
from tests.sdk.conftest import exports

NOT_FOUND, INVALID = "AIAPINotFoundException", "AIAPIInvalidRequestException"
PRECONDITION = "AIAPIPreconditionFailedException"


@pytest.fixture(scope="module")
def seen(sdk, mock):
    return sdk.walk("refusals", **exports(mock))


@pytest.mark.parametrize("what", ["scenario", "executable", "artifact", "configuration", "execution", "stop", "delete"])
def test_what_does_not_exist_is_not_found(seen, what):
    assert (seen[what]["exception"], seen[what]["status"]) == (NOT_FOUND, 404)
    assert seen[what]["code"]
    assert "Status Code: 404, Request ID:" in seen[what]["text"]


@pytest.mark.parametrize("what", ["nobody's executable", "foreign label", "nobody's configuration"])
def test_a_request_that_makes_no_sense_is_invalid(seen, what):
    assert (seen[what]["exception"], seen[what]["status"]) == (INVALID, 400)
    assert seen[what]["message"]


def test_a_forbidden_transition_names_the_status_that_forbids_it(seen):
    for what, status in (("delete while it runs", ("PENDING", "RUNNING")), ("stop when completed", ("COMPLETED",))):
        assert seen[what]["exception"] in (INVALID, PRECONDITION)
        assert seen[what]["code"] == "01010076"
        assert any(word in seen[what]["message"] for word in status)


def test_a_foreign_token_is_refused_by_the_gateway_in_plain_text(seen):
    assert seen["foreign token"]["exception"] == "AIAPIAuthorizationException"
    assert seen["foreign token"]["message"] == "Jwt issuer is not configured"


def test_a_foreign_group_is_refused_by_the_gateway_in_plain_text(seen):
    assert (seen["foreign group"]["exception"], seen["foreign group"]["status"]) == ("AIAPIServerException", 403)
    assert seen["foreign group"]["message"] == "RBAC: access denied"


def test_a_client_without_a_group_learns_that_it_needs_one(seen):
    assert seen["no group"]["exception"] == INVALID
    assert "AI-Resource-Group" in seen["no group"]["message"]


def test_a_wrong_secret_gets_no_token(seen):
    assert seen["wrong secret"]["exception"] == "AIAPIAuthenticatorAuthorizationException"
    assert "Bad credentials" in seen["wrong secret"]["message"]
