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

PROFILES = ("smoke", "gate", "core", "full")
MOCK = "mock"
# What a line that repeats one item leaves out: what is about a run, and not about how the item is judged.
_OF_A_RUN = frozenset(("only", "seed", "max-time", "report-dir", "require"))
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


OPTIONS = (
    Option(
        "service-key", str, None, "SAP service key (JSON) with the credentials of TARGET; - is standard input.", "FILE"
    ),
    Option(
        "aicore-profile",
        str,
        None,
        "Credentials of TARGET from the file of SAP's SDK, ~/.aicore/config_NAME.json ('default': config.json).",
        "NAME",
    ),
    Option(
        "ca-bundle",
        str,
        None,
        "Certificates (PEM) that vouch for TARGET and its token endpoint, instead of the usual ones.",
        "FILE",
    ),
    Option("resource-group", str, None, "Resource group to work in.", "ID"),
    Option("other-resource-group", str, None, "A second resource group, to judge isolation.", "ID"),
    Option(
        "profile",
        str,
        None,
        "smoke reads only; core adds scenarios and probes, full fuzz; gate is the least that finds most.",
        "",
        PROFILES,
    ),
    Option("allow-writes", bool, False, "Let a profile beyond smoke create things on a target that is not the mock."),
    Option(
        "allow-deployments",
        bool,
        False,
        "Let a run start deployments, which cost money until they are stopped, on a target that is not disposable.",
    ),
    Option(
        "max-executions",
        int,
        None,
        "Start no more executions (default 40; 8 for gate and core on a tenant; no limit where disposable).",
        "N",
    ),
    Option(
        "max-deployments",
        int,
        None,
        "Start no more deployments (default 20; 2 for gate and core on a tenant; no limit where disposable).",
        "N",
    ),
    Option("max-created", int, None, "Create no more things of all kinds together (default no limit).", "N"),
    Option("rate", float, None, "Send no more requests a second, all workers together (default no limit).", "NUMBER"),
    Option("dialect", str, "published", "How the target treats the tutorial's endpoints.", "", DIALECTS),
    Option(
        "contract",
        str,
        None,
        "Judge by this version of SAP's description (default the one of GET /lm/meta where it is older than ours).",
        "VERSION",
    ),
    Option(
        "revision",
        str,
        None,
        "Score by this frozen set of requirements; newer ones are shown (default: all; 'lmconform list revisions').",
        "NAME",
    ),
    Option(
        "overlay", str, (), "Add what this OpenAPI Overlay describes, such as a resource to come (repeatable).", "FILE"
    ),
    Option("only", str, (), "Run what matches: item, requirement or operation, as a glob (repeatable).", "PATTERN"),
    Option("seed", int, 0, "Seed of all generated data.", "N"),
    Option("max-examples", int, 50, "Generated cases per operation and mode.", "N"),
    Option(
        "request-timeout",
        float,
        None,
        "Give up a request whose whole answer takes longer (default 30; 6 before the first item).",
        "SECONDS",
    ),
    Option(
        "max-time", float, None, "Start no new item after this many seconds: the run is incomplete then.", "SECONDS"
    ),
    Option(
        "poll-interval",
        float,
        None,
        "Seconds between two polls (default 60; on the mock its pace; 0.5 on this machine).",
        "SECONDS",
    ),
    Option("stop-timeout", float, None, "Limit for an accepted stop to be carried out (default 1800).", "SECONDS"),
    Option("delete-timeout", float, None, "Limit for an accepted deletion to be carried out (default 900).", "SECONDS"),
    Option("start-timeout", float, None, "Limit for a deployment to be RUNNING (default 3600).", "SECONDS"),
    Option(
        "poll-timeout",
        float,
        None,
        "Limit for an execution to end (default 3600). On this machine each limit is a tenth, on the mock 30.",
        "SECONDS",
    ),
    Option(
        "expect",
        str,
        (),
        "What the owner of TARGET expects: training=may-die, serving=may-die (repeatable).",
        "NAME=VALUE",
        tuple(map(str, Expectation)),
    ),
    Option(
        "disposable",
        bool,
        False,
        "TARGET may be used up: any number of executions, deployments and schedules that fire (the mock always is).",
    ),
    Option("report-dir", str, None, "Where the files of this run go (default reports/<run>).", "DIR"),
    Option("waivers", str, None, "Known defects that do not gate until a date (docs/waivers.md).", "FILE"),
    Option("allow-renewals", bool, False, "Accept waivers that were renewed more than twice."),
    Option(
        "history",
        str,
        None,
        "Store of runs: a file, sqlite:///FILE or postgresql://USER@HOST/DATABASE; none stores nothing "
        "(default history.sqlite in the state folder).",
        "URL",
    ),
    Option(
        "baseline",
        str,
        None,
        "Compare with the newest green run of TARGET and profile in the history: a regression fails the gate.",
        "",
        ("last-green",),
    ),
    Option("require", str, "partial", "The least verdict that passes the gate.", "", ("partial", "conformant")),
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
        raise ConfigError("TARGET: credentials do not belong into the URL; use --service-key FILE")
    if url.query or url.fragment:
        # What is behind it may be a secret, and is not shown.
        raise ConfigError("TARGET: has a query or fragment; give the base URL alone")
    if url.scheme == "http" and not is_loopback(host):
        raise ConfigError(f"TARGET: plain http to {host} would show the token to everybody; use https")


def api_base(url: str) -> str:
    """The base that ``/lm`` is appended to: ``…/v2``, whether or not the URL has it already."""
    base = url.rstrip("/").removesuffix(paths.ROOT)
    return base if base.endswith(paths.BASE) else f"{base}{paths.BASE}"
