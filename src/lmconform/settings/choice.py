"""Which target a run has when the user names none: that of the credentials, or the embedded mock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from lmconform.errors import ConfigError
from lmconform.settings.options import MOCK, RunConfig

_VARIABLES: Final = "AICORE_"
_ADVICE: Final = "name TARGET: a URL, or 'mock' for the embedded mock"


@dataclass(frozen=True, slots=True)
class Choice:
    """A target (a URL, or ``mock``) and the reason for it, a text for people."""

    target: str
    because: str


def configure(target: str | None, options: Mapping[str, Any], environ: Mapping[str, str]) -> RunConfig:
    """The checked configuration of a run; ``target`` None: the user named none. Raises ConfigError."""
    if target is not None:
        return RunConfig.from_options(target, options)
    choice = choose(options.get("service_key"), environ)
    try:
        config = RunConfig.from_options(choice.target, options)
    except ConfigError as error:
        if choice.target == MOCK:
            raise
        raise ConfigError(f"{error} ({choice.because})") from error
    return replace(config, target_because=choice.because)


def choose(service_key: str | None, environ: Mapping[str, str]) -> Choice:
    """The target of a run without TARGET; raises ConfigError.

    Credentials name it. With a part of them, or with a variable that is empty because a secret was not handed to a job,
    the embedded mock would be judged in its place, and pass every time: that is an error.
    """
    names = sorted(name for name in environ if name.startswith(_VARIABLES))
    if service_key is None and not names:
        return Choice(MOCK, "no TARGET was named, and there are no credentials")
    if service_key == "":
        raise ConfigError(f"--service-key: is empty; give a file, or {_ADVICE}")
    # Only now: who judges the embedded mock need not wait for its imports.
    from lmconform.settings import credentials

    if service_key is not None:
        url = credentials.find(Path(service_key), environ).api_url
        return Choice(url, f"no TARGET was named, --service-key {Path(service_key).name} names it")
    first = next((name for name in names if environ[name]), f"an empty {names[0]}")
    try:
        url = credentials.find(None, environ).api_url
    except ConfigError as error:
        raise ConfigError(f"no TARGET was named, and there is {first}: {error}; {_ADVICE}") from error
    if not url:
        raise ConfigError(f"no TARGET was named, and there is {first} without AICORE_BASE_URL; {_ADVICE}")
    source = "AICORE_SERVICE_KEY" if environ.get("AICORE_SERVICE_KEY") else "AICORE_BASE_URL"
    return Choice(url, f"no TARGET was named, {source} names it")
