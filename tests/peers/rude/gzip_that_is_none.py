"""Says that its plain body is gzip."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="does not answer"),
    "later": Ending(11, "incomplete", "not coded as Content-Encoding says"),
}


def answer(call):
    call.handler.reply(200, b'{"count": 0, "resources": []}', Content_Encoding="gzip")
