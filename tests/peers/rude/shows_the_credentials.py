"""Answers 500 with everything that it was sent, among it the token, at places where texts are cut."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(1, "nonconformant"),
    "later": Ending(1, "nonconformant"),
}


def answer(call):
    token = call.handler.headers.get("Authorization", "")
    for_people = "x" * (len(call.path) % 100 + 120) + " " + token
    call.handler.reply(500, {"error": {"code": token, "message": for_people}}, X_Echo=token, Set_Cookie=f"t={token}")
