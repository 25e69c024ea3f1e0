"""Serves a mock in a thread of this process, which starts and stops in a few milliseconds."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from email.utils import formatdate
from functools import partial
from typing import Any, TypeVar, cast

import uvicorn
from uvicorn.server import ServerState

from lmconform.mock.assembly import Mock

_Value = TypeVar("_Value")
# The header Date is that of the last second.
_SECOND = 1.0


class Background:
    """A mock that answers in a thread. ``call`` runs a function there: the store knows one thread."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock
        # Without uvicorn's own configuration of logging, which would be that of the whole process.
        self._config = uvicorn.Config(
            mock.app, http=cast(Any, mock.protocol), ws="none", access_log=False, log_config=None, lifespan="off"
        )
        self._config.server_header = False
        self._state = ServerState()
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="lmconform mock", daemon=True)
        self._thread.start()
        # Raises what went wrong, and waits until it answers.
        self.call(lambda: None)

    def call(self, function: Callable[[], _Value]) -> _Value:
        """What the function returns, run in the thread of the mock between two steps of requests; raises as it does."""
        future: Future[_Value] = Future()

        def run() -> None:
            try:
                future.set_result(function())
            except BaseException as error:
                future.set_exception(error)

        self._loop.call_soon_threadsafe(run)
        return future.result()

    def stop(self) -> None:
        """Close the port and all connections, also those that are in use."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
        if self._mock.state is not None:
            self._mock.state.close()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._config.load()
        self._tick()
        make = partial(cast(Any, self._config.http_protocol_class), self._config, self._state, {})
        server = await self._loop.create_server(make, sock=self._mock.plain.listener)
        await self._stopping.wait()
        server.close()
        for connection in list(self._state.connections):
            connection.shutdown()
            with suppress(AttributeError):
                connection.transport.abort()
        # Their tasks hear of it.
        await asyncio.sleep(0)

    def _tick(self) -> None:
        self._state.default_headers = [(b"date", formatdate(usegmt=True).encode()), *self._config.encoded_headers]
        self._loop.call_later(_SECOND, self._tick)
