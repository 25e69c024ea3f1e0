"""Defects of changes that also change others of the same configuration."""

from __future__ import annotations

from collections.abc import Iterator

from lmconform.mock import enactments, lifecycle
from lmconform.mock.call import Call, Reply
from lmconform.mock.records import Enactment
from lmconform.mutants.bench import Bench


def stops_all(bench: Bench, operation: str, shelf: str) -> None:
    """A stop stops all of the configuration."""

    @bench.after(operation)
    def others(call: Call, reply: Reply) -> None:
        for other in _siblings(call, shelf):
            if enactments.moment(call, other).status in lifecycle.STOPPABLE and "targetStatus" in call.body:
                other.stopped = call.group.now()


def deletes_all(bench: Bench, operation: str, shelf: str) -> None:
    """A deletion deletes all of the configuration that have ended."""

    @bench.after(operation)
    def others(call: Call, reply: Reply) -> None:
        for other in _siblings(call, shelf):
            if enactments.moment(call, other).status in lifecycle.TERMINAL and other.deleted is None:
                call.group.delete(other)


def _siblings(call: Call, shelf: str) -> Iterator[Enactment]:
    """The others with the configuration of the one that the path names."""
    known: dict[str, Enactment] = getattr(call.group, shelf)
    own = known.get(next(iter(call.path.values())))
    if own is not None:
        ours = own.configuration["id"]
        yield from [other for other in known.values() if other is not own and other.configuration["id"] == ours]
