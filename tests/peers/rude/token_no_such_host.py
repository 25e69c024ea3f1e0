"""Has a token endpoint whose name no DNS knows."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="does not resolve"),
}
PLACE = "token nowhere"
