"""Serves a mock on its ports until it is stopped."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
from functools import partial
from typing import Any, cast

import uvicorn

from lmconform.mock.assembly import Mock
from lmconform.mock.store import Store

# Timeouts of the TLS handshake, and of the TLS shutdown when the mock ends, in seconds.
_HANDSHAKE_TIMEOUT, _SHUTDOWN_TIMEOUT = 20.0, 1.0
# Seconds that one round of due events may take, and seconds between two rounds.
_ROUND, _PAUSE = 0.004, 0.02
# Thresholds of the garbage collector: allocations, and collections of the younger generations.
_GC_THRESHOLDS = (20_000, 20, 100)


def serve(mock: Mock) -> None:
    """Answer requests until SIGTERM or SIGINT, or until the parent process has ended."""
    config = uvicorn.Config(
        mock.app,
        http=cast(Any, mock.protocol),
        ws="none",
        access_log=False,
        log_level="error",
        lifespan="off",
        server_header=False,
        proxy_headers=False,
    )
    server = _Server(config, mock)
    # What is loaded stays in use, and the store has no cycles: a full collection every few thousand requests
    # would delay a response by 50 ms and free nothing.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
    try:
        # The event loop that uvicorn selects: uvloop where it is installed.
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(_serve(server, mock))
    finally:
        if mock.state is not None:
            mock.state.close()


class _Server(uvicorn.Server):
    """A server of both ports: uvicorn supports TLS for all ports or for none."""

    def __init__(self, config: uvicorn.Config, mock: Mock) -> None:
        super().__init__(config)
        self._mock = mock
        self._tls_server: asyncio.Server | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen on both ports."""
        await super().startup(sockets=[self._mock.plain.listener])
        if self._mock.tls is not None:
            self._tls_server = await asyncio.get_running_loop().create_server(
                partial(
                    cast(Any, self.config.http_protocol_class), self.config, self.server_state, self.lifespan.state
                ),
                sock=self._mock.tls.listener,
                ssl=self._mock.tls.certificates.context(),
                ssl_handshake_timeout=_HANDSHAKE_TIMEOUT,
                ssl_shutdown_timeout=_SHUTDOWN_TIMEOUT,
            )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close both ports, without waiting for connections that have not begun the TLS handshake."""
        if self._tls_server is not None:
            self._tls_server.close()
        await super().shutdown(sockets)


async def _serve(server: uvicorn.Server, mock: Mock) -> None:
    tasks = [asyncio.create_task(_run_due_events(mock.store))]
    if mock.parent:
        tasks.append(asyncio.create_task(_watch_parent(server, mock.parent)))
    await server.serve(sockets=[mock.plain.listener, *([mock.tls.listener] if mock.tls else [])])
    for task in tasks:
        task.cancel()


async def _run_due_events(store: Store) -> None:
    """Run due events in short rounds, so that a request after a long idle time need not wait for all of them."""
    while True:
        store.run_due_events(_ROUND)
        await asyncio.sleep(_PAUSE)


async def _watch_parent(server: uvicorn.Server, parent: int) -> None:
    """Stop the server when the parent process has ended: an embedded mock must not outlive its run."""
    while os.getppid() == parent:
        await asyncio.sleep(1)
    server.should_exit = True
