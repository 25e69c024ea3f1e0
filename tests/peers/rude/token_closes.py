"""Has a token endpoint that closes every connection."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="token endpoint"),
    "later": Ending(11, "incomplete", "token endpoint"),
}


def token(call):
    call.hang_up()
