"""Answers with JSON that is a hundred thousand lists deep, or deep enough to break a walk through it."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="is no AI API"),
    "later": Ending(1, "nonconformant"),
}


def answer(call):
    deep = 100_000 if len(call.path) % 2 else 700
    call.handler.reply(200, b'{"count": 1, "resources": ' + b"[" * deep + b"]" * deep + b"}")
