"""Has a token endpoint that sends 1 GB."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="token endpoint"),
    "later": Ending(11, "incomplete", "token endpoint"),
}

PIECE = b" " * (1 << 20)


def token(call):
    call.head("Content-Type: application/json", f"Content-Length: {1 << 30}")
    for _ in range(1 << 10):
        call.write(PIECE)
