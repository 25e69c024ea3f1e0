"""Reads waivers.yaml: its shape, line by line; what is wrong is one line with the place and the words to write."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Final, NoReturn

import yaml

from lmconform.errors import ConfigError, did_you_mean
from lmconform.waivers.entry import Entry

FILE_NAME: Final = "waivers.yaml"
OUTCOMES: Final = ("FAIL", "WARN", "NOT_TESTABLE")
RENEWALS: Final = 2
_LIST: Final = "waivers"
_SELECTORS: Final = ("requirement", "item")
_TEXTS: Final = ("reason", "issue", "owner")
_KEYS: Final = (*_SELECTORS, "operation", "when", "outcome", "actual", *_TEXTS, "expires", "renewals")
_WHEN: Final = ("target", "contract")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_VERSION: Final = re.compile(r"[0-9*]+\.[0-9*]+\.[0-9*]+|[0-9.]*\*")


def read(path: Path, *, allow_renewals: bool = False) -> tuple[Entry, ...]:
    """The entries of the file, in its order; raises ConfigError.

    Dates are read here, and compared with today by who judges. More than two renewals need ``allow_renewals``.
    """
    shown = os.path.relpath(path) if path.is_absolute() else str(path)
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{shown}: cannot be read ({getattr(error, 'strerror', None) or 'no UTF-8 text'})") from error
    except (yaml.YAMLError, RecursionError) as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        raise ConfigError(f"{shown}:{mark.line + 1 if mark else 1}: not valid YAML ({problem or error})") from error
    return tuple(_Reader(shown, allow_renewals=allow_renewals).entries(node))


class _Reader:
    """Reads the nodes of one file; each error has the line of its node."""

    def __init__(self, shown: str, *, allow_renewals: bool) -> None:
        self.shown = shown
        self.allow_renewals = allow_renewals

    def entries(self, node: yaml.Node | None) -> Iterable[Entry]:
        if node is None:
            raise ConfigError(f"{self.shown}: is empty; expected '{_LIST}:' with a list, or '{_LIST}: []'")
        found = self.mapping(node, (_LIST,), "the file").get(_LIST)
        if not isinstance(found, yaml.SequenceNode):
            self.fail(found or node, f"expected '{_LIST}:' with a list of waivers")
        return [self.entry(one) for one in found.value]

    def entry(self, node: yaml.Node) -> Entry:
        members = self.mapping(node, _KEYS, "a waiver")
        if not any(key in members for key in _SELECTORS):
            self.fail(node, "names nothing; write 'requirement: LM-…', or 'item: probe/…'")
        for key in (*_TEXTS, "expires"):
            if key not in members:
                self.fail(node, f"has no {key}; add '{key}: {'2027-01-31' if key == 'expires' else '…'}'")
        when = self.mapping(members["when"], _WHEN, "when") if "when" in members else {}
        texts = {key: self.text(members, key) for key in ("requirement", "outcome", "actual", *_TEXTS)}
        if texts["outcome"] and texts["outcome"] not in OUTCOMES:
            hint = did_you_mean(texts["outcome"], OUTCOMES)
            self.fail(members["outcome"], f"outcome: {texts['outcome']!r} is unknown{hint}")
        expires = self.day(members["expires"], "expires")
        return Entry(
            where=f"{self.shown}:{node.start_mark.line + 1}",
            last=_last(node),
            items=self.texts(members, "item"),
            operations=self.texts(members, "operation"),
            targets=self.texts(when, "target"),
            contracts=self.versions(when),
            expires=expires,
            renewals=self.renewals(members.get("renewals"), expires),
            requirement=texts["requirement"],
            outcome=texts["outcome"],
            actual=texts["actual"],
            reason=texts["reason"],
            issue=texts["issue"],
            owner=texts["owner"],
        )

    def renewals(self, node: yaml.Node | None, expires: date) -> tuple[date, ...]:
        if node is None:
            return ()
        if not isinstance(node, yaml.SequenceNode):
            self.fail(node, "renewals: expected a list of the days on which it was to end before, [2026-10-31]")
        days = [self.day(one, "renewals") for one in node.value]
        if sorted({*days, expires}) != [*days, expires]:
            self.fail(node, f"renewals: expected days before {expires}, each later than the one before it")
        if len(days) > RENEWALS and not self.allow_renewals:
            self.fail(node, f"renewed {len(days)} times; mend the defect, or allow more with --allow-renewals")
        return tuple(days)

    def versions(self, when: Mapping[str, yaml.Node]) -> tuple[str, ...]:
        found = self.texts(when, "contract")
        for text in found:
            if not _VERSION.fullmatch(text):
                self.fail(when["contract"], f"contract: {text!r} is no version; write one such as '2.40.0', or '2.4*'")
        return found

    def day(self, node: yaml.Node, key: str) -> date:
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        try:
            if _DATE.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        self.fail(node, f"{key}: expected a day such as 2027-01-31")

    def texts(self, members: Mapping[str, yaml.Node], key: str) -> tuple[str, ...]:
        node = members.get(key)
        if isinstance(node, yaml.SequenceNode):
            if not node.value:
                self.fail(node, f"{key} is empty; give a value, or leave the key out")
            return tuple(self.scalar(one, key) for one in node.value)
        return () if node is None else (self.scalar(node, key),)

    def text(self, members: Mapping[str, yaml.Node], key: str) -> str:
        return self.scalar(members[key], key) if key in members else ""

    def scalar(self, node: yaml.Node, key: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self.fail(node, f"{key}: expected a text")
        if node.tag == "tag:yaml.org,2002:null" or not node.value.strip():
            self.fail(node, f"{key} is empty; give a value" + ("" if key in _TEXTS else ", or leave the key out"))
        return " ".join(node.value.split())

    def mapping(self, node: yaml.Node, known: Iterable[str], what: str) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self.fail(node, f"expected {what} as a mapping, with the keys {', '.join(known)}")
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name not in known:
                self.fail(key, f"{name}: is no key of {what}{did_you_mean(name, known)}")
            if name in found:
                self.fail(key, f"{name}: stands twice in {what}; remove one")
            found[name] = value
        return found

    def fail(self, node: yaml.Node, what: str) -> NoReturn:
        raise ConfigError(f"{self.shown}:{node.start_mark.line + 1}: {what}")


def _last(node: yaml.Node) -> int:
    """The number of the last line that has a text of the node."""
    if isinstance(node, yaml.ScalarNode):
        end = node.end_mark
        return int(end.line + (end.column > 0 or end.line == node.start_mark.line))
    parts = [part for pair in node.value for part in (pair if isinstance(pair, tuple) else (pair,))]
    return max((node.start_mark.line + 1, *map(_last, parts)))
