"""Credentials from single values by the names of SAP's SDK (facts E3, E4), whatever file or variable holds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from lmconform.errors import ConfigError
from lmconform.settings.credentials import Credentials, by_certificate, by_secret

PREFIX: Final = "AICORE_"
# How a client is known: by a secret, by files or by texts.
_SECRET: Final = ("client_secret",)
_FILES: Final = ("cert_file_path", "key_file_path")
_TEXTS: Final = ("cert_str", "key_str")
NAMES: Final = ("client_id", *_SECRET, "auth_url", "base_url", "cert_url", *_FILES, *_TEXTS)


def prefixed(name: str) -> str:
    """The variable that holds the value: AICORE_CLIENT_ID for client_id."""
    return f"{PREFIX}{name.upper()}"


def from_variables(variables: Mapping[str, str]) -> dict[str, str]:
    """The values among ``variables`` by their names here, without those that are empty."""
    return {name: variables[prefixed(name)] for name in NAMES if variables.get(prefixed(name))}


def read(values: Mapping[str, str], source: str = "", shown: Callable[[str], str] = prefixed) -> Credentials:
    """The credentials that ``values``, of which there is at least one, make; raises ConfigError.

    An error begins with the file that is their ``source``, and with the name by which the user knows a value.
    """
    before = f"{source}: " if source else ""

    def of(name: str) -> str:
        return f"{before}{shown(name)}"

    ways = [names for names in (_SECRET, _FILES, _TEXTS) if any(name in values for name in names)]
    if len(ways) > 1:
        both = " and ".join(shown(way[0]) for way in ways)
        raise ConfigError(
            f"{before}{both} are both set; SAP's SDK accepts only one kind of credentials; remove the other"
        )
    api_url = values.get("base_url", "")
    if not ways or ways == [_SECRET]:
        client, secret, url = _needed(values, before, shown, "client_id", *_SECRET, "auth_url")
        return by_secret(client, secret, url, of("auth_url"), api_url)
    # As in SAP's SDK: the URL for certificates wins, and without it the other one will do.
    of_url = "auth_url" if "auth_url" in values and "cert_url" not in values else "cert_url"
    of_certificate, of_key = pair = _FILES if ways == [_FILES] else _TEXTS
    client, certificate, key, url = _needed(values, before, shown, "client_id", *pair, of_url)
    named = of(of_certificate), of(of_key)
    if pair == _FILES:
        certificate, key = _file(named[0], certificate), _file(named[1], key)
    return by_certificate(client, (certificate, key), named, url, of(of_url), api_url)


def _needed(values: Mapping[str, str], before: str, shown: Callable[[str], str], *names: str) -> list[str]:
    missing = ", ".join(shown(name) for name in names if name not in values)
    if missing:
        first = shown(next(iter(values)))
        raise ConfigError(
            f"{before}there is {first} without {missing}; the first source that has any credential supplies all"
        )
    return [values[name] for name in names]


def _file(named: str, value: str) -> str:
    if "-----BEGIN" in value:
        # Said without the value, which is the secret itself.
        raise ConfigError(f"{named}: is no path but the text of a file; a text belongs into the value that ends in STR")
    try:
        return Path(value).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no text"
        raise ConfigError(f"{named}: {value} cannot be read ({reason})") from error
