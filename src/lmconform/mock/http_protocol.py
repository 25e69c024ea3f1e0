"""Connections as the mock needs them: answers leave in one packet, and the client's certificate is known."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from contextlib import suppress
from typing import Any, cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.auto import AutoHTTPProtocol

# What a client has that does not read what was written to it, or goes on writing, in seconds.
_PARTING = 1.0


class _Joining(asyncio.Transport):
    """A transport that writes what was given to it in one step of the loop at once.

    It saves a system call and the client a wake-up for each answer, a third of what an answer costs.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._waiting: list[bytes] = []
        self.is_parting = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self.is_parting:
            return
        if not self._waiting:
            self._loop.call_soon(self.flush)
        self._waiting.append(bytes(data))

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def part(self, data: bytes) -> None:
        """Say this and no more, and close when the client has said all, or a little later.

        Whoever closes while something is unread takes back with it (RST) what the client has not read yet.
        """
        self.is_parting = True
        self.flush()
        if self._transport.is_closing():
            return
        self._transport.write(data)
        if self._transport.can_write_eof():
            self._transport.write_eof()
            self._loop.call_later(_PARTING, self._transport.close)
        else:
            self._transport.close()

    def abort(self) -> None:
        self._waiting.clear()
        self._transport.abort()

    def is_closing(self) -> bool:
        return self.is_parting or self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._transport.set_protocol(protocol)

    def flush(self) -> None:
        """Write now what waits."""
        waiting, self._waiting = self._waiting, []
        if waiting and not self._transport.is_closing():
            self._transport.write(b"".join(waiting))


class Protocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """The HTTP of uvicorn, which writes head and body one after the other, on such a transport."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to speak."""
        secured = transport.get_extra_info("ssl_object")
        shown = secured.getpeercert(binary_form=True) if secured is not None else None
        if shown is not None:
            self.app: ASGIApp = _Known(self.app, ssl.DER_cert_to_PEM_cert(shown))
        self._joining = _Joining(cast(asyncio.Transport, transport))
        super().connection_made(self._joining)

    def data_received(self, data: bytes) -> None:
        """Read, unless nothing more is to be understood."""
        if not self._joining.is_parting:
            super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; the rest of it may still be on its way."""
        head = f"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {len(msg)}\r\n"
        self._joining.part(f"{head}connection: close\r\n\r\n{msg}".encode())

    def on_response_complete(self) -> None:
        """Nothing is to come that could leave together with what is there."""
        self._joining.flush()
        super().on_response_complete()


class _Known:
    """An application that is told the certificate of its client, where ASGI's TLS extension has it."""

    def __init__(self, app: ASGIApp, certificate: str) -> None:
        self._app = app
        self._extension = {"client_cert_chain": (certificate,)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})["tls"] = self._extension
        await self._app(scope, receive, send)


# Where the app finds the line in the state of a request.
LINE = "line"


class Line:
    """One connection, for who wants to break it."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._over = asyncio.Event()
        self._gone = asyncio.Event()

    @property
    def is_over(self) -> bool:
        """Whether the connection is gone, or is to go because the server ends."""
        return self._over.is_set()

    @property
    def is_gone(self) -> bool:
        """Whether there is no connection any more."""
        return self._gone.is_set()

    async def wait(self, seconds: float) -> None:
        """Wait so long, but not longer than anybody is there to wait for."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)

    def write(self, data: bytes) -> None:
        """Send bytes that no HTTP library would send."""
        self._transport.write(data)

    async def close(self) -> None:
        """Send what was written, and close."""
        self._transport.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._gone.wait(), _PARTING)
        await self._abort()

    async def reset(self) -> None:
        """Close with an RST instead of a FIN, and nothing before it."""
        sock = self._transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await self._abort()

    async def _abort(self) -> None:
        # Until the protocol knows it, it would want an answer.
        if not self.is_gone:
            self._transport.abort()
            await self._gone.wait()

    def end(self) -> None:
        """Let nobody wait any longer."""
        self._over.set()

    def lose(self) -> None:
        """Note that the connection is gone."""
        self._gone.set()
        self._over.set()


class OpenProtocol(Protocol):
    """Such a protocol whose requests can reach the connection that they came by."""

    app_state: dict[str, Any]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to speak."""
        super().connection_made(transport)
        self._line = Line(self.transport)
        self.app_state = {**self.app_state, LINE: self._line}

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop."""
        super().connection_lost(exc)
        self._line.lose()

    def shutdown(self) -> None:
        """End soon."""
        super().shutdown()
        self._line.end()
