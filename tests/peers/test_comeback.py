"""A server that dies in mid-run: what is lost with it, and what is not."""

import json
import threading
from urllib.parse import urlsplit

import pytest
from tests.peers import peer_bench as bench


class Mortal:
    """Dies, with all its connections, when the n-th request of a kind comes in, before anybody has read it."""

    def __init__(self, mock, begin, number, seconds):
        self._begin, self._left, self._seconds = begin, number, seconds
        self.relay = bench.Relay(urlsplit(mock.url).port, sees=self._look)

    def _look(self, data):
        if data.startswith(self._begin):
            self._left -= 1
            if self._left == 0:
                self.relay.close()
                threading.Timer(self._seconds, self.relay.open).start()
                raise ConnectionError

    def key(self, mock, folder):
        path = folder / "key.json"
        key = dict(mock.key) | {"url": self.relay.url, "serviceurls": {"AI_API_URL": self.relay.url}}
        path.write_text(json.dumps(key))
        return path


@pytest.fixture
def dies(mock, tmp_path):
    """Runs against a server that dies; returns what is left of the run."""
    mortals = []

    def run(begin, number, seconds, *arguments):
        mortal = Mortal(mock, begin, number, seconds)
        mortals.append(mortal)
        return bench.run(tmp_path, mortal.relay.url, mortal.key(mock, tmp_path), *arguments, patience=60)

    yield run
    for mortal in mortals:
        mortal.relay.close()


def test_a_read_outlives_a_server_that_is_back_in_a_second(dies):
    done = dies(b"GET ", 20, 1.0, "--profile", "smoke")
    assert done.code == 0, done.printed
    assert done.footer["complete"]
    assert {r["outcome"] for r in done.results} == {"PASS"}


def test_a_probe_whose_write_dies_with_the_server_begins_anew_and_says_so(dies):
    begin = b"POST /v2/lm/configurations"
    done = dies(begin, 3, 1.0, "--profile", "core", "--allow-writes", "--only", "LM-CONFIGURATION-*")
    assert done.code == 0, done.printed
    assert done.footer["complete"]
    assert [r["id"] for r in done.results if r["gates"]] == []
    (again,) = [r for r in done.results if r["message"].startswith("at a second attempt")]
    assert "in the first one POST /v2/lm/configurations: connection" in again["message"]


def test_a_server_that_is_away_for_longer_is_lost(dies):
    done = dies(b"GET ", 20, 30.0, "--profile", "smoke")
    assert done.code == 11, done.printed
    assert (done.footer["complete"], done.footer["verdict"]) == (False, "incomplete")
    assert "no longer accepts connections" in done.footer["message"]
