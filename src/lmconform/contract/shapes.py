"""What the shapes of paths say: which collection an operation belongs to, and what it does there."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

from lmconform.contract.openapi import Contract, Operation

_COUNT: Final = "$count"
_ITEM: Final = "{}"


class Role(StrEnum):
    """What an operation does to its resource. The last segment of a path below one item is a role too: ``logs``."""

    LIST = "list"
    COUNT = "count"
    GET = "get"
    CREATE = "create"
    MODIFY = "modify"
    DELETE = "delete"
    BULK_MODIFY = "bulk_modify"
    BULK_DELETE = "bulk_delete"


_AT_ITEM: Final = {"GET": Role.GET, "PATCH": Role.MODIFY, "PUT": Role.MODIFY, "DELETE": Role.DELETE}
_AT_COLLECTION: Final = {
    "GET": Role.LIST,
    "POST": Role.CREATE,
    "PUT": Role.CREATE,
    "PATCH": Role.BULK_MODIFY,
    "DELETE": Role.BULK_DELETE,
}


class Layout:
    """The paths of one contract. ``collections`` are those at which a resource stands, in their order."""

    def __init__(self, contract: Contract) -> None:
        self._items: dict[str, Any] = contract.document["paths"]
        operations = contract.operations
        self._lists = {o.path for o in operations if o.method == "GET" and "resources" in contract.members(o.id)}
        self._posts = {o.path for o in operations if o.method == "POST"}
        self._with_items = {prefix for o in operations for prefix, _ in placeholders(o.path)}
        found = dict.fromkeys(c for o in operations for c in self._among(o.path))
        self._top = {c.rpartition("/")[2]: c for c in found if "{" not in c}
        self.collections = tuple(dict.fromkeys(self.real(c) for c in found))

    def real(self, collection: str) -> str:
        """The collection itself, or the top-level one of its name where it stands below an item.

        ``/lm/configurations/{configurationId}/executions`` holds executions.
        """
        return self._top.get(collection.rpartition("/")[2], collection) if "{" in collection else collection

    def place(self, operation: Operation) -> tuple[str, str]:
        """The collection that an operation belongs to, and its role there (a ``Role``, or such as ``logs``)."""
        collection, tail = self._split(operation.path)
        return collection, self._role(operation.method, collection, tail, operation.path)

    def extension(self, collection: str, name: str) -> Any:
        """A member of the path item of a collection, or else of its items; None when neither has it."""
        for path, item in self._items.items():
            if name in item and path in (collection, f"{collection}/{{{last_placeholder(path)}}}"):
                return item[name]
        return None

    def _among(self, path: str) -> Iterator[str]:
        """What has items, a count or a list is a collection, and so is what stands below no item."""
        yield from (prefix for prefix, _ in placeholders(path))
        literal = path.removesuffix(f"/{_COUNT}")
        if not literal.endswith("}") and ("{" not in literal or literal != path or path in self._lists):
            yield literal

    def _split(self, path: str) -> tuple[str, str]:
        """The collection, and what follows it: nothing, ``$count``, ``{}`` or the segment below an item."""
        if path.endswith(f"/{_COUNT}"):
            return self.real(path.removesuffix(f"/{_COUNT}")), _COUNT
        if path.endswith("}"):
            return self.real(path.rpartition("/{")[0]), _ITEM
        collection = self.real(path)
        if "{" not in path or collection in self.collections:
            return collection, ""
        item, _, tail = path.rpartition("/")
        return self.real(item.rpartition("/{")[0]), tail

    def _role(self, method: str, collection: str, tail: str, path: str) -> str:
        borrowed = tail == "" and self.extension(collection, "x-lm-id") is not None
        if tail == _ITEM or borrowed:
            # The only way to make one: PUT names the new id, and so does a PATCH with the id of another resource.
            makes = collection not in self._posts and (method == "PUT" or (borrowed and method == "PATCH"))
            return Role.CREATE if makes else _AT_ITEM.get(method, method.lower())
        if tail == _COUNT:
            return Role.COUNT
        if tail:
            return tail if method == "GET" else f"{tail}_{method.lower()}"
        if method == "GET" and path not in self._lists and collection not in self._with_items:
            return Role.GET
        return _AT_COLLECTION.get(method, method.lower())


def placeholders(path: str) -> Iterator[tuple[str, str]]:
    """The collection in front of each ``{placeholder}`` of a path template, and the placeholder's name."""
    segments = path.split("/")
    for index, segment in enumerate(segments):
        if segment.startswith("{"):
            yield "/".join(segments[:index]), segment.strip("{}")


def last_placeholder(path: str) -> str:
    """The name of the last placeholder, or an empty text."""
    return next((name for _, name in reversed(list(placeholders(path)))), "")


def singular(word: str) -> str:
    """The singular of an English plural, as far as resources have them."""
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")
