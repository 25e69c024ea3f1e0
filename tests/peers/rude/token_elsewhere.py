"""Has a token endpoint that sends the client secret to another host with 307."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="token endpoint"),
    "later": Ending(11, "incomplete", "token endpoint"),
}


def token(call):
    call.handler.reply(307, b"", Location=call.elsewhere + call.path)
