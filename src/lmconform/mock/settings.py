"""The settings of one mock, in groups, made from the values of its options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lmconform.contract.dialects import DIALECTS
from lmconform.contract.urls import is_loopback
from lmconform.errors import ConfigError, did_you_mean
from lmconform.mock import capabilities
from lmconform.mock.clock import RUNNING, TIMES
from lmconform.mock.switches import Switches

# A secret on the command line would be seen by everybody on the machine.
SECRET_VARIABLE = "LMCONFORM_MOCK_CLIENT_SECRET"
# Steps of an hour of a tenant, whose step takes about 15 seconds.
_HOUR_STEPS = 240
_REAL_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Network:
    """The address and port that the mock listens on; ``tls_port`` is None without TLS, port 0 selects a free one.

    ``read_timeout`` is how long a request may take to arrive, in seconds.
    """

    host: str
    port: int
    tls_port: int | None
    read_timeout: float


@dataclass(frozen=True, slots=True)
class Clock:
    """Durations in seconds: ``pace`` of one step of a lifecycle, ``hour`` of one hour of ttl and schedules.

    ``time`` is what moves it, one of ``clock.TIMES``.
    """

    pace: float
    hour: float
    time: str = RUNNING


@dataclass(frozen=True, slots=True)
class Content:
    """What the mock offers.

    ``workflows`` is the folder of templates (None: the bundled ones), ``without`` the capabilities that it
    does not have.
    """

    workflows: Path | None
    dialect: str
    without: frozenset[str]
    switches: Switches


@dataclass(frozen=True, slots=True)
class Credentials:
    """The client secret (None: generated), and the lifetime of tokens in seconds."""

    client_secret: str | None
    token_lifetime: int


@dataclass(frozen=True, slots=True)
class Storage:
    """The state file (None: memory only), and the maximum number of resources of one kind in a resource group."""

    state: Path | None
    quota: int


@dataclass(frozen=True, slots=True)
class Faults:
    """Fault rules, as written on the command line, and the random seed of their probabilities."""

    rules: tuple[str, ...]
    seed: int


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one mock.

    ``page`` turns the web page on, ``log`` a line for each request, ``admin`` the handles for tests; ``mutant`` is the
    id of its defect, or ""; ``parent`` is the process id with which the mock ends.
    """

    network: Network
    clock: Clock
    content: Content
    credentials: Credentials
    storage: Storage
    faults: Faults
    page: bool
    log: bool
    admin: bool
    mutant: str
    parent: int | None

    @classmethod
    def from_options(cls, values: Mapping[str, Any], switches: Switches, environ: Mapping[str, str]) -> Settings:
        """Check the values of ``options.OPTIONS``, by dest; raises ConfigError."""
        if values["dialect"] not in DIALECTS:
            hint = did_you_mean(values["dialect"], DIALECTS)
            raise ConfigError(f"--dialect: {values['dialect']!r} is unknown{hint}")
        _check_tls_files(values)
        pace, hour = values["pace"], values["hour"]
        return cls(
            network=Network(values["host"], values["port"], values["tls_port"], values["read_timeout"]),
            clock=Clock(pace, min(_REAL_HOUR, _HOUR_STEPS * pace) if hour is None else hour, _time(values["time"])),
            content=Content(
                values["workflows"], values["dialect"], capabilities.with_dependents(values["without"]), switches
            ),
            credentials=Credentials(_client_secret(values["client_secret_file"], environ), values["token_lifetime"]),
            storage=Storage(values["state"], values["quota"]),
            faults=Faults(values["fault"], values["fault_seed"]),
            page=is_loopback(values["host"]) if values["page"] is None else values["page"],
            log=values["log"],
            admin=_admin(values["admin"], values["host"]),
            mutant=values["mutant"],
            parent=values["parent_pid"],
        )


def _time(value: str) -> str:
    if value not in TIMES:
        raise ConfigError(f"--time: {value!r} is unknown{did_you_mean(value, TIMES)}")
    return value


def _admin(wanted: bool, host: str) -> bool:
    if wanted and not is_loopback(host):
        raise ConfigError(f"--admin: is only for a loopback address, and --host is {host}; leave one of them out")
    return wanted


def _check_tls_files(values: Mapping[str, Any]) -> None:
    for option in ("write-x509-key", "write-ca"):
        path = values[option.replace("-", "_")]
        if path is not None and values["tls_port"] is None:
            raise ConfigError(f"--{option} {path}: there are no certificates without --tls-port; 0 takes a free one")


def _client_secret(file: Path | None, environ: Mapping[str, str]) -> str | None:
    """The secret that the user chose, without the end of its line; None when there is none."""
    if file is None:
        return environ.get(SECRET_VARIABLE) or None
    try:
        secret = file.read_text(encoding="utf-8").removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "no UTF-8 text"
        raise ConfigError(f"--client-secret-file {file}: cannot be read ({reason})") from error
    if not secret:
        raise ConfigError(f"--client-secret-file {file}: is empty; write the secret into it, or leave the option out")
    return secret
