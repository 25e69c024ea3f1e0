"""Answers 301 to everything, to the URL that was asked."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="a redirect to "),
    "later": Ending(1, "nonconformant"),
}


def answer(call):
    call.handler.reply(301, b"", Location=call.path)
