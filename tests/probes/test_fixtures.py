"""Fixtures are made once in a session, for each set of arguments, also by threads that ask at the same time."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from lmconform.errors import Failure, Inconclusive, NotTestable
from lmconform.probes.fixtures import fixture
from lmconform.safety.journal import Journal


class Client:
    """What a probe sends with: numbers stand for what was sent, and for what is told of it."""

    def __init__(self):
        self.story = self
        self.sent = []
        self.hiccups = []

    @property
    def position(self):
        return len(self.sent)

    def since(self, position):
        return self.sent[position:]

    def recall(self, entries):
        self.sent += entries


class Context:
    """A context of one probe of a session; ``doubted`` are the ids that the journal doubts."""

    def __init__(self, session=None, doubted=()):
        self.session = session or SimpleNamespace(shared={}, journal=Journal())
        self.client = Client()
        for resource_id in doubted:
            self.session.journal.doubt("execution", resource_id)


def numbered(**options):
    """A fixture that returns how often it was made, and its arguments."""
    made = []

    @fixture(**options)
    def value(ctx, name="a", *, flag=False):
        made.append(name)
        return len(made), name, flag

    return value


def test_a_value_is_made_once_in_a_session():
    value, ctx = numbered(), Context()
    assert value(ctx) == value(Context(ctx.session)) == (1, "a", False)
    assert value(Context()) == (2, "a", False)


def test_each_set_of_arguments_has_a_value_however_they_are_passed():
    value, ctx = numbered(), Context()
    assert value(ctx, "b") == value(ctx, name="b", flag=False) == (1, "b", False)
    assert value(ctx, "b", flag=True) == (2, "b", True)


def test_two_fixtures_of_one_name_do_not_share_a_value():
    first, second, ctx = numbered(), numbered(), Context()
    first(ctx)
    assert second(ctx, "b") == (1, "b", False)


def test_a_value_that_a_probe_puts_is_the_value_from_then_on():
    value, ctx = numbered(), Context()
    value(ctx)
    value.put(ctx, "other")
    assert value(ctx) == "other"
    assert value(ctx, "b") == (2, "b", False)


def test_a_value_whose_resource_is_in_doubt_is_made_again():
    value, ctx = numbered(builds_on=lambda value: [f"id-{value[0]}"]), Context()
    assert value(ctx)[0] == value(ctx)[0] == 1
    assert value(Context(ctx.session, doubted=["id-1"]))[0] == 2


def failing(error, **options):
    """A fixture that raises, and how often it was called."""
    calls = []

    @fixture(**options)
    def value(ctx):
        calls.append(1)
        raise error

    return value, calls


def test_an_exception_is_forgotten_and_the_next_probe_tries_again():
    value, calls = failing(NotTestable("refused"))
    ctx = Context()
    for _ in range(2):
        with pytest.raises(NotTestable, match="refused"):
            value(ctx)
    assert len(calls) == 2


@pytest.mark.parametrize("error", [Inconclusive("absent"), Failure("LM-X", expected="a", actual="b")])
def test_an_exception_to_remember_is_raised_for_each_probe(error):
    value, calls = failing(error, remember=(type(error),))
    ctx = Context()
    for _ in range(3):
        with pytest.raises(type(error)) as raised:
            value(ctx)
        assert raised.value is error
    assert len(calls) == 1


def test_threads_that_ask_at_the_same_time_get_one_value():
    barrier, calls = threading.Barrier(8), []

    @fixture()
    def value(ctx):
        calls.append(1)
        time.sleep(0.05)
        return object()

    session = Context().session

    def ask(_):
        barrier.wait(5)
        return value(Context(session))

    with ThreadPoolExecutor(8) as pool:
        values = list(pool.map(ask, range(8)))
    assert len(calls) == 1
    assert len(set(map(id, values))) == 1


def test_threads_make_different_values_side_by_side():
    both = threading.Barrier(2)

    @fixture()
    def value(ctx, name):
        # Each waits for the other: one lock for all fixtures would let the barrier time out.
        both.wait(5)
        return name

    session = Context().session
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda name: value(Context(session), name), "ab")) == ["a", "b"]


def test_a_fixture_may_ask_for_another_one():
    inner = numbered()

    @fixture()
    def outer(ctx):
        return inner(ctx, "inner")

    assert outer(Context()) == (1, "inner", False)


def test_a_probe_that_gets_a_remembered_value_also_gets_what_was_sent_for_it():
    @fixture()
    def value(ctx):
        ctx.client.sent += ["POST", "GET"]
        return 1

    first = Context()
    first.client.sent.append("of the first probe")
    value(first)
    second = Context(first.session)
    value(second)
    assert first.client.sent == ["of the first probe", "POST", "GET"]
    assert second.client.sent == ["POST", "GET"]


def test_a_value_for_which_a_change_was_lost_is_made_again_by_others_and_not_for_ever():
    made, session = [], Context().session

    @fixture()
    def value(ctx):
        ctx.client.hiccups.append("POST answered 504")
        made.append(None)
        return len(made)

    first = Context(session)
    assert (value(first), value(first)) == (1, 1)
    assert [value(Context(session)) for _ in range(4)] == [2, 3, 3, 3]
