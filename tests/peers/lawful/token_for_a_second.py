"""Gives out tokens that expire after a second, and refuses them from then on."""

import time

from tests.peers.peer_bench import Ending

ENDINGS = {"smoke": Ending(0, "partial"), "scenarios": Ending(0, "partial")}
OPTIONS = {
    "smoke": ["--profile", "smoke"],
    "scenarios": ["--profile", "core", "--allow-writes", "--allow-deployments", "--only", "scenario/*"],
}
BORN = {}


def token(call):
    call.forward(expires_in=1)
    BORN[call.tokens[-1]] = time.monotonic()


def answer(call):
    born = BORN.get(call.handler.headers.get("Authorization", "").partition(" ")[2])
    if born is not None and time.monotonic() - born > 1:
        call.handler.reply(401, b"Jwt is expired", "text/plain")
    else:
        call.forward()
