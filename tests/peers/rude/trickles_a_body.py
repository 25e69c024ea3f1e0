"""Sends its headers at once, and a long body one byte a second."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="does not answer"),
    "later": Ending(11, "incomplete", "no longer answers"),
    "writes": Ending(11, "incomplete", "no longer answers"),
}


def answer(call):
    call.head("Content-Type: application/json", "Content-Length: 5000")
    call.drip(b" " * 5000)
