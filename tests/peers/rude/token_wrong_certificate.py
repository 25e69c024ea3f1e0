"""Has a token endpoint whose certificate nobody vouches for."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="the certificate is not trusted"),
}
PLACE = "token behind TLS"
