"""The options of a run, declared once for the command line and for pytest, and their values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lmconform.contract import paths, revisions, versions
from lmconform.contract.dialects import DIALECTS
from lmconform.contract.urls import is_loopback
from lmconform.errors import ConfigError, did_you_mean
from lmconform.settings.expectations import Expectation
from lmconform.settings.named_target import NamedTarget
from lmconform.settings.time_limits import EMBEDDED, LOOPBACK, TENANT

PROFILES = ("smoke", "gate", "core", "full")
MOCK = "mock"
# What a line that repeats one item leaves out: what is about a run, and not about how the item is judged.
_OF_A_RUN = frozenset(("only", "seed", "max-time", "report-dir", "require", "baseline", "history"))
_LEAST = {
    "max-examples": 1,
    "max-executions": 0,
    "max-deployments": 0,
    "max-created": 0,
    "rate": 0.01,
    "poll-interval": 0,
    "stop-timeout": 0,
    "delete-timeout": 0,
    "start-timeout": 0,
    "poll-timeout": 0,
    "max-time": 0,
    "request-timeout": 0.1,
}
# Of the URL of a database.
_PASSWORD = re.compile(r"(://[^:/@]*):[^/]*@")


@dataclass(frozen=True, slots=True)
class Option:
    """One option: ``--name``, its type, its default, its help. ``kind`` is a callable or bool."""

    name: str
    kind: Any
    default: Any
    help: str
    metavar: str = ""
    choices: tuple[str, ...] = ()

    @property
    def dest(self) -> str:
        """The attribute name."""
        return self.name.replace("-", "_")

    @property
    def least(self) -> float | None:
        """The smallest number that it takes, or None."""
        return _LEAST.get(self.name)


def _limit(name: str, what: str) -> Option:
    """The option of the time limit ``name`` of TimeLimits."""
    tenant, near, mock = (getattr(limits, name) for limits in (TENANT, LOOPBACK, EMBEDDED))
    usual = f"{tenant.seconds:g}; {near.seconds:g} on this machine; {mock.seconds:g} on the embedded mock"
    return Option(tenant.option.removeprefix("--"), float, None, f"Limit {what} (default: {usual}).", "SECONDS")


def _at_most(noun: str, usual: int, narrow: int) -> Option:
    """The option that bounds how many of ``noun`` a run starts; the bounds are in client/bounds."""
    defaults = f"{usual}; {narrow} for gate and core on a tenant; no limit if disposable"
    return Option(f"max-{noun}", int, None, f"Start at most N {noun} (default: {defaults}).", "N")


_GROUP = "Resource group to work in (default: AICORE_RESOURCE_GROUP, that of SAP's SDK, or 'default')."
_PROFILE = (
    "Items to run: smoke only reads; core adds scenarios and probes that write, full adds fuzz; gate is the part of "
    "full that finds most in a fifth of its time (default: smoke on a URL, full on the embedded mock)."
)
_WRITES = "Let a profile other than smoke create and delete resources on a target that is not the embedded mock."
_DEPLOY = "Let a run start deployments on a target that is not disposable; they cost money until they are stopped."
_AICORE = "Profile of SAP's SDK with the credentials for TARGET: ~/.aicore/config_NAME.json ('default': config.json)."
_KEY = "SAP service key (JSON) with the credentials for TARGET; - reads standard input."
_CA = "CA certificates (PEM) that verify TARGET and its token endpoint, instead of the default ones."
_RATE = "Send at most NUMBER requests a second, all workers together (default: no limit)."
_CONTRACT = (
    "Judge by this version of SAP's description (default: the one in GET /lm/meta if it is older than the latest)."
)
_REVISION = "Gate only by this revision; newer requirements are shown (default: all; see 'lmconform list revisions')."
_OVERLAY = "OpenAPI Overlay to add to the description, such as a resource that is not published yet (repeatable)."
_MAX_TIME = "Start no new item after this time; the run is then incomplete (default: no limit)."
_POLL = "Time between two polls (default: 60; 0.5 on this machine; the pace of the embedded mock)."
_EXPECT = "Outcome that the owner of TARGET expects: training=may-die, serving=may-die (repeatable)."
_DISPOSABLE = (
    "TARGET may be used up: no limit on executions and deployments, and schedules may fire (always so on the embedded "
    "mock)."
)
_HISTORY = (
    "Store of runs: a file, sqlite:///FILE or postgresql://USER@HOST/DATABASE; none stores nothing "
    "(default: history.sqlite in the state folder)."
)
_BASELINE = "Compare with the newest green run of TARGET and profile in the history; a regression fails the gate."

OPTIONS = (
    Option("service-key", str, None, _KEY, "FILE"),
    Option("aicore-profile", str, None, _AICORE, "NAME"),
    Option("ca-bundle", str, None, _CA, "FILE"),
    Option("resource-group", str, None, _GROUP, "ID"),
    Option("other-resource-group", str, None, "Second resource group, to judge isolation.", "ID"),
    Option("profile", str, None, _PROFILE, "", PROFILES),
    Option("allow-writes", bool, False, _WRITES),
    Option("allow-deployments", bool, False, _DEPLOY),
    _at_most("executions", 40, 8),
    _at_most("deployments", 20, 2),
    Option("max-created", int, None, "Create at most N resources of all kinds together (default: no limit).", "N"),
    Option("rate", float, None, _RATE, "NUMBER"),
    Option("dialect", str, "published", "How the target treats the endpoints of SAP's tutorial.", "", DIALECTS),
    Option("contract", str, None, _CONTRACT, "VERSION"),
    Option("revision", str, None, _REVISION, "NAME"),
    Option("overlay", str, (), _OVERLAY, "FILE"),
    Option(
        "only", str, (), "Run the items that match: item, requirement or operation, as a glob (repeatable).", "PATTERN"
    ),
    Option("seed", int, 0, "Seed of all generated data.", "N"),
    Option("max-examples", int, 50, "Generated cases for each operation and mode.", "N"),
    Option(
        "request-timeout", float, None, "Limit for a whole answer (default: 30; 6 before the first item).", "SECONDS"
    ),
    Option("max-time", float, None, _MAX_TIME, "SECONDS"),
    Option("poll-interval", float, None, _POLL, "SECONDS"),
    _limit("stop", "from an accepted stop to STOPPED"),
    _limit("delete", "from an accepted deletion to 404"),
    _limit("start", "for a deployment to be RUNNING"),
    _limit("poll", "for an execution to end"),
    Option("expect", str, (), _EXPECT, "NAME=VALUE", tuple(map(str, Expectation))),
    Option("disposable", bool, False, _DISPOSABLE),
    Option("report-dir", str, None, "Folder for the reports of this run (default: reports/<run>).", "DIR"),
    Option("waivers", str, None, "File of known defects that do not gate until a date (docs/waivers.md).", "FILE"),
    Option("allow-renewals", bool, False, "Accept waivers that were renewed more than twice."),
    Option("history", str, None, _HISTORY, "URL"),
    Option("baseline", str, None, _BASELINE, "", ("last-green",)),
    Option("require", str, "partial", "Lowest verdict that passes the gate.", "", ("partial", "conformant")),
)


@dataclass(frozen=True, slots=True)
class RunConfig:
    """What one run is to do; every value is checked. ``target_because``: why a target that the user did not name.

    ``named`` is what lmconform.toml says of a target that the user named by its name there.
    """

    target: str
    profile: str
    dialect: str
    contract: str | None
    revision: str | None
    allow_writes: bool
    allow_deployments: bool
    max_executions: int | None
    max_deployments: int | None
    max_created: int | None
    rate: float | None
    service_key: Path | None
    aicore_profile: str | None
    ca_bundle: Path | None
    resource_group: str | None
    other_resource_group: str | None
    overlay: tuple[Path, ...]
    only: tuple[str, ...]
    seed: int
    max_examples: int
    request_timeout: float | None
    max_time: float | None
    poll_interval: float | None
    stop_timeout: float | None
    delete_timeout: float | None
    start_timeout: float | None
    poll_timeout: float | None
    expect: tuple[str, ...]
    disposable: bool
    report_dir: Path | None
    waivers: Path | None
    allow_renewals: bool
    history: str | None
    baseline: str | None
    require: str
    target_because: str = ""
    named: NamedTarget | None = field(default=None, repr=False)

    @property
    def label(self) -> str:
        """The target as the user calls it: its name in lmconform.toml, or else what it is."""
        return self.named.name if self.named else self.target

    @property
    def is_mock(self) -> bool:
        """Whether the embedded mock is the target."""
        return self.target == MOCK

    @property
    def is_narrow(self) -> bool:
        """Whether a run starts little without an option: a short profile on a target that is neither ours nor near."""
        is_near = self.is_mock or is_loopback(urlsplit(self.target).hostname or "")
        return self.profile in ("gate", "core") and not (is_near or self.disposable)

    @property
    def is_bounded(self) -> bool:
        """Whether the run may be short of executions or deployments."""
        return self.is_narrow or self.max_executions is not None or self.max_deployments is not None

    @classmethod
    def from_options(cls, target: str, options: Mapping[str, Any]) -> RunConfig:
        """Check the values of ``OPTIONS`` (keys with underscores); raises ConfigError."""
        values = {o.dest: options.get(o.dest, o.default) for o in OPTIONS}
        for option in OPTIONS:
            if problem := check(option, values[option.dest]):
                raise ConfigError(f"--{option.name}: {problem}")
        if values["contract"] is not None:
            versions.check(values["contract"])
        if values["revision"] is not None:
            revisions.check(values["revision"])
        _check_target(target)
        profile = values["profile"] or _usual_profile(target)
        if target != MOCK and profile != "smoke" and not values["allow_writes"]:
            raise ConfigError(
                f"profile {profile} creates things on {target}; add --allow-writes, or use --profile smoke"
            )
        given = next((name for name in ("service-key", "aicore-profile") if values[name.replace("-", "_")]), "")
        if target == MOCK and given:
            raise ConfigError(
                f"--{given}: the embedded mock makes its own credentials; give a URL as TARGET, or drop the option"
            )
        if target == MOCK and values["ca_bundle"]:
            raise ConfigError("--ca-bundle: the embedded mock has no TLS; give a URL as TARGET, or drop the option")
        for name in ("service_key", "ca_bundle", "report_dir", "waivers"):
            values[name] = Path(values[name]) if values[name] else None
        values |= {name: tuple(values[name] or ()) for name in ("only", "expect")} | {"profile": profile}
        values["overlay"] = tuple(map(Path, values["overlay"] or ()))
        return cls(target=target, **values)

    def origin(self, dest: str) -> str:
        """Where the user gave the value of ``dest``: the option, or lmconform.toml."""
        if self.named and dest in self.named.keys:
            return f"{self.named.shown}: {dest}"
        return f"--{dest.replace('_', '-')}"

    def as_arguments(self) -> list[str]:
        """The options that give this configuration again."""
        return ["--target", self.target, *("=".join(pair) for o in OPTIONS for pair in self._pairs(o))]

    def repeating(self) -> list[str]:
        """The words of a line to paste that repeats an item: its seed, and what was given of the other options.

        What lmconform.toml says of the target is said by its name.
        """
        said = {*(self.named.keys if self.named else ()), *(["profile"] if self._is_usual_profile else [])}
        given = [o for o in OPTIONS if o.name not in _OF_A_RUN and o.dest not in said]
        words = [pair for o in given if getattr(self, o.dest) != o.default for pair in self._pairs(o)]
        return ["--seed", str(self.seed), *(word for pair in words for word in pair)]

    @property
    def _is_usual_profile(self) -> bool:
        """Whether the profile is the one that a run has for which none is named."""
        return self.profile == _usual_profile(self.target)

    def _pairs(self, option: Option) -> list[tuple[str, ...]]:
        """The option with its value, as often as it is given."""
        value, name = getattr(self, option.dest), f"--{option.name}"
        if option.kind is bool:
            return [(name,)] if value else []
        if isinstance(value, tuple):
            return [(name, str(part)) for part in value]
        return [] if value is None else [(name, str(value))]

    @property
    def seconds(self) -> dict[str, float | None]:
        """The time limits that the user gave, by their names in TimeLimits; None where none was given."""
        return {
            "stop": self.stop_timeout,
            "delete": self.delete_timeout,
            "start": self.start_timeout,
            "poll": self.poll_timeout,
        }

    def public(self) -> dict[str, Any]:
        """The configuration as it goes into the header: nothing in it is secret."""
        values = {o.dest: _plain(getattr(self, o.dest)) for o in OPTIONS}
        return values | {"history": _PASSWORD.sub(r"\1:***@", self.history) if self.history else None}


def check(option: Option, value: Any) -> str:
    """What is wrong with the value of an option, or empty; None is no value."""
    for part in value if isinstance(value, list | tuple) else (value,):
        if option.choices and part is not None and part not in option.choices:
            return f"{part!r} is unknown{did_you_mean(part, option.choices)}"
    if option.least is not None and value is not None:
        if not isfinite(value):
            return f"{value} is no number to count with; expected {option.least} or more"
        if value < option.least:
            return f"{value} is too small; expected {option.least} or more"
    return ""


def _usual_profile(target: str) -> str:
    return "full" if target == MOCK else "smoke"


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return value.name
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def _check_target(target: str) -> None:
    if target == MOCK:
        return
    try:
        url = urlsplit(target)
        host, _ = url.hostname, url.port
    except ValueError as error:
        raise ConfigError(f"TARGET: {target!r} is no URL ({error})") from error
    if url.scheme not in ("http", "https") or not host:
        raise ConfigError(f"TARGET: {target!r} is neither 'mock' nor an http(s) URL such as https://api.example.com")
    if url.username or url.password:
        raise ConfigError("TARGET: credentials do not belong in the URL; use --service-key FILE")
    if url.query or url.fragment:
        # What is behind it may be a secret, and is not shown.
        raise ConfigError("TARGET: has a query or fragment; give the base URL alone")
    if url.scheme == "http" and not is_loopback(host):
        raise ConfigError(f"TARGET: plain http to {host} would show the token to everybody; use https")


def api_base(url: str) -> str:
    """The base that ``/lm`` is appended to: ``…/v2``, whether or not the URL has it already."""
    base = url.rstrip("/").removesuffix(paths.ROOT)
    return base if base.endswith(paths.BASE) else f"{base}{paths.BASE}"
