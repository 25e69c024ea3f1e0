"""Which target a run has when the user names none: that of the credentials, or the embedded mock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from lmconform.errors import ConfigError
from lmconform.settings import credential_sources
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


def configure(target: str | None, options: Mapping[str, Any], environ: Mapping[str, str]) -> RunConfig:
    """The checked configuration of a run; ``target`` None: the user named none. Raises ConfigError."""
    if target is not None:
        return RunConfig.from_options(target, options)
    choice = choose(options.get("service_key"), environ, options.get("aicore_profile"))
    try:
        config = RunConfig.from_options(choice.target, options)
    except ConfigError as error:
        if choice.target == MOCK:
            raise
        raise ConfigError(f"{error} ({choice.because})") from error
    return replace(config, target_because=choice.because)


def choose(service_key: str | None, environ: Mapping[str, str], aicore_profile: str | None = None) -> Choice:
    """The target of a run without TARGET; raises ConfigError.

    Credentials name it. With a part of them, or with a variable that is empty because a secret was not handed to a job,
    the embedded mock would be judged in its place, and pass every time: that is an error.
    """
    if service_key == "":
        raise ConfigError(f"--service-key: is empty; give a file, or {_ADVICE}")
    names = sorted(name for name in environ if name.startswith(PREFIX) and name not in LOCATIONS)
    named = Named(Path(service_key) if service_key else None, aicore_profile)
    by_option = service_key or aicore_profile
    try:
        found = credential_sources.find(named, environ)
    except ConfigError as error:
        if by_option:
            raise
        raise ConfigError(f"{_UNNAMED}, and the credentials cannot be used: {error}; {_ADVICE}") from error
    if found is None:
        if not names:
            return Choice(MOCK, f"{_UNNAMED}, and there are no credentials")
        first = next((name for name in names if environ[name]), f"an empty {names[0]}")
        raise ConfigError(f"{_UNNAMED}, and there is {first} but no credentials; {_ADVICE}")
    url = found.credentials.api_url
    if not url:
        raise ConfigError(f"{_UNNAMED}, and {found.source} has no AICORE_BASE_URL; {_ADVICE}")
    return Choice(url, f"{_UNNAMED}, {found.source} names it")
