"""Signals within one process: taken where an item waits, remembered everywhere else."""

import os
import signal

import pytest

from lmconform.run.interrupts import Interrupts


@pytest.fixture
def interrupts():
    taken = Interrupts()
    taken.install()
    yield taken
    taken.restore()


def send(number=signal.SIGINT):
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_outside_of_items_is_acted_upon_at_once(interrupts, number):
    with pytest.raises(KeyboardInterrupt):
        send(number)


def test_a_signal_during_an_item_waits_for_its_end(interrupts):
    done = []

    def item():
        with interrupts.held():
            send()
            done.append("the item is over")

    with pytest.raises(KeyboardInterrupt):
        item()
    assert done == ["the item is over"]


def test_a_signal_ends_a_wait_within_an_item(interrupts):
    done = []

    def item():
        with interrupts.held():
            done.append("begun")
            with interrupts.acting():
                send()
                done.append("waited on")

    with pytest.raises(KeyboardInterrupt):
        item()
    assert done == ["begun"]


@pytest.mark.parametrize(("signals", "finished"), [(1, True), (2, False)])
def test_what_is_shielded_is_finished_unless_a_second_signal_comes(interrupts, signals, finished):
    done = []

    def creation():
        with interrupts.shield():
            for _ in range(signals):
                send()
            done.append("noted in the journal")

    with pytest.raises(KeyboardInterrupt):
        creation()
    assert bool(done) is finished


def test_the_handlers_of_before_come_back():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    taken = Interrupts()
    taken.install()
    assert signal.getsignal(signal.SIGINT) != before[0]
    taken.restore()
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
