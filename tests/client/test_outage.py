"""A target that answers nothing but 502, 503 and 504 is lost; one whose operations are broken one by one is not."""

from contextlib import contextmanager

import pytest
from tests.client.test_transport import calls, transport
from tests.conftest import serve

from lmconform.client.transport import Request
from lmconform.errors import TargetLost

NAMES = [f"operation{number}" for number in range(9)]
CANARY = ("GET", "/v2/lm/scenarios")


def post(name, **more):
    return Request(item="test", operation=name, method="POST", path=f"/lm/{name}", body=b"{}", **more)


@contextmanager
def target(statuses):
    """A transport to an API whose answer to a path has the status that ``statuses`` says, by default 503."""
    waited = []

    def answer(handler):
        if handler.path == "/oauth/token":
            handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600})
            return
        of_path = statuses.get(handler.path.rpartition("/")[2], 503)
        handler.reply(of_path.pop(0) if isinstance(of_path, list) else of_path, b"out of order", "text/plain")

    with serve(answer) as (url, seen):
        yield transport(url, waited), seen, waited


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_target_whose_operations_all_fail_at_the_gateway_is_lost_at_the_fifth(status):
    every = dict.fromkeys((*NAMES, "scenarios"), status)
    with target(every) as (client, seen, waited):
        assert [client.send(post(name)).status for name in NAMES[:4]] == [status] * 4
        with pytest.raises(TargetLost) as error:
            client.send(post(NAMES[4]))
        sent = len(calls(seen))
        with pytest.raises(TargetLost):
            client.send(post(NAMES[5]))
    assert str(error.value) == (
        "test is out of service: 5 operations in a row answered 502, 503 or 504, "
        f"GET /v2/lm/scenarios after 15 s as well: {status} out of order"
    )
    assert (sent, len(calls(seen)), waited) == (10, 10, [1.0, 2.0, 4.0, 8.0])


def test_one_operation_that_always_fails_is_never_an_outage():
    with target({"scenarios": 503}) as (client, seen, _):
        assert {client.send(post("operation0")).status for _ in range(20)} == {503}
    assert CANARY not in seen


def test_a_target_is_in_service_as_long_as_its_scenarios_are():
    with target({"scenarios": 200}) as (client, seen, _):
        assert {client.send(post(name)).status for name in NAMES} == {503}
    assert seen.count(CANARY) == 1


def test_a_target_that_is_back_while_it_is_asked_is_not_lost():
    with target({"scenarios": [503, 503, 200]}) as (client, _, waited):
        assert {client.send(post(name)).status for name in NAMES} == {503}
    assert waited == [1.0, 2.0]


def test_a_success_begins_a_new_row_and_a_refusal_of_the_gateway_does_not():
    with target({"operation4": 200, "scenarios": 200}) as (client, seen, _):
        for name in NAMES[:8]:
            client.send(post(name))
        assert CANARY not in seen
        client.send(post(NAMES[8]))
    with target({"operation4": 403, "scenarios": 200}) as (client, seen, _):
        for name in NAMES[:6]:
            client.send(post(name))
        assert seen.count(CANARY) == 1


def test_requests_for_no_operation_make_no_row():
    with target({}) as (client, seen, _):
        for path in NAMES:
            client.send(Request(item="test", operation="", method="POST", path=f"/lm/{path}"))
    assert CANARY not in seen


@pytest.mark.parametrize("status", [502, 503, 504])
def test_what_an_item_found_in_an_outage_says_nothing_of_the_api(status):
    every = dict.fromkeys((*NAMES, "scenarios", "configurations", "artifacts"), status)
    with target(every) as (client, _, waited):
        client.send(post("operation0"))
        with pytest.raises(
            TargetLost, match="test is out of service: it answers 502, 503 or 504, GET /v2/lm/scenarios"
        ):
            client.require_service()
    assert waited == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("others", [{"scenarios": 503, "artifacts": 200}, {"scenarios": 404}, {"configurations": 403}])
def test_findings_count_as_long_as_anything_answers_otherwise(others):
    with target(others) as (client, _, waited):
        client.send(post("operation0"))
        client.require_service()
    assert waited == []


def test_nothing_is_asked_without_a_sign_of_an_outage():
    with target({"operation0": 500, "operation1": 503, "operation2": 200}) as (client, seen, _):
        client.send(post("operation0"))
        client.require_service()
        client.send(post("operation1"))
        client.send(post("operation2"))
        client.require_service()
    assert CANARY not in seen
