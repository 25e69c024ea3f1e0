"""Sends its status line and headers one byte a second."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="does not answer"),
    "later": Ending(11, "incomplete", "no longer answers"),
}


def answer(call):
    call.drip(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" * 100)
