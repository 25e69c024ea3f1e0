"""Waiting: one loop, named limits, one wait for several waiters."""

import threading
import time

import pytest

from lmconform.client.polling import Overdue, Policy, Waits, grace, poll, settled
from lmconform.settings.time_limits import EMBEDDED, LOOPBACK, TENANT, TimeLimit

SHORT = TimeLimit("--stop-timeout", 0.2)


class Clockwork:
    """Answers RUNNING until it has been asked ``after`` times."""

    def __init__(self, after):
        self.after, self.asked = after, 0

    def __call__(self):
        self.asked += 1
        return "STOPPED" if self.asked > self.after else "RUNNING"


def wait(ask, limit=SHORT, **rest):
    policy = Policy(0.02, limit)
    return poll(ask, lambda s: s == "STOPPED", policy, what="the execution e1 to be STOPPED", state=str, **rest)


def test_a_wait_ends_with_the_first_right_answer():
    server = Clockwork(3)
    assert wait(server) == "STOPPED"
    assert server.asked == 4


def test_a_limit_that_passes_says_what_how_long_the_last_state_and_the_option():
    server = Clockwork(10_000)
    with pytest.raises(Overdue) as caught:
        wait(server)
    assert caught.value.expected == "the execution e1 to be STOPPED within 0.2 s"
    assert caught.value.actual.startswith("RUNNING after 0.")
    assert caught.value.actual.endswith(f"and {server.asked} polls; --stop-timeout raises the limit")


def test_a_server_that_is_right_at_the_limit_is_right():
    began = time.monotonic()
    assert wait(lambda: "STOPPED" if time.monotonic() - began >= 0.19 else "RUNNING") == "STOPPED"


def test_an_answer_that_can_never_become_right_ends_the_wait_at_once():
    def until(status):
        raise LookupError(status)

    server = Clockwork(10_000)
    with pytest.raises(LookupError, match="RUNNING"):
        poll(server, until, Policy(0.02, SHORT), what="anything", state=str)
    assert server.asked == 1


def test_a_longer_pause_is_taken_when_the_answer_asks_for_it():
    slept = []
    policy = Policy(0.02, TimeLimit("--poll-timeout", 60.0), slept.append)
    poll(Clockwork(2), lambda s: s == "STOPPED", policy, what="it", state=str, pause=lambda s: 7.0)
    assert slept == [7.0, 7.0]


def test_several_that_wait_for_the_same_thing_wait_once():
    waits, server = Waits(), Clockwork(5)
    done = []

    def waiter():
        policy = Policy(0.02, TimeLimit("--stop-timeout", 5.0))
        done.append(waits.poll("e1", server, lambda s: s == "STOPPED", policy, what="it", state=str))

    threads = [threading.Thread(target=waiter) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert done == ["STOPPED"] * 8
    assert server.asked == 6 + 7


def test_a_limit_that_has_passed_once_is_not_waited_for_again():
    waits, server = Waits(), Clockwork(10_000)
    policy = Policy(0.02, SHORT)
    for _ in range(2):
        with pytest.raises(Overdue):
            waits.poll("e1", server, lambda s: s == "STOPPED", policy, what="it", state=str)
    first = server.asked
    with pytest.raises(Overdue):
        waits.poll("e1", server, lambda s: s == "STOPPED", policy, what="it", state=str)
    assert server.asked == first + 1
    server.after = 0
    assert waits.poll("e1", server, lambda s: s == "STOPPED", policy, what="it", state=str) == "STOPPED"


def test_the_grace_is_twenty_looks_and_a_minute_at_most():
    assert grace(0.5) == 10.0
    assert grace(60.0) == 60.0
    assert grace(0.0) == pytest.approx(0.4)


def test_a_wait_that_was_given_up_tells_the_state_of_its_own_resource():
    waits, policy = Waits(), Policy(0.02, SHORT)
    for name, status in (("e1", "RUNNING"), ("e2", "RUNNING"), ("e3", "UNKNOWN")):
        with pytest.raises(Overdue) as caught:
            waits.poll(
                name,
                lambda status=status: status,
                lambda s: s == "STOPPED",
                policy,
                what=name,
                state=str,
                family=("execution", "stop"),
            )
    assert caught.value.repeated
    assert caught.value.state == "UNKNOWN"
    assert caught.value.actual.startswith("UNKNOWN at one look, as the limit has passed for e")


def test_a_judgement_is_repeated_only_within_the_grace():
    began, tries = time.monotonic(), []

    def judge():
        tries.append(1)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - the judge's own
        settled(judge, since=began, interval=0.01, retry_on=(ValueError,))
    assert len(tries) > 5
    tries.clear()
    with pytest.raises(ValueError):  # noqa: PT011 - the judge's own
        settled(judge, since=began - 3600, interval=0.01, retry_on=(ValueError,))
    assert len(tries) == 1


def test_the_limits_of_a_tenant_and_a_tenth_of_them_on_this_machine():
    assert TENANT.as_json() == {"stop": 1800.0, "delete": 900.0, "start": 3600.0, "poll": 3600.0}
    assert LOOPBACK.as_json() == {"stop": 180.0, "delete": 90.0, "start": 360.0, "poll": 360.0}
    assert LOOPBACK.with_seconds({"stop": 5.0, "poll": None}).as_json() == {
        **LOOPBACK.as_json(),
        "stop": 5.0,
    }
    assert EMBEDDED.stop.option == "--stop-timeout"
