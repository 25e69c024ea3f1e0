"""Sends a body of 1 GB as fast as it is read."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="does not answer"),
    "later": Ending(1, "nonconformant"),
}

PIECE = b" " * (1 << 20)


def answer(call):
    call.head("Content-Type: application/json", f"Content-Length: {1 << 30}")
    for _ in range(1 << 10):
        call.write(PIECE)
