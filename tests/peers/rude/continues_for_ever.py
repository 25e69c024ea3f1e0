"""Sends 100 Continue again and again, and no answer after them."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "later": Ending(11, "incomplete", "no longer answers"),
}


def answer(call):
    for _ in range(600):
        call.head(status="100 Continue")
        call.sleep(0.1)
