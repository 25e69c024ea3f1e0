"""The configuration file of SAP's SDK: ``~/.aicore/config.json``, or that of a profile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lmconform.errors import ConfigError

# Variables that say where the file is; the other AICORE_* are values of credentials.
CONFIG: Final = "AICORE_CONFIG"
HOME: Final = "AICORE_HOME"
PROFILE: Final = "AICORE_PROFILE"
LOCATIONS: Final = frozenset({CONFIG, HOME, PROFILE})
_USUAL: Final = "default"


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """What the file says: ``values`` by their names, which are those of the variables. ``shown`` is its short name."""

    shown: str
    values: Mapping[str, str]


def read(environ: Mapping[str, str], profile: str | None = None, where: str = "") -> ConfigFile | None:
    """The file that ``profile`` or the variables name, or None where there is none; raises ConfigError.

    A file that the user named has to be there. ``where`` is where the user named ``profile``.
    """
    place = _by_profile(environ, profile, where) if profile else _by_variables(environ)
    if place is None or not (place.named or place.path.exists()):
        return None
    shown = f"{place.named}: {place.path}" if place.named else str(place.path)
    try:
        data: Any = json.loads(place.path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{shown} cannot be read ({error.strerror}); 'aicore configure' writes it") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{shown} is not valid JSON ({error}); 'aicore configure' writes it") from error
    if not isinstance(data, dict):
        raise ConfigError(f"{shown} has to hold a JSON object with members AICORE_…, not {type(data).__name__}")
    if "clientid" in data:
        raise ConfigError(f"{shown} holds a service key; give it by --service-key, or let 'aicore configure' write it")
    for name, value in data.items():
        if not isinstance(value, str):
            raise ConfigError(f"{shown}: {name} has to be a text, not {type(value).__name__}")
    return ConfigFile(place.shown, data)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a file is; ``shown`` is free of the user's folders, ``named`` what names it, empty for the usual file."""

    path: Path
    shown: str
    named: str = ""


def _by_variables(environ: Mapping[str, str]) -> _Place | None:
    if path := environ.get(CONFIG):
        return _Place(Path(path), f"{CONFIG} ({Path(path).name})", CONFIG)
    profile = environ.get(PROFILE) or _USUAL
    return _by_profile(environ, profile, f"{PROFILE}={profile}")


def _by_profile(environ: Mapping[str, str], profile: str, where: str) -> _Place | None:
    if "/" in profile or "\0" in profile:
        raise ConfigError(f"{where}: a profile is a name and no path; it stands for config_<profile>.json")
    name = "config.json" if profile == _USUAL else f"config_{profile}.json"
    named = "" if profile == _USUAL else where
    if folder := environ.get(HOME):
        return _Place(Path(folder) / name, f"{HOME}/{name}", named)
    # Without a home nothing can be there; the embedded mock is started with an empty environment.
    home = environ.get("HOME")
    return _Place(Path(home) / ".aicore" / name, f"~/.aicore/{name}", named) if home else None
