"""Versions of SAP's published description: how they compare, what an older one lacks, which one judges a target."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from lmconform.contract import pointer
from lmconform.errors import ConfigError

# The first version whose /lm part is known; FACTS.md M29 lists what came later.
OLDEST = "2.32.1"
# Three numbers, and whatever semantic versioning allows behind them. A target may send anything: no endless digits.
_VERSION = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})\.([0-9]{1,6})([-+][0-9A-Za-z.+-]*)?")
_SINCE, _REQUIRED_SINCE = "x-lm-since", "x-lm-required-since"


@dataclass(frozen=True, slots=True)
class Choice:
    """The version that a run judges by, and the reason when the user should know it; else the reason is empty."""

    version: str
    because: str = ""


def is_later(since: str, version: str) -> bool:
    """Whether ``since`` is a later version than ``version``; an empty ``since`` is as old as the oldest."""
    return bool(since) and _numbers(since) > _numbers(version)


def check(asked: str) -> str:
    """The version that ``--contract`` names; ConfigError unless it lies between the oldest known and ours."""
    found = _VERSION.fullmatch(asked)
    if found and not found[4] and not is_later(OLDEST, asked) and not is_later(asked, held()):
        return asked
    raise ConfigError(
        f"--contract: {asked!r} cannot be judged; expected a version of SAP's description from {OLDEST} to {held()}"
    )


@cache
def held() -> str:
    """The version that specs/lm/openapi.yaml describes."""
    from lmconform.contract import bundle

    return str(bundle.read_yaml(bundle.root() / "specs" / "lm" / "openapi.yaml")["info"]["version"])


def choose(asked: str | None, meta: Mapping[str, Any] | None, ours: str) -> Choice:
    """The version that judges a target whose ``GET /lm/meta`` answered ``meta``, where we hold version ``ours``.

    ``asked`` is the value of ``--contract``, which goes before anything that the target says. Of meta,
    ``runtimeApiVersion`` counts: it has the numbering of SAP's "AI Core" description. ``aiApi.version`` is the
    version of the AI API that all runtimes share and stands far behind: 2.31.0 beside a runtimeApiVersion of 2.40.0
    in the same answer, 2.18.0 beside 2.21.0 (FACTS.md M26). Compared with the description, it would take judgements
    from every tenant that is up to date.

    A version that cannot be read changes nothing. Neither does one before the oldest that is known: servers copy the
    2.21.0 of SAP Help's sample, and no description of that age is there to judge by. The second is said.
    """
    if asked is not None:
        return Choice(asked, "" if asked == ours else "--contract names it")
    found = _VERSION.fullmatch(str((meta or {}).get("runtimeApiVersion")))
    if found is None:
        return Choice(ours)
    said = ".".join(found.group(1, 2, 3))
    if is_later(OLDEST, said):
        reason = f"runtimeApiVersion {said} of GET /lm/meta is older than any description that is known"
        return Choice(ours, f"{reason}; --contract {OLDEST} judges by the oldest")
    if not is_later(ours, said):
        return Choice(ours)
    return Choice(said, f"GET /lm/meta says runtimeApiVersion {said}; --contract {ours} judges by all of it")


def as_of(document: dict[str, Any], version: str) -> dict[str, Any]:
    """A copy of a description without the members, parameters and operations that came after ``version``."""
    result: dict[str, Any] = _without(document, document, version)
    result["info"] = {**document["info"], "version": version}
    return result


def _without(node: Any, document: dict[str, Any], version: str) -> Any:
    if isinstance(node, list):
        return [_without(part, document, version) for part in node if not _came_later(part, document, version)]
    if not isinstance(node, dict):
        return node
    kept = {k: _without(v, document, version) for k, v in node.items() if not _came_later(v, document, version)}
    if is_later(str(node.get(_REQUIRED_SINCE, "")), version):
        # It is sent all the same: an older runtime passes over it, and a newer one that is judged as older needs it.
        kept["required"] = False
    members, needed = node.get("properties"), node.get("required")
    if isinstance(members, dict) and isinstance(needed, list):
        # What is not there cannot be required; a member that only allOf knows stays required.
        kept["required"] = [name for name in needed if name not in members or name in kept["properties"]]
    return kept


def _came_later(node: Any, document: dict[str, Any], version: str) -> bool:
    while isinstance(node, dict):
        if isinstance(since := node.get(_SINCE), str):
            return is_later(since, version)
        if not isinstance(reference := node.get("$ref"), str):
            break
        node = pointer.resolve(document, reference.removeprefix("#"))
    return False


def _numbers(version: str) -> tuple[int, ...]:
    found = _VERSION.fullmatch(version)
    if found is None:
        raise ValueError(f"{version!r} is no version such as {OLDEST}")
    return tuple(map(int, found.group(1, 2, 3)))


def first(since: str) -> str:
    """Since which version something is known, in words; ``since`` is empty for the oldest."""
    return since or f"{OLDEST} or before"
