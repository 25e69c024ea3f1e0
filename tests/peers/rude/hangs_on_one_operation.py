"""Answers everything but GET /v2/lm/artifacts, where it says nothing."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(1, "nonconformant"),
}


def answer(call):
    if call.handler.command == "GET" and call.path.startswith("/v2/lm/artifacts"):
        call.sleep(60)
    call.forward()
