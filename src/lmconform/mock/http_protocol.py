"""HTTP connections of the mock: responses in one packet, client certificates, and handles for fault injection."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from contextlib import suppress
from typing import Any, cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.auto import AutoHTTPProtocol

# Seconds until a connection is closed whose client does not read what was sent, or keeps sending.
_CLOSE_TIMEOUT = 1.0


class _CoalescingTransport(asyncio.Transport):
    """A transport that sends everything written in one step of the event loop with one system call.

    This saves a system call, and a wake-up of the client, for each response: a third of its time.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._buffer: list[bytes] = []
        self.is_finished = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self.is_finished:
            return
        if not self._buffer:
            self._loop.call_soon(self.flush)
        self._buffer.append(bytes(data))

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def finish(self, data: bytes) -> None:
        """Send ``data`` as the last bytes, and close when the client has closed, or after a timeout.

        Closing at once while received bytes are unread would reset the connection (RST), and the client would
        lose what was sent.
        """
        self.is_finished = True
        self.flush()
        if self._transport.is_closing():
            return
        self._transport.write(data)
        if self._transport.can_write_eof():
            self._transport.write_eof()
            self._loop.call_later(_CLOSE_TIMEOUT, self._transport.close)
        else:
            self._transport.close()

    def abort(self) -> None:
        self._buffer.clear()
        self._transport.abort()

    def is_closing(self) -> bool:
        return self.is_finished or self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._transport.set_protocol(protocol)

    def flush(self) -> None:
        """Send the buffer now."""
        buffer, self._buffer = self._buffer, []
        if buffer and not self._transport.is_closing():
            self._transport.write(b"".join(buffer))


class Protocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """The HTTP protocol of uvicorn on a coalescing transport, with the client certificate in the scope."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wrap the transport and read the client certificate."""
        tls = transport.get_extra_info("ssl_object")
        certificate = tls.getpeercert(binary_form=True) if tls is not None else None
        if certificate is not None:
            self.app: ASGIApp = _WithClientCertificate(self.app, ssl.DER_cert_to_PEM_cert(certificate))
        self._coalescing = _CoalescingTransport(cast(asyncio.Transport, transport))
        super().connection_made(self._coalescing)

    def data_received(self, data: bytes) -> None:
        """Parse the data, unless the last response was sent."""
        if not self._coalescing.is_finished:
            super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        """Answer a request that is not valid HTTP; the client may still be sending it."""
        head = f"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {len(msg)}\r\n"
        self._coalescing.finish(f"{head}connection: close\r\n\r\n{msg}".encode())

    def on_response_complete(self) -> None:
        """Send the response now: nothing more belongs to it."""
        self._coalescing.flush()
        super().on_response_complete()


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
            await asyncio.wait_for(self._lost.wait(), _CLOSE_TIMEOUT)
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

    def shutdown(self) -> None:
        """Wake the waiters of the connection: the server shuts down."""
        super().shutdown()
        self._connection.mark_ending()
