"""Has a token endpoint where nobody listens."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="connection refused"),
}
PLACE = "token down"
