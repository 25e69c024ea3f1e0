"""Has a token endpoint that sends a byte a second."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="token endpoint"),
    "later": Ending(11, "incomplete", "token endpoint"),
}


def token(call):
    call.head("Content-Type: application/json", "Content-Length: 5000")
    call.drip(b" " * 5000)
