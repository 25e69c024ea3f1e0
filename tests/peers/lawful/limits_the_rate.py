"""Answers every fifth request with 429 and the advice to come again in a second, and the others rightly."""

from tests.peers.peer_bench import Ending

ENDINGS = {"smoke": Ending(0, "partial"), "scenarios": Ending(0, "partial")}
OPTIONS = {
    "smoke": ["--profile", "smoke"],
    "scenarios": [
        "--profile",
        "core",
        "--allow-writes",
        "--allow-deployments",
        "--only",
        "scenario/*",
        "--poll-interval",
        "1",
    ],
}


def answer(call):
    if call.number % 5:
        call.forward()
    else:
        call.handler.reply(429, b"slow down", "text/plain", Retry_After="1")
