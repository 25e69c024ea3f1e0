"""What a mutant changes: the request that an operation gets, its answer, or a part of the mock."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from lmconform.contract.pointer import resolve
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.store import Group

Before = Callable[[Call], None]
After = Callable[[Call, Reply], None]
Instead = Callable[[Call, Handler], Reply]


class Bench:
    """The parts of one mock before it serves.

    ``document`` is the OpenAPI description that the mock validates requests with, ``handlers`` the function of each
    operationId, ``groups`` the resource groups by name. All are copies for this mock, to be changed in place.
    """

    def __init__(self, document: dict[str, Any], handlers: dict[str, Handler], groups: dict[str, Group]) -> None:
        self.document = document
        self.handlers = handlers
        self.groups = groups

    def before(self, *operations: str) -> Callable[[Before], Before]:
        """Decorates a function that may change the call before the operation sees it."""

        def add(change: Before) -> Before:
            def changed(call: Call, handler: Handler) -> Reply:
                change(call)
                return handler(call)

            self.instead(*operations)(changed)
            return change

        return add

    def after(self, *operations: str) -> Callable[[After], After]:
        """Decorates a function that may change the reply in place; its JSON is a copy."""

        def add(change: After) -> After:
            def changed(call: Call, handler: Handler) -> Reply:
                reply = handler(call)
                reply.json = copy.deepcopy(reply.json)
                change(call, reply)
                return reply

            self.instead(*operations)(changed)
            return change

        return add

    def instead(self, *operations: str) -> Callable[[Instead], Instead]:
        """Decorates a function that answers in place of the operation, which it may call."""

        def add(act: Instead) -> Instead:
            for operation in operations:
                handler = self.handlers[operation]
                self.handlers[operation] = lambda call, handler=handler: act(call, handler)  # type: ignore[misc]
            return act

        return add

    def schema(self, pointer: str) -> dict[str, Any]:
        """The node of the description at ``pointer`` (``components/schemas/Label``), to be changed in place."""
        node = resolve(self.document, f"/{pointer}")
        if not isinstance(node, dict):
            raise TypeError(f"{pointer} is no object")
        return node

    @staticmethod
    def patch(module: Any, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Decorates a function that takes the place of ``module.name``; it gets the original first."""

        def put(replacement: Callable[..., Any]) -> Callable[..., Any]:
            original = getattr(module, name)
            setattr(module, name, lambda *args, **rest: replacement(original, *args, **rest))
            return replacement

        return put


def resources(reply: Reply) -> list[dict[str, Any]]:
    """The resources that a reply shows: those of a list, or the one; none in an error."""
    if reply.status >= 400 or not isinstance(reply.json, dict):
        return []
    found = reply.json.get("resources")
    return found if isinstance(found, list) else [reply.json]
