"""Answers 500 with the token that it was sent, in headers, and in a text at places where texts are cut."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(1, "nonconformant"),
    "later": Ending(1, "nonconformant"),
}


def answer(call):
    token = call.handler.headers.get("Authorization", "")
    message = "x" * (call.number % 100 + 100) + f" {token} {token}"
    call.handler.reply(500, {"error": {"message": message, "code": "1"}}, X_Echo=token, Set_Cookie=f"t={token}")
