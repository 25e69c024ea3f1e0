"""Answers 429 to everything and does not say when to come again."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="limits the rate"),
    "later": Ending(1, "nonconformant"),
}


def answer(call):
    call.handler.reply(429, {"error": {"code": "429", "message": "too many requests"}})
