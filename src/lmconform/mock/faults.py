"""Faults on demand: the kinds there are, the rules that ask for them, and which request one strikes."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

from lmconform.contract.openapi import Operation
from lmconform.errors import ConfigError, did_you_mean

TOKEN = "token"
# The longest that a fault may keep a connection busy, in seconds.
LONGEST = 60.0
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
EXAMPLE = "'GET: 503, probability=0.1'"

_WHOLE = re.compile(r"[0-9]{1,9}")
_SIGNED = re.compile(r"[+-]?[0-9]{1,6}")
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?|\.[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Setting:
    """What a rule may say with ``name=value``: how it is read, what is legal, what it is when nobody says it.

    ``read`` returns None for what is illegal; ``expected`` is for people.
    """

    name: str
    read: Callable[[str], Any]
    expected: str
    default: Any
    text: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to go wrong; ``text`` says what the client gets, and whether the operation is carried out."""

    name: str
    text: str
    settings: tuple[Setting, ...] = ()
    count: int | None = None


def _whole(least: int, most: int) -> Callable[[str], int | None]:
    return lambda text: int(text) if _WHOLE.fullmatch(text) and least <= int(text) <= most else None


def _seconds(text: str) -> float | None:
    return float(text) if _DECIMAL.fullmatch(text) and 0 < float(text) <= LONGEST else None


def _probability(text: str) -> float | None:
    return float(text) if _DECIMAL.fullmatch(text) and 0 < float(text) <= 1 else None


def _difference(text: str) -> int | None:
    return int(text) or None if _SIGNED.fullmatch(text) else None


def _one_of(*values: str) -> Callable[[str], str | None]:
    return lambda text: text if text in values else None


def _url(text: str) -> str | None:
    try:
        parts = urlsplit(text)
        legal = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 0) >= 0
    except ValueError:
        return None
    return text if legal and all("!" <= c <= "~" for c in text) else None


COMMON = (
    Setting("probability", _probability, "a number above 0 and at most 1", 1.0, "of each request that the rule covers"),
    Setting("count", _whole(1, 10**9), "a whole number above 0", None, "strikes at most; without it, no limit"),
    Setting("after", _whole(0, 10**9), "a whole number", 0, "requests that the rule covers and spares at first"),
    Setting("seed", _whole(0, 10**9), "a whole number", None, "of this rule's chance; without it, from --fault-seed"),
)
_BOUNDED = f"seconds above 0 and at most {LONGEST:g}"
_WHEN = "before or after (the operation is carried out)"
_AT_FIRST = Setting("when", _one_of("before", "after"), _WHEN, "before")
_AT_LAST = Setting("when", _one_of("before", "after"), _WHEN, "after")
_RETRY_AFTER = Setting("retry-after", _whole(0, 86_400), "whole seconds, at most 86400", None)
_REDIRECTS = ("301", "302", "303", "307", "308")
_PAGES = ("200", "403", "404", "500", "502", "503")

KINDS = (
    Kind("latency", "the answer comes late; carried out", (Setting("seconds", _seconds, _BOUNDED, 1.0), _AT_LAST)),
    Kind("429", "too many requests; not carried out", (_RETRY_AFTER,)),
    Kind("500", "the server failed; not carried out", (_AT_FIRST, _RETRY_AFTER)),
    Kind("502", "the gateway got no good answer; not carried out", (_AT_FIRST, _RETRY_AFTER)),
    Kind("503", "the gateway reached nobody; not carried out", (_AT_FIRST, _RETRY_AFTER)),
    Kind("504", "the gateway waited in vain; not carried out", (_AT_FIRST, _RETRY_AFTER)),
    Kind("reset", "the connection is reset, no answer; carried out", (_AT_LAST,)),
    Kind("truncate", "the answer breaks off in the middle; carried out"),
    Kind(
        "content-length",
        "announces so many bytes more, or less, than come; carried out",
        (Setting("by", _difference, "a number of bytes such as 10 or -10, not 0", 10),),
    ),
    Kind("trickle", "the body takes so long to come; carried out", (Setting("seconds", _seconds, _BOUNDED, 10.0),)),
    Kind(
        "html",
        "a page for people where JSON belongs; not carried out",
        (Setting("status", _one_of(*_PAGES), "one of " + ", ".join(_PAGES), "200"),),
    ),
    Kind(
        "redirect",
        "sent elsewhere, with the same path if the URL has none; not carried out",
        (
            Setting("to", _url, "an http(s) URL", "URL"),
            Setting("status", _one_of(*_REDIRECTS), "one of " + ", ".join(_REDIRECTS), "307"),
        ),
    ),
    Kind("expire", "all tokens given out so far expire, this request's too; once unless count is given", (), 1),
)
_BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(slots=True)
class Rule:
    """One ``--fault``. It counts and draws for every request that it covers, whatever other rules do with it.

    So its n-th request is struck or spared by the seed and n alone.
    """

    covers: frozenset[str]
    kind: str
    settings: Mapping[str, Any]
    chance: random.Random
    seen: int = field(default=0, init=False)
    struck: int = field(default=0, init=False)

    def would_strike(self) -> bool:
        """Whether it wants the next request that it covers."""
        self.seen += 1
        drawn = self.chance.random() < self.settings["probability"]
        count = self.settings["count"]
        return drawn and self.seen > self.settings["after"] and (count is None or self.struck < count)


class Rules:
    """All rules of one mock, in the order that they were given."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)

    def pick(self, name: str) -> Rule | None:
        """The first rule that strikes this request: ``name`` is an operationId, or ``TOKEN``."""
        willing = [rule for rule in self._rules if name in rule.covers and rule.would_strike()]
        if not willing:
            return None
        willing[0].struck += 1
        return willing[0]


def read(texts: Iterable[str], operations: Collection[Operation], seed: int) -> Rules:
    """The rules of the command line for a mock that has these operations; raises ConfigError."""
    return Rules(_rule(text, operations, f"{seed} {number}") for number, text in enumerate(texts))


def _rule(text: str, operations: Collection[Operation], salt: str) -> Rule:
    try:
        names, colon, rest = text.partition(":")
        kind, *pairs = re.split(r"[\s,]+", rest.strip(" \t\r\n,"))
        if not colon or not kind:
            raise ValueError(f"expected OPERATION: KIND, NAME=VALUE ..., as in {EXAMPLE}")
        covers = frozenset(name for part in names.split("|") for name in _covered(part.strip(), operations))
        if kind not in _BY_NAME:
            hint = did_you_mean(kind, _BY_NAME) or "; see 'lmconform mock --list-faults'"
            raise ValueError(f"{kind!r} is no kind of fault{hint}")
        settings = _settings(_BY_NAME[kind], pairs)
    except ValueError as error:
        raise ConfigError(f"--fault {text!r}: {error}") from None
    own = settings["seed"]
    return Rule(covers, kind, settings, random.Random(salt if own is None else own))


def _covered(name: str, operations: Collection[Operation]) -> list[str]:
    """The operationIds behind one word of a rule."""
    if name == TOKEN:
        return [TOKEN]
    if name in METHODS:
        found = [operation.id for operation in operations if operation.method == name]
    else:
        found = [operation.id for operation in operations if fnmatchcase(operation.id, name)]
    if found:
        return found
    if re.search(r"[*?\[]", name):
        raise ValueError(f"{name!r} fits no operation of this mock; 'lmconform list operations' shows them")
    known = [TOKEN, *METHODS, *(operation.id for operation in operations)]
    near = name.upper() if name.upper() in METHODS else name
    hint = did_you_mean(near, known) or f"; expected an operationId, a pattern of them, a method, '*' or {TOKEN!r}"
    raise ValueError(f"{name!r} is no operation of this mock{hint}")


def _settings(kind: Kind, pairs: Iterable[str]) -> dict[str, Any]:
    known = {setting.name: setting for setting in (*kind.settings, *COMMON)}
    told: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if name in _BY_NAME and not equals:
            raise ValueError(f"{name!r} is a second kind of fault; one rule has one, give --fault twice")
        if name not in known:
            raise ValueError(
                f"{name!r} is no setting of {kind.name}{did_you_mean(name, known)} ({kind.name} has {', '.join(known)})"
            )
        if name in told:
            raise ValueError(f"{name} is given twice")
        told[name] = known[name].read(value)
        if told[name] is None:
            raise ValueError(f"{pair}: expected {known[name].expected}")
    if kind.name == "redirect" and "to" not in told:
        raise ValueError("redirect needs to=URL, the place to send clients to")
    return {name: setting.default for name, setting in known.items()} | {"count": kind.count} | told
