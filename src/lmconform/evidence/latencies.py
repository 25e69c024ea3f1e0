"""How long the answers of a run took, operation by operation."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Final

from lmconform.evidence.exchange import Exchange

# Of one operation: what several processes hand over stays small.
_MOST: Final = 200


class Latencies:
    """Seconds of every 2xx answer, by operation id. Safe to use from several threads.

    What is refused takes another way through a server than what is carried out, and how much of a run is refused
    depends on its seed: it is left out.
    """

    def __init__(self) -> None:
        self._seconds: dict[str, array[float]] = {}
        self._counts: dict[str, int] = {}
        self._lock = Lock()

    def add(self, exchange: Exchange) -> None:
        """Count one answer."""
        if exchange.operation and exchange.ok:
            with self._lock:
                self._add(exchange.operation, 1, (exchange.elapsed,))

    def add_all(self, others: Mapping[str, Mapping[str, object]]) -> None:
        """Count what another process handed over with ``as_json``."""
        with self._lock:
            for operation, found in others.items():
                count, seconds = found["count"], found["seconds"]
                assert isinstance(count, int)
                assert isinstance(seconds, Sequence)
                self._add(operation, count, seconds)

    def as_json(self) -> dict[str, dict[str, object]]:
        """By operation the ``count`` of answers, and ``seconds`` of at most 200 of them, sorted.

        Where there were more, the seconds are taken at even distances of the sorted ones, so that they have the same
        quantiles.
        """
        with self._lock:
            return {
                operation: {"count": self._counts[operation], "seconds": _spread(sorted(seconds))}
                for operation, seconds in sorted(self._seconds.items())
            }

    def _add(self, operation: str, count: int, seconds: Sequence[float]) -> None:
        self._counts[operation] = self._counts.get(operation, 0) + count
        self._seconds.setdefault(operation, array("d")).extend(seconds)


def _spread(ordered: Sequence[float]) -> list[float]:
    step = max(len(ordered) / _MOST, 1.0)
    return [round(ordered[int(number * step + step / 2)], 5) for number in range(min(len(ordered), _MOST))]
