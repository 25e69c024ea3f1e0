"""Answers with just below 8 MiB of JSON, in turn of the kinds that take the most memory and time when they are read."""

import functools

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="too large to judge"),
}
SIZE = (8 << 20) - 100


def filled(entry):
    """A list of so many of these entries."""
    return b'{"count": 1, "resources": [' + (entry + b",") * (SIZE // (len(entry) + 1) - 1) + entry + b"]}"


KINDS = (
    lambda: filled(b"{}"),
    lambda: filled(b'{"":0}'),
    lambda: filled(b"[[[[[[[[[[[[]]]]]]]]]]]]"),
    lambda: filled(b'"ab"'),
    lambda: filled(
        '{"id": "\U0001f600", "status": "RUNNING", "createdAt": "2024-05-06T07:08:09Z"}'.encode() + b" " * 40
    ),
    lambda: b'{"count": 1, "resources": [{"id": "' + b"x" * SIZE + b'"}]}',
    lambda: b'{"count": 1, "resources": [{"id": "' + b"\\ud800" * (SIZE // 6) + b'"}]}',
    lambda: b"9" * SIZE,
    lambda: b'"' + b"x" * SIZE + b'"',
)


@functools.cache
def body(number):
    """The body of a kind: making one takes as long as reading it."""
    return KINDS[number]()


def answer(call):
    call.handler.reply(200, body(call.number % len(KINDS)))
