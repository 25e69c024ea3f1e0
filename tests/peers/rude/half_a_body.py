"""Announces a whole body, sends the first half, and closes."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="does not answer"),
    "later": Ending(11, "incomplete", "no longer answers"),
}


def answer(call):
    status, _, body = call.ask()
    call.head("Content-Type: application/json", f"Content-Length: {len(body)}", status=f"{status} Cut")
    call.write(body[: len(body) // 2])
    call.hang_up()
