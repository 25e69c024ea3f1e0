"""Answers every request with a line that is no HTTP."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="does not answer"),
    "later": Ending(11, "incomplete", "no longer answers"),
}


def answer(call):
    call.write(b"220 mail.example ESMTP\r\n" * 3)
    call.hang_up()
