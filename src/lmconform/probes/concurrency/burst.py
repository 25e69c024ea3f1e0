"""Sends a few requests at the same moment, each from a separate thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from lmconform.evidence.exchange import Exchange

MOST: Final = 8
# Until every thread is there; each has nothing to do before.
_SECONDS: Final = 20.0
Send = Callable[[], Exchange]


def burst(requests: Sequence[Send]) -> list[Exchange]:
    """Send all of them at once, at most ``MOST``; returns the exchanges in the same order.

    When one gets no answer, its exception is raised after all have ended.
    """
    if len(requests) > MOST:
        raise ValueError(f"{len(requests)} requests at once; a burst has at most {MOST}")
    together = threading.Barrier(len(requests))

    def send(request: Send) -> Exchange:
        together.wait(_SECONDS)
        return request()

    with ThreadPoolExecutor(len(requests)) as pool:
        sent = [pool.submit(send, request) for request in requests]
    return [future.result() for future in sent]
