"""Defects by which one resource group shows what belongs to another."""

from __future__ import annotations

from lmconform.mock.call import Call, Handler, Reply
from lmconform.mutants.bench import Bench


def reads_everywhere(bench: Bench, shelf: str, parameter: str, *operations: str, beside: str = "") -> None:
    """An id is found in every resource group, if the query has ``beside``.

    ``shelf`` is the attribute of Group that holds the resources.
    """

    @bench.instead(*operations)
    def anywhere(call: Call, handler: Handler) -> Reply:
        wanted = call.path[parameter]
        for group in bench.groups.values():
            if wanted in getattr(group, shelf) and (not beside or beside in call.query):
                call.group = group
        return handler(call)


def lists_everything(bench: Bench, shelf: str, *operations: str, beside: str = "") -> None:
    """What belongs to the first resource group is listed in the others as well, if the query has ``beside``."""

    @bench.instead(*operations)
    def everything(call: Call, handler: Handler) -> Reply:
        own = getattr(call.group, shelf)
        if call.group.name == "other" and (not beside or beside in call.query):
            setattr(call.group, shelf, {**getattr(bench.groups["tutorial"], shelf), **own})
        try:
            return handler(call)
        finally:
            setattr(call.group, shelf, own)
