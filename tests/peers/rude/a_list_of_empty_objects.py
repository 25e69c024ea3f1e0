"""Answers with 300 kB of a list whose 100,000 resources are empty objects: half a million errors of its schema."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(1, "nonconformant", seconds=240.0),
}
BODY = b'{"count": 100000, "resources": [' + b",".join([b"{}"] * 100_000) + b"]}"


def answer(call):
    call.handler.reply(200, BODY)
