"""Which target a run has: a URL or the mock, a name in lmconform.toml, or what the credentials name."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from lmconform.errors import ConfigError
from lmconform.settings import credential_sources, target_file
from lmconform.settings.credential_sources import Named
from lmconform.settings.options import MOCK, RunConfig
from lmconform.settings.sdk_config import LOCATIONS
from lmconform.settings.single_values import PREFIX

_ADVICE: Final = "name TARGET: a URL, or 'mock' for the embedded mock"
_UNNAMED: Final = "no TARGET was named"


@dataclass(frozen=True, slots=True)
class Choice:
    """A target (a URL, or ``mock``) and the reason for it, a text for people."""

    target: str
    because: str


def configure(
    target: str | None, given: Mapping[str, Any], environ: Mapping[str, str], folder: Path | None = None
) -> RunConfig:
    """The checked configuration of a run; ``target`` None: the user named none. Raises ConfigError.

    ``given`` are the options that the user gave: they win over lmconform.toml, which is looked for from ``folder``, the
    current one unless given, upward.
    """
    if target is not None:
        if target != MOCK and target_file.NAME.fullmatch(target):
            return _named(target, given, environ, folder or Path())
        return RunConfig.from_options(target, given)
    choice = choose(given.get("service_key"), environ, given.get("aicore_profile"), folder)
    try:
        config = RunConfig.from_options(choice.target, given)
    except ConfigError as error:
        if choice.target == MOCK:
            raise
        raise ConfigError(f"{error} ({choice.because})") from error
    return replace(config, target_because=choice.because)


def _named(name: str, given: Mapping[str, Any], environ: Mapping[str, str], folder: Path) -> RunConfig:
    """The configuration of a target of lmconform.toml."""
    file = target_file.find(folder)
    if file is None:
        raise ConfigError(
            f"TARGET: {name!r} is neither 'mock' nor an http(s) URL, and there is no {target_file.FILE_NAME} here or "
            "above that could have a target of that name; 'lmconform init KEY' writes one"
        )
    entry = file.entry(name)
    here = f"targets.{name} of {file.shown}"
    named = replace(entry.named, keys=entry.named.keys - set(given))
    url = entry.url or _url_of(
        Named(_path(given.get("service_key")), given.get("aicore_profile"), named.credentials), environ, here
    )
    try:
        config = RunConfig.from_options(url, {**entry.values, **given})
    except ConfigError as error:
        raise ConfigError(f"{error} ({here})") from error
    return replace(config, named=named, target_because=file.shown)


def _url_of(named: Named, environ: Mapping[str, str], here: str) -> str:
    """The URL that the credentials of a target have, which says none in the file."""
    found = credential_sources.find(named, environ)
    if found is None:
        raise ConfigError(f'{here} has no url, and there are no credentials that know it; add url = "https://…"')
    if not found.credentials.api_url:
        raise ConfigError(f'{here} has no url, and {found.source} does not know it; add url = "https://…"')
    return found.credentials.api_url


def choose(
    service_key: str | None, environ: Mapping[str, str], aicore_profile: str | None = None, folder: Path | None = None
) -> Choice:
    """The target of a run without TARGET; raises ConfigError.

    Credentials name it. With a part of them, or with a variable that is empty because a secret was not handed to a job,
    the embedded mock would be judged in its place, and pass every time: that is an error.
    """
    if service_key == "":
        raise ConfigError(f"--service-key: is empty; give a file, or {_ADVICE}")
    names = sorted(name for name in environ if name.startswith(PREFIX) and (name not in LOCATIONS or environ[name]))
    by_option = service_key or aicore_profile
    try:
        found = credential_sources.find(Named(_path(service_key), aicore_profile), environ)
    except ConfigError as error:
        if by_option:
            raise
        raise ConfigError(f"{_UNNAMED}, and the credentials cannot be used: {error}; {_ADVICE}") from error
    if found is None:
        if not names:
            return Choice(MOCK, f"{_UNNAMED}, and there are no credentials{_known(folder)}")
        first = next((name for name in names if environ[name]), f"an empty {names[0]}")
        raise ConfigError(f"{_UNNAMED}, and there is {first} but no credentials; {_ADVICE}")
    url = found.credentials.api_url
    if not url:
        raise ConfigError(f"{_UNNAMED}, and {found.source} has no AICORE_BASE_URL; {_ADVICE}")
    return Choice(url, f"{_UNNAMED}, {found.source} names it")


def _known(folder: Path | None) -> str:
    """The targets that might have been meant; nothing where there is no file with targets, or one that is wrong."""
    with suppress(ConfigError, OSError):
        file = target_file.find(folder or Path())
        if file and file.entries:
            return f"; {file.shown} has {', '.join(file.entries)}"
    return ""


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None
