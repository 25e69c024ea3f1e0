"""Reads members of an answer whatever they are: what breaks the schema is the business of the contract's checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lmconform.errors import NotTestable

# Members of an enactment that are looked up in sets of statuses.
_STATUSES: Final = ("status", "targetStatus")


def objects(body: Mapping[str, Any], name: str = "resources") -> list[dict[str, Any]]:
    """The objects in the list that ``body`` has under ``name``; none when it is no list."""
    found = body.get(name)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def entries(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The resources of a list, none where it has no such member.

    Raises NotTestable when they are no list of objects: to pass over them would be to judge an empty list.
    """
    found = body.get("resources")
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise NotTestable("the resources of the list are no list of objects, and cannot be read")
    return found


def text(body: Mapping[str, Any], name: str) -> str:
    """The text that ``body`` has under ``name``; empty when it is none."""
    value = body.get(name)
    return value if isinstance(value, str) else ""


def enactment(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body of an execution or a deployment without a status that is no text."""
    return {name: value for name, value in body.items() if name not in _STATUSES or isinstance(value, str)}
