"""Sends 1 MB of headers in twenty lines, none of which is too long by itself."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(1, "nonconformant"),
    "later": Ending(1, "nonconformant"),
}


def answer(call):
    status, _, body = call.ask()
    long = [f"X-Long-{n}: " + "x" * 50_000 for n in range(20)]
    call.head("Content-Type: text/html", *long, f"Content-Length: {len(body)}", status=f"{status} Big")
    call.write(body)
