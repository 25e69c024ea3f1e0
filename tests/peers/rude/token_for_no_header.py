"""Has a token endpoint whose token has a line break in it."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="token endpoint"),
}


def token(call):
    call.handler.reply(200, {"access_token": "a-token\r\nX-Other: 1", "expires_in": 3600})
