"""Sends digits where the size of a chunk belongs, and never a line end."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="does not answer"),
    "later": Ending(11, "incomplete", "no longer answers"),
}

PIECE = b"0" * (1 << 20)


def answer(call):
    call.head("Content-Type: application/json", "Transfer-Encoding: chunked")
    for _ in range(1 << 10):
        call.write(PIECE)
