"""One exchange on the wire, bounded in time and size whatever the other side does."""

from __future__ import annotations

import http.client
import io
import math
import re
import socket
import ssl
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

from lmconform.evidence.exchange import natural

BODY_LIMIT = 8 * 1024 * 1024
# Everything of one answer: status line, headers, chunk sizes, trailers, the body as it travels.
_ANSWER_LIMIT = 2 * BODY_LIMIT
_PIECE = 64 * 1024
# Connections that are kept open: a thread more than that opens one for each request.
_KEPT = 32
# Seconds after which a connection that was not used is opened anew: servers close such ones after 5 s (Node.js,
# uvicorn), 60 s (load balancers) or more, and a write that meets the end of its connection must not be sent again.
_LONGEST_REST = 4.0
# We ask for identity; who compresses all the same is read, in the two codings that zlib knows.
_ZLIB = frozenset({"gzip", "x-gzip", "deflate"})
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS

_TROUBLE = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    zlib.error,
)
# What OpenSSL says when only the time is wrong: here or there.
_NOT_NOW = ("certificate has expired", "certificate is not yet valid")
_ALERT = re.compile(r"\balert ([a-z ]+)")
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")
_WHO = 407
REFUSED = "connection refused"
# What may come before the final answer, but for 101, which ends HTTP on the connection and which we never ask for.
_INTERIM = frozenset(range(100, 200)) - {101}
_FOLDED = "a header line that is folded (RFC 9112, section 5.2)"
_LENGTHS = "more than one Content-Length (RFC 9112, section 6.3)"
_CHUNK = "a chunk of a negative size (RFC 9112, section 7.1)"
_WORDS = (
    ("refused", REFUSED),
    ("resolve", "the host name does not resolve"),
    ("reset", "connection reset"),
    ("RemoteDisconnected", "connection closed"),
    ("Broken pipe", "connection closed"),
    ("more than 100 headers", "too many headers"),
    ("got more than", "a header line without end"),
    ("IncompleteRead", "connection closed in the middle of the body"),
    ("decompressing", "the body is not coded as Content-Encoding says"),
    ("longer than", "an answer without end"),
    (_FOLDED, _FOLDED),
    (_LENGTHS, _LENGTHS),
    (_CHUNK, _CHUNK),
)


class Broken(Exception):
    """No whole answer came. ``reason`` is for people; ``late``: it might have come later."""

    def __init__(self, reason: str, *, late: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.late = late


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was read. ``truncated``: the body is longer than ``BODY_LIMIT``.

    ``certificate_ends``: until when the certificate is good that the server has shown, in seconds since 1970; None
    without TLS.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    truncated: bool
    certificate_ends: float | None = None


def session(
    proxies: Mapping[str, str] | None = None, *, ca_bundle: str = "", context: ssl.SSLContext | None = None
) -> requests.Session:
    """A pool of connections for ``exchange``; ``proxies`` by scheme and host. The environment does not count.

    Several threads may use it, for ``exchange`` uses only its adapter, which is made for that.
    ``ca_bundle`` is a file or folder in place of the usual certificates; ``context`` shows a client's certificate.
    """
    made = requests.Session()
    made.trust_env = False
    made.proxies = dict(proxies or {})
    made.verify = ca_bundle or True
    for scheme in ("http://", "https://"):
        made.mount(scheme, _Adapter(context))
    return made


def exchange(pool: requests.Session, request: requests.PreparedRequest, connect: float, answer: float) -> Answer:
    """Send ``request`` as it is; raises Broken. ``connect`` and ``answer`` are seconds.

    ``answer`` counts from the request to the last byte of the body. Redirects are answers: the
    adapter is asked and not the session, which would read the whole body of a redirect.
    """
    url = str(request.url)
    settings: dict[str, Any] = {**pool.merge_environment_settings(url, {}, True, pool.verify, None)}
    try:
        with pool.get_adapter(url).send(request, timeout=(connect, answer), **settings) as reply:
            ends = getattr(reply.raw.connection, "certificate_ends", None)
            body, truncated = _read(reply)
            return Answer(reply.status_code, tuple(reply.raw.headers.items()), body, truncated, ends)
    except _TROUBLE as error:
        raise _broken(error) from error


def no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from taking credentials out of a .netrc file."""
    return request


class _Reader(io.RawIOBase):
    """The bytes of one answer, until its time or its size is used up.

    A socket's own time limit begins anew with every byte. At first it is the limit of the
    whole answer: ``urllib3`` sets it right before the answer is read.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._file = sock.makefile("rb", buffering=0)
        self._deadline = time.monotonic() + (sock.gettimeout() or 0.0)
        self._left = _ANSWER_LIMIT

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what is there; raises TimeoutError and OSError."""
        seconds = self._deadline - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("timed out")
        if self._left <= 0:
            raise OSError(f"the answer is longer than {_ANSWER_LIMIT} bytes")
        self._socket.settimeout(seconds)
        count = self._file.readinto(buffer)
        self._left -= count or 0
        return count

    def close(self) -> None:
        """Let go of the socket."""
        self._file.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """An answer whose headers are read as RFC 9110 and 9112 ask, where ``http.client`` does not."""

    def __init__(self, sock: socket.socket, *args: Any, **rest: Any) -> None:
        super().__init__(sock, *args, **rest)
        self.fp.close()
        self.fp = io.BufferedReader(_Reader(sock))

    def begin(self) -> None:
        """Read status line and headers; raises HTTPException for what may be read in two ways."""
        super().begin()
        if any("\n" in value for value in self.headers.values()):
            raise http.client.HTTPException(_FOLDED)
        # One value may stand there several times, in one line or in two (RFC 9110, section 8.6).
        lengths = {text.strip() for line in self.headers.get_all("Content-Length", ()) for text in line.split(",")}
        if len(lengths) > 1:
            raise http.client.HTTPException(_LENGTHS)
        if self.length is None and not self.chunked:
            self.length = next((natural(text) for text in lengths), None)

    def _read_status(self) -> tuple[int, int, str]:
        """The status line of the final answer; any number of 1xx may come before it (RFC 9110, section 15.2)."""
        while True:
            # typeshed does not know the method; http.client has had it since 2.4.
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if status not in _INTERIM:
                return version, status, reason
            http.client.parse_headers(self.fp)


class _Http(urllib3.connection.HTTPConnection):
    response_class = _Response


class _Https(urllib3.connection.HTTPSConnection):
    response_class = _Response
    certificate_ends: float | None = None

    def connect(self) -> None:
        """Connect, and note the last day of the server's certificate: later the socket may be gone."""
        super().connect()
        # Of a proxy's TLS inside TLS nothing is known.
        shown = self.sock.getpeercert() if isinstance(self.sock, ssl.SSLSocket) else None
        ends = (shown or {}).get("notAfter")
        self.certificate_ends = float(ssl.cert_time_to_seconds(str(ends))) if ends else None


class _Fresh(urllib3.HTTPConnectionPool):
    """A pool that gives out no connection that the server may be about to close."""

    def _get_conn(self, timeout: float | None = None) -> Any:
        connection: Any = super()._get_conn(timeout)
        if time.monotonic() - getattr(connection, "rests_since", math.inf) > _LONGEST_REST:
            # A closed one connects again by itself.
            connection.close()
        return connection

    def _put_conn(self, conn: Any) -> None:
        if conn is not None:
            conn.rests_since = time.monotonic()
        super()._put_conn(conn)


class _HttpPool(_Fresh):
    ConnectionCls = _Http


class _HttpsPool(_Fresh, urllib3.HTTPSConnectionPool):
    ConnectionCls = _Https


_POOLS = {"http": _HttpPool, "https": _HttpsPool}


class _Adapter(HTTPAdapter):
    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._tls: dict[str, Any] = {} if context is None else {"ssl_context": context}
        super().__init__(pool_maxsize=_KEPT)

    def init_poolmanager(self, *args: Any, **rest: Any) -> None:
        super().init_poolmanager(*args, **{**rest, **self._tls})
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **rest: Any) -> Any:
        manager = super().proxy_manager_for(*args, **{**rest, **self._tls})
        manager.pool_classes_by_scheme = _POOLS
        return manager


def _read(reply: requests.Response) -> tuple[bytes, bool]:
    """The body, decoded, and whether it was cut at ``BODY_LIMIT``."""
    body = bytearray()
    try:
        for piece in _pieces(reply):
            body += piece
            if len(body) > BODY_LIMIT:
                return bytes(body[:BODY_LIMIT]), True
    except ValueError as error:
        # urllib3 takes the sign of a size, and http.client reads no number of bytes below zero.
        raise http.client.HTTPException(_CHUNK) from error
    return bytes(body), False


def _pieces(reply: requests.Response) -> Iterator[bytes]:
    """The body in pieces of bounded size, however well it was compressed."""
    stream = reply.raw.stream(_PIECE, decode_content=False)
    if str(reply.headers.get("Content-Encoding", "")).strip().lower() not in _ZLIB:
        yield from stream
        return
    decoder = zlib.decompressobj(_GZIP_OR_ZLIB)
    for piece in stream:
        rest = piece
        while rest and not decoder.eof:
            yield decoder.decompress(rest, _PIECE)
            rest = decoder.unconsumed_tail
    yield decoder.flush(_PIECE)


def _handshake(text: str) -> str:
    """Why there was no TLS connection, by the words of OpenSSL."""
    if any(words in text for words in _NOT_NOW):
        now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
        return f"the certificate is not good on {now}, which is the time of this machine; is it right?"
    return "the certificate is not trusted, see --ca-bundle" if "CERTIFICATE" in text else "no handshake"


def _broken(error: Exception) -> Broken:
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
        return Broken("no answer in time", late=True)
    if tunnel := _TUNNEL.search(str(error)):
        hint = "; check user and password in its URL" if int(tunnel[1]) == _WHO else ""
        return Broken(f"the proxy answered {tunnel[1]}{hint}")
    # Who refuses our certificate, or misses one, says so in an alert, with TLS 1.3 after the handshake.
    if alert := _ALERT.search(str(error)):
        return Broken(f"TLS failed, the server ended it with {alert[1].strip()!r}")
    if isinstance(error, requests.exceptions.SSLError | urllib3.exceptions.SSLError):
        return Broken(f"TLS failed, {_handshake(str(error))}")
    text = f"{type(error).__name__}: {error}"
    return Broken(next((label for word, label in _WORDS if word in text), f"transport error ({type(error).__name__})"))
