"""Defects of texts and numbers between the request that stores them and the answers that show them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from lmconform.mock import query
from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench

Change = Callable[[Any], Any]


def stored(bench: Bench, operation: str, change: Change, *places: str) -> None:
    """Values in a body are changed before they are stored.

    A place is the name of a member (``name``), or the names of a list and of a member of its entries
    (``labels.value``, ``metrics.labels.name``).
    """

    @bench.before(operation)
    def changed(call: Call) -> None:
        for place in places:
            _change(call.body, place.split("."), change)


def shown(bench: Bench, operations: tuple[str, ...], change: Change, *places: str) -> None:
    """Values are changed in answers, be it one resource or a list of them."""

    @bench.after(*operations)
    def changed(call: Call, reply: Reply) -> None:
        if reply.status < 400 and isinstance(reply.json, dict):
            for resource in reply.json.get("resources", [reply.json]):
                for place in places:
                    _change(resource, place.split("."), change)


def _change(node: Any, path: list[str], change: Change) -> None:
    for entry in node if isinstance(node, list) else [node]:
        value = entry.get(path[0])
        if value is None:
            continue
        if len(path) > 1:
            _change(value, path[1:], change)
        else:
            entry[path[0]] = change(value)


def as_number(text: str) -> str:
    """What is left of a text that was read as a number: 007 becomes 7, 1.0 becomes 1, 1e3 becomes 1000."""
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() else str(number)


def without_plane_one(text: str) -> str:
    """A text whose characters beyond 16 bits became question marks."""
    return "".join(sign if ord(sign) < 0x10000 else "?" for sign in text)


def in_single_precision(number: float) -> float:
    """A number that went through four bytes."""
    try:
        value: float = struct.unpack("f", struct.pack("f", number))[0]
    except OverflowError:
        return 0.0
    return value


def cut(length: int) -> Change:
    """A change that cuts texts after so many characters."""
    return lambda text: text[:length]


def cut_bytes(length: int) -> Change:
    """A change that cuts texts after so many bytes of UTF-8."""
    return lambda text: text.encode()[:length].decode(errors="ignore")


def searched_as(bench: Bench, change: Callable[[str], str]) -> None:
    """The search text is changed before anything is compared with it, in artifacts and in configurations."""

    @bench.patch(query, "searched")
    def other(original, resource, call, members):  # type: ignore[no-untyped-def]
        wanted = call.query.get("$search")
        if wanted is None:
            return original(resource, call, members)
        call.query["$search"] = change(wanted)
        try:
            return original(resource, call, members)
        finally:
            call.query["$search"] = wanted
