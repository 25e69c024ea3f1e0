"""A probe whose change was lost before the API begins anew, a few times in a run; what the API itself says is final."""

import dataclasses

import pytest
from tests.probes.probe_bench import OBSERVATIONS, PROBES, Defect, answered, open_session

from lmconform.client.connection import Broken
from lmconform.errors import NotTestable
from lmconform.run.items import ObservationItem, ProbeItem

REFUSED, LISTED = "LM-CONFIGURATION-BODY-REQUIRED", "LM-CONFIGURATION-LISTED"
PAGE = b"<html>Bad Gateway</html>"


class Losing(Defect):
    """Loses the first answers to one operation; counts how often it was asked."""

    def __init__(self, times, lost, operation="createConfiguration"):
        self.times, self.lost, self.operation, self.asked = times, lost, operation, 0

    def answer(self, exchange):
        if exchange.operation != self.operation:
            return exchange
        self.asked += 1
        return exchange if self.asked > self.times else self.lost(exchange)


def page(status):
    return lambda exchange: dataclasses.replace(exchange, status=status, body=PAGE, headers=())


def broken(exchange):
    raise NotTestable("POST /v2/lm/configurations: connection reset") from Broken("connection reset")


def envelope(exchange):
    return answered(exchange, 503, {"error": {"code": "503", "message": "later"}})


def results(session, name):
    """The outcomes of the item of a probe, and of the contract's checks on its exchanges, where they are not PASS."""
    item = ProbeItem(f"probe/{name}", "core", "", (name,), (name,), PROBES[name])
    events, error = item.events(session, lambda line: None)
    assert error is None
    return [(event.id, event.outcome) for event in events if event.outcome != "PASS"]


@pytest.mark.parametrize("name", [REFUSED, LISTED])
@pytest.mark.parametrize("lost", [page(502), page(503), page(504), broken], ids=["502", "503", "504", "broken"])
def test_one_change_that_is_lost_on_the_way_is_no_finding(mock, name, lost):
    assert results(open_session(mock, defect=Losing(1, lost)), name) == []


@pytest.mark.parametrize(
    ("operation", "names"),
    [
        ("deleteExecution", ["LM-EXECUTION-DELETE"]),
        ("deleteExecution", ["LM-EXECUTION-STAYS-DELETED", "LM-EXECUTION-DELETE"]),
        ("createArtifact", ["LM-CONCURRENT-NO-SERVER-ERROR"]),
        ("createArtifact", ["LM-CONCURRENT-CREATE", "LM-CONCURRENT-NO-SERVER-ERROR"]),
    ],
)
def test_what_probes_share_is_made_again_when_a_change_for_it_was_lost(mock, operation, names):
    session = open_session(mock, defect=Losing(1, page(504), operation))
    assert [found for name in names for found in results(session, name)] == []


@pytest.mark.parametrize("name", [REFUSED, LISTED])
def test_what_is_always_lost_is_found_after_two_attempts(mock, name):
    losing = Losing(1000, page(502))
    found = dict(results(open_session(mock, defect=losing), name))
    assert found[f"probe/{name}#LM-HTTP-NO-SERVER-ERROR"] == "FAIL"
    assert losing.asked == 2


def test_what_the_api_itself_says_is_found_at_once(mock):
    losing = Losing(1, envelope)
    assert dict(results(open_session(mock, defect=losing), REFUSED))[f"probe/{REFUSED}"] == "FAIL"
    assert losing.asked == 1


def test_a_second_attempt_is_said(mock):
    item = ProbeItem(f"probe/{REFUSED}", "core", "", (REFUSED,), (REFUSED,), PROBES[REFUSED])
    events, _ = item.events(open_session(mock, defect=Losing(1, page(502))), lambda line: None)
    main = next(event for event in events if event.id == f"probe/{REFUSED}")
    assert main.outcome == "PASS"
    assert main.message.startswith("at a second attempt; in the first one POST /v2/lm/configurations answered 502 ")


def test_a_target_that_is_out_of_order_is_not_asked_twice_for_everything(mock):
    losing = Losing(1000, page(502), "modifyExecution")
    session = open_session(mock, defect=losing)
    for _ in range(15):
        results(session, "LM-EXECUTION-STOP-404")
    assert losing.asked == 15 + 10


@pytest.mark.parametrize(("times", "outcomes"), [(1, {"PASS"}), (1000, {"FAIL"})])
def test_an_observation_whose_change_was_lost_begins_anew_once(mock, times, outcomes):
    name, session = "LM-OBS-CUSTOM-INFO-REWRITTEN", open_session(mock, defect=Losing(times, page(504), "patchMetrics"))
    events, _ = ObservationItem(f"observe/{name}", "core", "", (), (name,), OBSERVATIONS[name]).events(session, print)
    assert {event.outcome for event in events if event.type == "result"} == outcomes
