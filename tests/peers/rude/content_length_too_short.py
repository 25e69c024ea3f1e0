"""Announces two bytes and sends the whole body, whose rest runs into the next answer."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="is no AI API"),
    "later": Ending(1, "nonconformant"),
}


def answer(call):
    status, _, body = call.ask()
    call.head("Content-Type: application/json", "Content-Length: 2", status=f"{status} Short")
    call.write(body)
