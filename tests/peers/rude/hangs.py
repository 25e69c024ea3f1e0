"""Accepts, reads the request, and says nothing."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="does not answer"),
    "later": Ending(11, "incomplete", "no longer answers"),
    "writes": Ending(11, "incomplete", "no longer answers"),
}


def answer(call):
    call.sleep(60)
