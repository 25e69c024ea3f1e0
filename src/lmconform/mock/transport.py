"""The transport below a connection of the mock: what belongs together leaves in one packet."""

from __future__ import annotations

import asyncio
from typing import Any, Final

# Seconds until a connection is closed whose client does not read what was sent, or keeps sending.
CLOSE_TIMEOUT: Final = 1.0


class CoalescingTransport(asyncio.Transport):
    """A transport that sends everything written in one step of the event loop with one system call.

    This saves a system call, and a wake-up of the client, for each response: a third of its time.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._buffer: list[bytes] = []
        self.is_finished = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send the data at the end of this step of the event loop."""
        if self.is_finished:
            return
        if not self._buffer:
            self._loop.call_soon(self.flush)
        self._buffer.append(bytes(data))

    def close(self) -> None:
        """Send what was written, and close."""
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
            self._loop.call_later(CLOSE_TIMEOUT, self._transport.close)
        else:
            self._transport.close()

    def abort(self) -> None:
        """Close at once, without what was written."""
        self._buffer.clear()
        self._transport.abort()

    def can_write_eof(self) -> bool:
        """Whether one side can be closed alone: TLS cannot."""
        return self._transport.can_write_eof()

    def is_closing(self) -> bool:
        """Whether nothing more can be written."""
        return self.is_finished or self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What the transport below says."""
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Take no more data from the client."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Take data from the client again."""
        self._transport.resume_reading()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Let another protocol take the data."""
        self._transport.set_protocol(protocol)

    def flush(self) -> None:
        """Send the buffer now."""
        buffer, self._buffer = self._buffer, []
        if buffer and not self._transport.is_closing():
            self._transport.write(b"".join(buffer))
