"""Sends every request to another host with 307, which keeps method, body and, if one lets it, credentials."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="a redirect to http://localhost"),
    "later": Ending(1, "nonconformant"),
    "writes": Ending(1, "nonconformant"),
}


def answer(call):
    call.handler.reply(307, b"x" * 100, Location=call.elsewhere + call.path)
