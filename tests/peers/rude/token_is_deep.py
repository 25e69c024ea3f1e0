"""Has a token endpoint that answers with JSON a hundred thousand lists deep."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="token endpoint"),
}


def token(call):
    call.handler.reply(200, b"[" * 100_000)
