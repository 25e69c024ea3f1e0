"""Answers with the right members, and bytes in their texts that are no UTF-8."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(1, "nonconformant"),
    "later": Ending(1, "nonconformant"),
}

BODY = b'{"count": 1, "resources": [{"id": "\xff\xfe\x80", "name": "\xc3\x28"}]}'


def answer(call):
    call.handler.reply(200, BODY, X_Odd="\xff\xfe")
