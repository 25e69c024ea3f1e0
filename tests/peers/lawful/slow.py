"""Takes a second and a half for every answer, and is right each time."""

from tests.peers.peer_bench import Ending

ENDINGS = {"smoke": Ending(0, "partial", seconds=120), "training": Ending(0, "partial", seconds=120)}
OPTIONS = {
    "smoke": ["--profile", "smoke", "--workers", "6"],
    "training": ["--profile", "core", "--allow-writes", "--only", "scenario/training/*", "--poll-interval", "1"],
}


def answer(call):
    call.sleep(1.5)
    call.forward()
