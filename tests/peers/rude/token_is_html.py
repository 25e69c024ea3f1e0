"""Has a token endpoint that answers with a page for people."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="token endpoint"),
    "later": Ending(11, "incomplete", "token endpoint"),
}


def token(call):
    call.handler.reply(200, b"<html><body>Log in</body></html>", "text/html")
