"""Fault rules: the kinds of faults, the syntax of ``--fault``, and the choice of the requests that fail."""

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
# The longest time that a fault may keep a connection busy, in seconds.
LONGEST = 60.0
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
EXAMPLE = "'GET: 503, probability=0.1'"

_WHOLE = re.compile(r"[0-9]{1,9}")
_SIGNED = re.compile(r"[+-]?[0-9]{1,6}")
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?|\.[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting ``name=value`` of a rule, with its default.

    ``read`` parses the value and returns None for an illegal one; ``expected`` describes the legal values;
    ``text`` explains the setting in ``--list-faults``.
    """

    name: str
    read: Callable[[str], Any]
    expected: str
    default: Any
    text: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault; ``text`` says what the client sees, and whether the operation is executed."""

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
    Setting(
        "probability",
        _probability,
        "a number above 0 and at most 1",
        1.0,
        "probability for each request that the rule matches",
    ),
    Setting(
        "count",
        _whole(1, 10**9),
        "a whole number above 0",
        None,
        "maximum number of failing requests; default: no limit",
    ),
    Setting(
        "after", _whole(0, 10**9), "a whole number", 0, "number of matching requests that pass before the first fault"
    ),
    Setting(
        "seed", _whole(0, 10**9), "a whole number", None, "random seed of this rule; default: derived from --fault-seed"
    ),
)
_BOUNDED = f"seconds above 0 and at most {LONGEST:g}"
_WHEN = "before or after (the operation is executed)"
_WHEN_BEFORE = Setting("when", _one_of("before", "after"), _WHEN, "before")
_WHEN_AFTER = Setting("when", _one_of("before", "after"), _WHEN, "after")
_RETRY_AFTER = Setting("retry-after", _whole(0, 86_400), "whole seconds, at most 86400", None)
_REDIRECTS = ("301", "302", "303", "307", "308")
_PAGES = ("200", "403", "404", "500", "502", "503")

KINDS = (
    Kind(
        "latency", "delays the response; operation executed", (Setting("seconds", _seconds, _BOUNDED, 1.0), _WHEN_AFTER)
    ),
    Kind("429", "too many requests; operation not executed", (_RETRY_AFTER,)),
    Kind("500", "internal server error; operation not executed", (_WHEN_BEFORE, _RETRY_AFTER)),
    Kind("502", "bad gateway; operation not executed", (_WHEN_BEFORE, _RETRY_AFTER)),
    Kind("503", "service unavailable; operation not executed", (_WHEN_BEFORE, _RETRY_AFTER)),
    Kind("504", "gateway timeout; operation not executed", (_WHEN_BEFORE, _RETRY_AFTER)),
    Kind("warm-up", "401 'Jwt issuer is not configured', as from a new tenant; operation not executed"),
    Kind("reset", "resets the connection without a response; operation executed", (_WHEN_AFTER,)),
    Kind("truncate", "sends half of the response, then closes; operation executed"),
    Kind(
        "content-length",
        "Content-Length is wrong by this many bytes; operation executed",
        (Setting("by", _difference, "a number of bytes such as 10 or -10, not 0", 10),),
    ),
    Kind(
        "trickle",
        "sends the body slowly, over this time; operation executed",
        (Setting("seconds", _seconds, _BOUNDED, 10.0),),
    ),
    Kind(
        "html",
        "an HTML page instead of JSON; operation not executed",
        (Setting("status", _one_of(*_PAGES), "one of " + ", ".join(_PAGES), "200"),),
    ),
    Kind(
        "redirect",
        "redirects to another URL; operation not executed",
        (
            Setting("to", _url, "an http(s) URL", "URL"),
            Setting("status", _one_of(*_REDIRECTS), "one of " + ", ".join(_REDIRECTS), "307"),
        ),
    ),
    Kind("expire", "expires all tokens issued so far; count defaults to 1", (), 1),
)
_BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(slots=True)
class Rule:
    """One ``--fault``. It counts, and draws a random number, for every request that it matches.

    Other rules do not influence this, so that the seed and the number of a request decide whether it fails.
    """

    covers: frozenset[str]
    kind: str
    settings: Mapping[str, Any]
    generator: random.Random
    matched: int = field(default=0, init=False)
    failed: int = field(default=0, init=False)

    def wants_next(self) -> bool:
        """Whether the next request that the rule matches is to fail."""
        self.matched += 1
        drawn = self.generator.random() < self.settings["probability"]
        count = self.settings["count"]
        return drawn and self.matched > self.settings["after"] and (count is None or self.failed < count)


class Rules:
    """All rules of one mock, in the order of the command line."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)

    def pick(self, name: str) -> Rule | None:
        """The first rule that wants this request to fail; ``name`` is an operationId, or ``TOKEN``."""
        willing = [rule for rule in self._rules if name in rule.covers and rule.wants_next()]
        if not willing:
            return None
        willing[0].failed += 1
        return willing[0]


def read(texts: Iterable[str], operations: Collection[Operation], seed: int) -> Rules:
    """Parse the rules of the command line for a mock with these operations; raises ConfigError."""
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
    seed = settings["seed"]
    return Rule(covers, kind, settings, random.Random(salt if seed is None else seed))


def _covered(name: str, operations: Collection[Operation]) -> list[str]:
    """The operationIds that one name or pattern of a rule matches."""
    if name == TOKEN:
        return [TOKEN]
    if name in METHODS:
        names = [operation.id for operation in operations if operation.method == name]
    else:
        names = [operation.id for operation in operations if fnmatchcase(operation.id, name)]
    if names:
        return names
    if re.search(r"[*?\[]", name):
        raise ValueError(f"{name!r} matches no operation of this mock; 'lmconform list operations' shows them")
    known = [TOKEN, *METHODS, *(operation.id for operation in operations)]
    near = name.upper() if name.upper() in METHODS else name
    hint = did_you_mean(near, known) or f"; expected an operationId, a pattern of them, a method, '*' or {TOKEN!r}"
    raise ValueError(f"{name!r} is no operation of this mock{hint}")


def _settings(kind: Kind, pairs: Iterable[str]) -> dict[str, Any]:
    known = {setting.name: setting for setting in (*kind.settings, *COMMON)}
    given: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if name in _BY_NAME and not equals:
            raise ValueError(f"{name!r} is a second kind of fault; one rule has one, give --fault twice")
        if name not in known:
            raise ValueError(
                f"{name!r} is no setting of {kind.name}{did_you_mean(name, known)} ({kind.name} has {', '.join(known)})"
            )
        if name in given:
            raise ValueError(f"{name} is given twice")
        given[name] = known[name].read(value)
        if given[name] is None:
            raise ValueError(f"{pair}: expected {known[name].expected}")
    if kind.name == "redirect" and "to" not in given:
        raise ValueError("redirect needs to=URL, the target of the redirect")
    return {name: setting.default for name, setting in known.items()} | {"count": kind.count} | given
