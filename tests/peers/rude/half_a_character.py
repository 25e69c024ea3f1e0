"""Answers with ids of half a surrogate pair and of control characters, which JSON can say and no file can hold."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(1, "nonconformant"),
    "later": Ending(1, "nonconformant"),
    "writes": Ending(1, "nonconformant"),
}

BODY = rb'{"count": 2, "resources": [{"id": "\ud800", "status": "\ud800"}, {"id": "\u0000\u001b[2J"}], "id": "\udfff"}'


def answer(call):
    call.handler.reply(201 if call.handler.command == "POST" else 200, BODY)
