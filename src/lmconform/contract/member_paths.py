"""Paths of members in JSON values: one walk finds the texts at the ends of many paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

# Names of members, each with what stands below it; a list is ``*``, and the empty name ends a path.
Tree = dict[str, Any]


def tree(paths: Iterable[tuple[str, ...]]) -> Tree:
    """The paths as a tree of their common beginnings."""
    root: Tree = {}
    for path in paths:
        node = root
        for name in (*path, ""):
            node = node.setdefault(name, {})
    return root


def texts(value: Any, below: Tree, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """The texts in ``value`` at the ends of the tree, each with its path; what is missing or no text is passed over."""
    if isinstance(value, str):
        if "" in below and path:
            yield path, value
    elif isinstance(value, dict):
        for name in below:
            if name in value:
                yield from texts(value[name], below[name], (*path, name))
    elif isinstance(value, list) and "*" in below:
        for entry in value:
            yield from texts(entry, below["*"], (*path, "*"))
