"""Answers 429 to everything and does not say when to come again."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="limits the rate"),
    # What its answers to OPTIONS, which it does not limit, let others wait for.
    "later": Ending(1, "nonconformant", seconds=120),
}


def answer(call):
    call.handler.reply(429, {"error": {"code": "429", "message": "too many requests"}})
