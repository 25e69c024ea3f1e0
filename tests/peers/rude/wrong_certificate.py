"""Shows a certificate that nobody vouches for, and that is for another host."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="the certificate is not trusted"),
}
PLACE = "api behind TLS"
