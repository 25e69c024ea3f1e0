"""Sends one header line of 1 MB."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="does not answer"),
    "later": Ending(11, "incomplete", "no longer answers"),
}


def answer(call):
    call.head("Content-Type: application/json", "X-Long: " + "x" * (1 << 20), "Content-Length: 2")
    call.write(b"{}")
