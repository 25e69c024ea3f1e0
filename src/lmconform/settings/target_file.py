"""lmconform.toml: finds it upward from a folder, and reads the targets in it; whatever is wrong is one line."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from lmconform.errors import ConfigError, did_you_mean
from lmconform.settings import options as all_options
from lmconform.settings import target_keys as keys
from lmconform.settings.content import Content, Runs
from lmconform.settings.credential_reference import Reference, Variable
from lmconform.settings.named_target import NamedTarget
from lmconform.settings.toml_lines import line_of

FILE_NAME: Final = "lmconform.toml"
NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_TABLES: Final = ("defaults", "targets")
_LINE: Final = re.compile(r" \(at line (\d+), column \d+\)$")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One target as the file has it. ``url`` is empty where the credentials are to name it; ``values`` are options."""

    named: NamedTarget
    url: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TargetFile:
    """A file with targets by their names; ``shown`` is its path from the current folder."""

    path: Path
    shown: str
    entries: Mapping[str, Entry]

    def entry(self, name: str) -> Entry:
        """The target of that name; raises ConfigError."""
        if name not in self.entries:
            raise ConfigError(f"TARGET: {name!r} is no target of {self.shown}{did_you_mean(name, self.entries)}")
        return self.entries[name]


def find(folder: Path) -> TargetFile | None:
    """The file in ``folder``, or in the nearest folder above that has one; raises ConfigError for one that is wrong."""
    here = folder.absolute()
    path = next((each / FILE_NAME for each in (here, *here.parents) if os.path.isfile(each / FILE_NAME)), None)
    return read(path, os.path.relpath(path, here)) if path else None


def read(path: Path, shown: str) -> TargetFile:
    """The file at ``path``, checked; raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{shown}: cannot be read ({getattr(error, 'strerror', None) or 'no UTF-8 text'})") from error
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = _LINE.search(str(error))
        line = f":{place[1]}" if place else ""
        raise ConfigError(f"{shown}{line}: not valid TOML: {_LINE.sub('', str(error))}") from error
    return TargetFile(path, shown, _Reader(path, shown, text).entries(data))


class _Reader:
    """Reads the tables of one file; each error has the line and the path of its key."""

    def __init__(self, path: Path, shown: str, text: str) -> None:
        self.folder = path.parent
        self.shown = shown
        self.text = text

    def entries(self, data: dict[str, Any]) -> dict[str, Entry]:
        self.known(data, _TABLES, ())
        defaults = self.table(data, ("defaults",), keys.OF_DEFAULTS) if "defaults" in data else {}
        shared = self.values(defaults, ("defaults",))
        found = {}
        targets = data.get("targets", {})
        if not isinstance(targets, dict):
            self.fail(("targets",), "has to be a table: [targets.NAME] begins a target")
        for name in targets:
            at = ("targets", name)
            if not NAME.fullmatch(name) or name == all_options.MOCK:
                self.fail(at, "is no name of a target; expected a letter, then letters, digits, - or _, and not 'mock'")
            found[name] = self.entry(name, self.table(targets, at, keys.OF_TARGET), defaults, shared)
        return found

    def entry(self, name: str, own: dict[str, Any], defaults: dict[str, Any], shared: dict[str, Any]) -> Entry:
        at = ("targets", name)
        values = shared | self.values(own, at)
        url = self.string(own, (*at, keys.URL))

        def owner(key: str) -> tuple[str, ...]:
            """The table that has it: a table of the target replaces that of the defaults as a whole."""
            return at if key in own or key not in defaults else ("defaults",)

        merged = defaults | own
        runs = {part: self.runs(merged, (*owner(part), part)) for part in keys.CONTENT}
        named = NamedTarget(
            name,
            self.shown,
            frozenset(values),
            self.credentials(merged, (*owner(keys.CREDENTIALS), keys.CREDENTIALS)),
            Content(**runs),
        )
        return Entry(named, url, values)

    def values(self, table: dict[str, Any], at: tuple[str, ...]) -> dict[str, Any]:
        """The values of options, in the form that a command line gives them."""
        found: dict[str, Any] = {}
        for key, value in table.items():
            option = keys.KEYS.get(key)
            if option is None:
                continue
            if not keys.fits(option, value):
                self.fail((*at, key), f"has to be {keys.kind(option)}, not {_kind(value)}")
            if problem := all_options.check(option, value):
                self.fail((*at, key), problem)
            if keys.is_path(option):
                listed = [str(self.file(part, (*at, key))) for part in (value if keys.is_list(option) else [value])]
                value = listed if keys.is_list(option) else listed[0]
            found[key] = tuple(value) if keys.is_list(option) else value
        return found

    def runs(self, merged: dict[str, Any], at: tuple[str, ...]) -> Runs:
        if at[-1] not in merged:
            return Runs()
        table = self.table(merged, at, (*keys.RUNS, keys.PARAMETERS))
        texts = {key: self.string(table, (*at, key)) for key in keys.RUNS}
        found = Runs(**texts, parameters=self.parameters(table, (*at, keys.PARAMETERS)), where=self.where(at))
        if found.artifact.endswith("/"):
            # The API takes it, and what reads it fails, much later (FACTS.md, F26).
            self.fail((*at, "artifact"), "ends in '/', and no run could load it; drop the slash")
        if bool(found.scenario) != bool(found.executable):
            lacking = "executable" if found.scenario else "scenario"
            self.fail(at, f"has no {lacking}; an executable is named together with its scenario")
        return found

    def parameters(self, table: dict[str, Any], at: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        """Names of parameters with their values; every name is legal."""
        found = table.get(at[-1], {})
        if not isinstance(found, dict):
            self.fail(at, f"has to be a table, not {_kind(found)}")
        for name, value in found.items():
            if not isinstance(value, str):
                self.fail((*at, name), f"has to be a text, as parameters of the API are, not {_kind(value)}")
        return tuple(found.items())

    def credentials(self, merged: dict[str, Any], at: tuple[str, ...]) -> Reference | None:
        if at[-1] not in merged:
            return None
        table = self.table(merged, at, (keys.SERVICE_KEY, keys.PROFILE, *keys.VALUES))
        single = [key for key in table if key in keys.VALUES]
        ways = [key for key in (keys.SERVICE_KEY, keys.PROFILE) if key in table] + single[:1]
        if len(ways) != 1:
            found = f"has {' and '.join(ways)}" if ways else "is empty"
            self.fail(at, f"{found}; expected one of {keys.SERVICE_KEY}, {keys.PROFILE}, or {single_names()}")
        key = table.get(keys.SERVICE_KEY)
        return Reference(
            where=self.where(at),
            shown=self.shown,
            service_key=None if key is None else self.service_key(key, (*at, keys.SERVICE_KEY)),
            aicore_profile=self.string(table, (*at, keys.PROFILE)),
            values={name: self.value(table[name], (*at, name)) for name in single},
        )

    def service_key(self, value: Any, at: tuple[str, ...]) -> Path | Variable:
        if isinstance(value, str) and "{" in value:
            # Said without the value, which may be the secret itself.
            self.fail(at, 'a secret does not belong in this file; expected the path of the key, or { env = "NAME" }')
        return self.file(value, at) if isinstance(value, str) else self.variable(value, at)

    def value(self, value: Any, at: tuple[str, ...]) -> str | Variable:
        """A single value of credentials: a variable, or a text where that is no secret."""
        if not isinstance(value, str):
            return self.variable(value, at)
        if at[-1] in keys.SECRETS or "-----BEGIN" in value:
            self.fail(at, 'a secret does not belong in this file; expected { env = "NAME" }, a variable that holds it')
        return str(self.file(value, at)) if at[-1].endswith("_path") else value

    def variable(self, value: Any, at: tuple[str, ...]) -> Variable:
        name = value.get(keys.VARIABLE) if isinstance(value, dict) and len(value) == 1 else None
        if not isinstance(name, str) or not _VARIABLE.fullmatch(name):
            self.fail(at, 'expected { env = "NAME" }, with the name of an environment variable')
        return Variable(name, self.where(at))

    def file(self, value: str, at: tuple[str, ...]) -> Path:
        """The path of a file, from the folder of this one; whether it is there is a matter of the run that reads it."""
        try:
            path = Path(value).expanduser() if value and "\0" not in value else None
        except RuntimeError:
            # ~NAME, and there is no such user.
            path = None
        if path is None:
            self.fail(at, "is no path of a file")
        return self.folder / path

    def string(self, table: dict[str, Any], at: tuple[str, ...]) -> str:
        value = table.get(at[-1], "")
        if not isinstance(value, str):
            self.fail(at, f"has to be a text, not {_kind(value)}")
        if not value and at[-1] in table:
            self.fail(at, "is empty; give a value, or leave the key out")
        return value

    def table(self, outer: dict[str, Any], at: tuple[str, ...], known: Iterable[str]) -> dict[str, Any]:
        table = outer[at[-1]]
        if not isinstance(table, dict):
            self.fail(at, f"has to be a table, not {_kind(table)}")
        self.known(table, known, at)
        return table

    def known(self, table: dict[str, Any], known: Iterable[str], at: tuple[str, ...]) -> None:
        names = list(known)
        for key in table:
            if key in names:
                continue
            if at == ("defaults",) and key in keys.OF_TARGET:
                self.fail((*at, key), "belongs to one target, and not to [defaults]; set it below [targets.NAME]")
            self.fail((*at, key), f"is unknown{did_you_mean(key, names)}")

    def where(self, at: tuple[str, ...]) -> str:
        line = line_of(self.text, at)
        return f"{self.shown}{f':{line}' if line else ''}: {'.'.join(at)}"

    def fail(self, at: tuple[str, ...], what: str) -> NoReturn:
        raise ConfigError(f"{self.where(at)}: {what}")


def single_names() -> str:
    """The names of single values, for people."""
    return ", ".join(keys.VALUES)


def _kind(value: Any) -> str:
    names = {bool: "true or false", str: "a text", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return names.get(type(value), "a date or time")
