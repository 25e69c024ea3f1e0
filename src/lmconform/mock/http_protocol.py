"""HTTP connections of the mock: limits, half-closed ones, client certificates, and handles for fault injection."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections import deque
from contextlib import suppress
from typing import Any, Final, cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from lmconform.mock.transport import CLOSE_TIMEOUT, CoalescingTransport

# Most bytes of a URL, and of the headers of one request; most headers.
_MOST_URL: Final = 64 * 1024
_MOST_HEAD: Final = 64 * 1024
_MOST_HEADERS: Final = 256
# A status line, and why.
_Refusal = tuple[str, str]
_TOO_LONG: Final = "414 URI Too Long", f"the URL has more than {_MOST_URL} bytes"
_TOO_LARGE: Final = (
    "431 Request Header Fields Too Large",
    f"more than {_MOST_HEADERS} headers, or more than {_MOST_HEAD} bytes of them",
)
# Bytes that a header takes beside its name and its value.
_AROUND: Final = len(": \r\n")


class Protocol(HttpToolsProtocol):
    """The HTTP protocol of uvicorn on a coalescing transport, with limits, and the client certificate in the scope.

    A request has ``read_timeout`` seconds from its first byte to its last, and so has a new connection until the first
    request; too large a head is refused. What was asked before the client closed its side is answered.
    """

    def __init__(self, *arguments: Any, read_timeout: float, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._read_timeout = read_timeout
        self._read_timer: asyncio.TimerHandle | None = None
        # Whether a request has begun and is not complete, bytes and number of its headers.
        self._is_within = False
        self._size, self._number = 0, 0
        # Bytes in which the parser found the end of nothing.
        self._unfinished = 0
        self._refusal: _Refusal | None = None
        self._has_ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wrap the transport and read the client certificate."""
        tls = transport.get_extra_info("ssl_object")
        certificate = tls.getpeercert(binary_form=True) if tls is not None else None
        if certificate is not None:
            self.app: ASGIApp = _WithClientCertificate(self.app, ssl.DER_cert_to_PEM_cert(certificate))
        self._coalescing = CoalescingTransport(cast(asyncio.Transport, transport))
        super().connection_made(self._coalescing)
        self._start_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop_reading()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse the data, unless the last response was sent."""
        if self._coalescing.is_finished:
            return
        self._unfinished += len(data)
        super().data_received(data)
        if self._unfinished > _MOST_HEAD and not self._coalescing.is_finished:
            self._refusal = _TOO_LARGE
            self.send_400_response("")
        if self._read_timer is None and (self._is_within or not self._is_answering()):
            self._start_reading()

    def eof_received(self) -> bool:  # type: ignore[override] # asyncio reads the answer, uvicorn gives none
        """The client sends nothing more: answer what was asked, and close then."""
        self._has_ended = True
        if self.cycle is not None and self.cycle.more_body:
            # The end of its body will not come.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        # Over TLS, which has no half of a connection, this has no effect.
        is_open = self._is_answering() and self._coalescing.can_write_eof()
        if is_open:
            # Whether the client still reads is not known.
            self._start_reading()
        return is_open

    def on_message_begin(self) -> None:
        """A request begins."""
        self._is_within = True
        # Its time begins now, however long the connection was open.
        self._stop_reading()
        self._size = self._number = self._unfinished = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Take the URL, or a part of it, within its limit."""
        self._unfinished = 0
        super().on_url(url)
        if len(self.url) > _MOST_URL:
            self._refuse(_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header or a trailer within the limits."""
        self._unfinished = 0
        self._number += 1
        self._size += len(name) + len(value) + _AROUND
        if self._number > _MOST_HEADERS or self._size > _MOST_HEAD:
            self._refuse(_TOO_LARGE)
        super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._unfinished = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is complete."""
        self._is_within, self._unfinished = False, 0
        self._stop_reading()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Send the response now: nothing more belongs to it."""
        self._coalescing.flush()
        if self._has_ended:
            self.pipeline = deque(waiting for waiting in self.pipeline if not waiting[0].disconnected)
        super().on_response_complete()
        if self._has_ended and not self._is_answering():
            self._coalescing.close()

    def send_400_response(self, msg: str) -> None:
        """Answer a request that is not valid HTTP, or beyond a limit; the client may still be sending it."""
        line, msg = self._refusal or ("400 Bad Request", msg)
        head = f"HTTP/1.1 {line}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {len(msg)}\r\n"
        self._coalescing.finish(f"{head}connection: close\r\n\r\n{msg}".encode())

    def _refuse(self, refusal: _Refusal) -> None:
        """End the parser, which then asks for the response."""
        self._refusal = refusal
        raise ValueError(refusal[0])

    def _is_answering(self) -> bool:
        """Whether a complete request has no complete response yet."""
        cycle = self.cycle
        return bool(self.pipeline) or (cycle is not None and not cycle.response_complete and not cycle.more_body)

    def _start_reading(self) -> None:
        self._stop_reading()
        self._read_timer = self.loop.call_later(self._read_timeout, self._end_reading)

    def _stop_reading(self) -> None:
        if self._read_timer is not None:
            self._read_timer.cancel()
            self._read_timer = None

    def _end_reading(self) -> None:
        """The request has not come in time, or the client has not closed."""
        self._read_timer = None
        if self._coalescing.is_closing():
            return
        if not self._has_ended and (self.flow.read_paused or self._is_answering()):
            # It waits for us.
            self._start_reading()
        elif self._is_within and not (self.cycle is not None and self.cycle.more_body and self.cycle.response_started):
            self._refusal = "408 Request Timeout", f"the request was not complete within {self._read_timeout:g} s"
            self.send_400_response("")
        else:
            self._coalescing.close()


class _WithClientCertificate:
    """An application whose scope has the client certificate, as in the TLS extension of ASGI."""

    def __init__(self, app: ASGIApp, certificate: str) -> None:
        self._app = app
        self._extension = {"client_cert_chain": (certificate,)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})["tls"] = self._extension
        await self._app(scope, receive, send)


# Key of the connection in the state of a request.
CONNECTION = "connection"


class Connection:
    """A handle for breaking one connection."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._ending = asyncio.Event()
        self._lost = asyncio.Event()

    @property
    def is_ending(self) -> bool:
        """Whether the connection is lost, or is to be closed because the server shuts down."""
        return self._ending.is_set()

    @property
    def is_lost(self) -> bool:
        """Whether the connection is lost."""
        return self._lost.is_set()

    async def wait(self, seconds: float) -> None:
        """Wait for ``seconds``, or until the connection ends."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ending.wait(), seconds)

    def write(self, data: bytes) -> None:
        """Send raw bytes, which need not be valid HTTP."""
        self._transport.write(data)

    async def close(self) -> None:
        """Send what was written, and close."""
        self._transport.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._lost.wait(), CLOSE_TIMEOUT)
        await self._abort()

    async def reset(self) -> None:
        """Close with an RST instead of a FIN, without sending what was written."""
        sock = self._transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await self._abort()

    async def _abort(self) -> None:
        # uvicorn expects a response until its protocol knows that the connection is lost.
        if not self.is_lost:
            self._transport.abort()
            await self._lost.wait()

    def mark_ending(self) -> None:
        """Wake all waiters: the server shuts down."""
        self._ending.set()

    def mark_lost(self) -> None:
        """Wake all waiters: the connection is lost."""
        self._lost.set()
        self._ending.set()


class FaultProtocol(Protocol):
    """A protocol that gives each request a handle of its connection, for fault injection."""

    app_state: dict[str, Any]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Create the handle of the connection."""
        super().connection_made(transport)
        self._connection = Connection(self.transport)
        self.app_state = {**self.app_state, CONNECTION: self._connection}

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake the waiters of the connection."""
        super().connection_lost(exc)
        self._connection.mark_lost()

    def eof_received(self) -> bool:  # type: ignore[override] # as above
        """A client that closes while a fault delays its answer has given up: the connection ends."""
        super().eof_received()
        return False

    def shutdown(self) -> None:
        """Wake the waiters of the connection: the server shuts down."""
        super().shutdown()
        self._connection.mark_ending()
