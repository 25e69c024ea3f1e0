"""Has 1,000 more resources on each page of each list, whatever is asked for, and says that there are a billion."""

import json

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(1, "nonconformant", seconds=240.0),
}


def answer(call):
    status, headers, body = call.ask()
    media = headers.get("content-type", "application/json")
    value = json.loads(body) if "json" in media else None
    if call.path.partition("?")[0].endswith("$count"):
        body = b"1000000000"
    elif isinstance(value, dict) and "resources" in value:
        first = next(iter(value["resources"]), {"id": "x", "name": "x" * 200})
        more = [{**first, "id": f"{call.number}-{n}"} for n in range(1000)]
        body = json.dumps({**value, "count": 10**9, "resources": [*value["resources"], *more]}).encode()
    call.handler.reply(status, body, media)
