"""Reads the objects of an Arazzo file: required keys, no unknown ones, an error that says where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from lmconform.errors import ScenarioError, did_you_mean


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which file something stands."""

    file: Path
    workflow: str = ""
    step: str = ""

    def inside(self, *, workflow: str = "", step: str = "") -> Place:
        """A place further in."""
        return replace(self, workflow=workflow or self.workflow, step=step or self.step)

    def fail(self, what: str) -> NoReturn:
        """Raise the ScenarioError for ``what`` here."""
        where = [str(self.file)]
        if self.workflow:
            where.append(f"workflow {self.workflow}")
        if self.step:
            where.append(f"step {self.step}")
        raise ScenarioError(f"{', '.join(where)}: {what}")


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys of one kind of object. ``ours`` are the extensions that this harness reads there.

    ``unsupported`` are keys of Arazzo that no scenario needs. Other ``x-`` keys belong to other tools; a
    misspelt ``x-lm-`` key is an error.
    """

    name: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    unsupported: tuple[str, ...] = ()

    def read(self, node: Any, place: Place) -> dict[str, Any]:
        """``node``, when it is an object of this shape; raises ScenarioError."""
        if not isinstance(node, dict):
            place.fail(f"{self.name}: expected a mapping, got {_kind(node)}")
        for key in self.unsupported:
            if key in node:
                place.fail(f"{self.name}: {key} is not supported; no scenario needs it")
        for key in self.required:
            if key not in node or node[key] is None:
                label = f"{self.name} {node['name']!r}" if isinstance(node.get("name"), str) else self.name
                place.fail(f"{label} has no {key}, which Arazzo requires; add it")
        known = (*self.required, *self.optional)
        for key in node:
            text = str(key)
            if text.startswith("x-lm-") and text not in self.ours:
                place.fail(f"{self.name}: {text!r} is no extension of ours here{did_you_mean(text, self.ours)}")
            if not text.startswith("x-") and text not in known:
                place.fail(f"{self.name}: unknown key {text!r}{did_you_mean(text, known)}")
        return node


def rows(node: Mapping[str, Any], key: str, place: Place) -> list[Any]:
    """The list at ``key``, empty when absent; raises ScenarioError when it is something else."""
    value = node.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        place.fail(f"{key}: expected a list, got {_kind(value)}")
    return value


def table(node: Mapping[str, Any], key: str, place: Place) -> dict[str, Any]:
    """The mapping at ``key``, empty when absent; raises ScenarioError when it is something else."""
    value = node.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        place.fail(f"{key}: expected a mapping, got {_kind(value)}")
    return value


def text(node: Mapping[str, Any], key: str, place: Place, default: str = "") -> str:
    """The text at ``key``; raises ScenarioError when it is something else."""
    value = node.get(key, default)
    if not isinstance(value, str):
        place.fail(f"{key}: expected a text, got {_kind(value)}")
    return value


def texts(node: Mapping[str, Any], key: str, place: Place) -> tuple[str, ...]:
    """The list of texts at ``key``; raises ScenarioError when it is something else."""
    values = rows(node, key, place)
    for value in values:
        if not isinstance(value, str):
            place.fail(f"{key}: expected texts, got {_kind(value)}")
    return tuple(values)


def flag(node: Mapping[str, Any], key: str, place: Place) -> bool:
    """The boolean at ``key``, false when absent; raises ScenarioError when it is something else."""
    value = node.get(key, False)
    if not isinstance(value, bool):
        place.fail(f"{key}: expected true or false, got {_kind(value)}")
    return value


def unique(ids: Iterable[str], what: str, place: Place) -> None:
    """Raise ScenarioError when an id stands twice."""
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            place.fail(f"{what} {one!r} stands twice; ids are unique")
        seen.add(one)


def _kind(value: Any) -> str:
    return "nothing" if value is None else type(value).__name__
