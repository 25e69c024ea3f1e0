"""Gives everything that it creates or lists an id of 200 kB, and repeats the ids that it does not know in full."""

import json

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(1, "nonconformant", seconds=240.0),
}
LONG = "x" * 200_000


def longer(value):
    if isinstance(value, dict):
        return {name: LONG if name.lower().endswith("id") else longer(part) for name, part in value.items()}
    return [longer(entry) for entry in value] if isinstance(value, list) else value


def answer(call):
    status, headers, body = call.ask()
    media = headers.get("content-type", "application/json")
    if "json" in media:
        body = json.dumps(longer(json.loads(body))).encode() if status < 400 else b'{"error": "' + LONG.encode() + b'"}'
    call.handler.reply(status, body, media)
