"""Where credentials come from, in the order of SAP's SDK (fact E4): the first source that has any supplies all."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from lmconform.errors import ConfigError
from lmconform.settings import sdk_config, service_key, single_values
from lmconform.settings.credential_reference import Reference, Variable
from lmconform.settings.credentials import Credentials

SERVICE_KEY: Final = "AICORE_SERVICE_KEY"
VARIABLES: Final = "AICORE_*"
_BINDINGS: Final = "VCAP_SERVICES"
_STANDARD_INPUT: Final = Path("-")
# Characters; a service key has about two thousand.
_LONGEST: Final = 1_000_000
NONE: Final = (
    "no credentials for this target: give --service-key FILE, or set AICORE_SERVICE_KEY, or AICORE_CLIENT_ID, "
    "AICORE_CLIENT_SECRET and AICORE_AUTH_URL"
)


@dataclass(frozen=True, slots=True)
class Named:
    """What the user names: the file of a service key (``-``: standard input), a profile of SAP's SDK, or nothing.

    ``reference`` is what lmconform.toml says of the credentials of a target.
    """

    service_key: Path | None = None
    aicore_profile: str | None = None
    reference: Reference | None = None

    @property
    def profile(self) -> str | None:
        """The profile of SAP's SDK that is named, in whatever way."""
        by_file = self.reference.aicore_profile if self.reference and not self.service_key else ""
        return self.aicore_profile or by_file or None


@dataclass(frozen=True, slots=True)
class Found:
    """Credentials, and the ``source`` that supplied them, a text for people that is free of folders and secrets."""

    credentials: Credentials
    source: str


def find(named: Named, environ: Mapping[str, str]) -> Found | None:
    """The credentials of the first source that has any, or None; raises ConfigError for one that cannot be used."""
    found = (source(named, environ) for source in _SOURCES)
    return next((one for one in found if one is not None), None)


def _key_option(named: Named, environ: Mapping[str, str]) -> Found | None:
    path = named.service_key
    if path is None:
        return None
    if path == _STANDARD_INPUT:
        return Found(service_key.read(_standard_input(), "--service-key -"), "--service-key - (standard input)")
    return Found(_key_file(path, f"--service-key {path}"), f"--service-key {path.name}")


def _key_file(path: Path, where: str) -> Credentials:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "no UTF-8 text"
        raise ConfigError(f"{where}: cannot be read ({reason})") from error
    return service_key.read(text, where)


def _profile_option(named: Named, environ: Mapping[str, str]) -> Found | None:
    if not named.aicore_profile:
        return None
    return _profile(named.aicore_profile, environ, f"--aicore-profile {named.aicore_profile}", "--aicore-profile")


def _profile(profile: str, environ: Mapping[str, str], where: str, shown: str) -> Found:
    """The credentials of a profile that the user named, who expects them to be there."""
    file = sdk_config.read(environ, profile, where)
    values = single_values.from_variables(file.values) if file else {}
    if not file or not values:
        lacking = f"{file.shown} holds no credentials" if file else "there is no such file"
        raise ConfigError(f"{where}: {lacking}; 'aicore configure' writes it")
    return Found(single_values.read(values, file.shown), f"{file.shown} ({shown})")


def _reference(named: Named, environ: Mapping[str, str]) -> Found | None:
    known = named.reference
    if known is None:
        return None
    key = known.service_key
    if isinstance(key, Variable):
        return Found(service_key.read(key.read(environ), f"{key.key}: {key.name}"), f"{key.name} ({known.shown})")
    if key is not None:
        return Found(_key_file(key, f"{known.where}.service_key: {key}"), f"{key.name} ({known.shown})")
    if known.aicore_profile:
        return _profile(known.aicore_profile, environ, f"{known.where}.aicore_profile", known.shown)
    values = known.single_values(environ)
    return Found(single_values.read(values, known.where, lambda name: name), f"{known.shown} (single values)")


def _key_variable(named: Named, environ: Mapping[str, str]) -> Found | None:
    text = environ.get(SERVICE_KEY)
    return Found(service_key.read(text, SERVICE_KEY), SERVICE_KEY) if text else None


def _variables(named: Named, environ: Mapping[str, str]) -> Found | None:
    values = single_values.from_variables(environ)
    return Found(single_values.read(values), VARIABLES) if values else None


def _config_file(named: Named, environ: Mapping[str, str]) -> Found | None:
    file = sdk_config.read(environ)
    values = single_values.from_variables(file.values) if file else {}
    return Found(single_values.read(values, file.shown), file.shown) if file and values else None


def _binding(named: Named, environ: Mapping[str, str]) -> Found | None:
    """The first bound service with the label aicore, as Cloud Foundry and Kyma hand it over."""
    text = environ.get(_BINDINGS)
    if not text:
        return None
    try:
        services: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{_BINDINGS}: not valid JSON ({error}); the platform writes it") from error
    rows = services.values() if isinstance(services, dict) else ()
    bound = (row for listed in rows if isinstance(listed, list) for row in listed if isinstance(row, dict))
    row = next((row for row in bound if row.get("label") == "aicore"), None)
    if row is None:
        return None
    members = row.get("credentials")
    if not isinstance(members, dict):
        raise ConfigError(f"{_BINDINGS}: the service with the label aicore has no credentials; bind it again")
    return Found(service_key.of_members(members, f"{_BINDINGS}: aicore"), f"{_BINDINGS} (label aicore)")


_SOURCES: Final[tuple[Callable[[Named, Mapping[str, str]], Found | None], ...]] = (
    _key_option,
    _profile_option,
    _reference,
    _key_variable,
    _variables,
    _config_file,
    _binding,
)


@cache
def _standard_input() -> str:
    """What standard input holds: it can be read once, and TARGET and credentials both need it."""
    try:
        return sys.stdin.read(_LONGEST)
    except (OSError, ValueError, AttributeError) as error:
        raise ConfigError(f"--service-key -: standard input cannot be read ({error})") from error
