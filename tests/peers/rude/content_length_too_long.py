"""Announces more than it sends, and keeps the connection open."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="does not answer"),
    "later": Ending(11, "incomplete", "no longer answers"),
}


def answer(call):
    status, _, body = call.ask()
    call.head("Content-Type: application/json", f"Content-Length: {len(body) + 100}", status=f"{status} Long")
    call.write(body)
    call.sleep(60)
