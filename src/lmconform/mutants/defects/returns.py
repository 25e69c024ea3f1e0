"""Defects of deletions: what was gone comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lmconform.mock.call import Call, Handler, Reply
from lmconform.mutants.bench import Bench

# Seconds for which it is gone.
AWAY = 0.3


def keeps_deleted(bench: Bench, delete: str, parameter: str, shelf: str) -> dict[str, tuple[float, Any]]:
    """What was deleted, by id, with the time of its deletion by the clock of the group; a mutant brings it back."""
    kept: dict[str, tuple[float, Any]] = {}

    @bench.instead(delete)
    def keep(call: Call, handler: Handler) -> Reply:
        own = call.path[parameter]
        record = getattr(call.group, shelf).get(own)
        reply = handler(call)
        kept[own] = (call.group.now(), record)
        return reply

    return kept


def brings_back(
    bench: Bench,
    delete: str,
    parameter: str,
    shelf: str,
    *operations: str,
    when: Callable[[Call, float], bool] = lambda call, deleted: call.group.now() - deleted > AWAY,
) -> None:
    """What was deleted is on its shelf again, as it was, when one of the operations is asked for.

    ``when`` gets the time of the deletion.
    """
    kept = keeps_deleted(bench, delete, parameter, shelf)

    @bench.before(*operations)
    def again(call: Call) -> None:
        place = getattr(call.group, shelf)
        for own, (deleted, record) in list(kept.items()):
            if own not in place and when(call, deleted):
                if hasattr(record, "deleted"):
                    record.deleted = None
                place[own] = record
