"""Raw connections to a mock, for what no HTTP client sends."""

import socket
from urllib.parse import urlsplit

# The page, which needs no token.
PAGE = b"GET /?a HTTP/1.1\r\nHost: localhost\r\n\r\n"


def connect(url, timeout=10):
    """A socket that is connected to the server at ``url``."""
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=timeout)


def rest(client):
    """All that comes until the server closes."""
    received = b""
    while data := client.recv(65536):
        received += data
    return received


def statuses(received):
    """The statuses of the answers in these bytes, in order."""
    return [int(part[1:4]) for part in received.split(b"HTTP/1.1")[1:]]
