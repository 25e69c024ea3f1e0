"""Reads members of an answer whatever they are: what breaks the schema is the business of the contract's checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def objects(body: Mapping[str, Any], name: str = "resources") -> list[dict[str, Any]]:
    """The objects in the list that ``body`` has under ``name``; none when it is no list."""
    entries = body.get(name)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
