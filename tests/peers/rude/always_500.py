"""Answers 500 to everything."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(1, "nonconformant"),
    "later": Ending(1, "nonconformant"),
    "writes": Ending(1, "nonconformant"),
}


def answer(call):
    call.handler.reply(500, {"error": {"code": "1", "message": "no"}})
