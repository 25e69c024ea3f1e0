"""Distinguishes a target that is out of service from a broken operation, by the answers of a gateway."""

from __future__ import annotations

import threading
from typing import Final

from lmconform.client import backoff
from lmconform.evidence.exchange import Exchange

# So many different operations in a row: of a tenant's services, one may be down, which is a finding.
_OPERATIONS: Final = 5


class Outage:
    """The operations that got 502, 503 or 504 since the last success.

    Refusals in between end no row: a gateway refuses what it need not ask the service behind it for. Safe to use
    from several threads.
    """

    def __init__(self) -> None:
        self._operations: set[str] = set()
        # Whether the last answer was one of these; a request for no operation makes no row.
        self.is_suspected = False
        self._lock = threading.Lock()

    def is_likely(self, exchange: Exchange) -> bool:
        """Note an answer; whether the row is so long now that it must be asked whether anything is in service."""
        if exchange.ok:
            self.end()
        elif exchange.status in backoff.PASSING:
            self.is_suspected = True
            with self._lock:
                self._operations.update([exchange.operation] if exchange.operation else [])
                return bool(exchange.operation) and len(self._operations) >= _OPERATIONS
        return False

    def end(self) -> None:
        """Begin a new row: the target is in service."""
        self.is_suspected = False
        with self._lock:
            self._operations.clear()

    def __str__(self) -> str:
        """For a message: how many operations, and with what they were answered."""
        number = len(self._operations)
        return f"{number} operations in a row answered 502, 503 or 504" if number > 1 else "it answers 502, 503 or 504"
