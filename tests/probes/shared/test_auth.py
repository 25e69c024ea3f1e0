"""A changed token keeps its signature; a token that is no JWT is not changed."""

import pytest
from tests.probes.probe_bench import open_session, run

from lmconform.errors import NotApplicable
from lmconform.probes.shared.auth import changed_claims, changed_signature


@pytest.mark.parametrize("token", ["opaque-token-of-the-test", "a.b.c", "ey.MTIz.x", "one.two", "a.b.c.d.e", "é.é.é"])
def test_a_token_that_is_no_jwt_has_no_claims_to_change(mock, monkeypatch, token):
    session = open_session(mock)
    monkeypatch.setattr(session.transport.token, "token", lambda: token)
    outcome = run(session, "LM-AUTH-TOKEN-CHANGED")["LM-AUTH-TOKEN-CHANGED"]
    assert isinstance(outcome, NotApplicable)


def test_a_changed_token_has_the_old_signature_and_never_the_old_claims(mock):
    token = open_session(mock).transport.token.token()
    changed = changed_claims(token)
    old, new = token.split("."), changed.split(".")
    assert (new[0], new[2]) == (old[0], old[2])
    assert new[1] != old[1]


def test_a_token_with_another_signature_has_the_old_claims(mock):
    token = open_session(mock).transport.token.token()
    (head, old), (other_head, new) = token.rsplit(".", 1), changed_signature(token).rsplit(".", 1)
    assert other_head == head
    assert new != old
    assert len(new) == len(old)
