"""The proxies that the environment names for the hosts of a target, as curl and SAP's SDK understand it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from lmconform.contract.urls import is_loopback
from lmconform.errors import ConfigError

SUFFIX: Final = "_proxy"
_SCHEMES: Final = ("http", "https")


def find(urls: Iterable[str], environ: Mapping[str, str]) -> dict[str, str]:
    """The proxy of each host of ``urls`` that has one, by scheme and host; raises ConfigError.

    ``HTTPS_PROXY``, ``HTTP_PROXY`` and ``ALL_PROXY`` count, in small letters as well, and ``NO_PROXY`` names what is
    asked directly. This machine is asked directly always.
    """
    if not any(name.lower().endswith(SUFFIX) and environ[name] for name in environ):
        return {}
    # Takes a while to import, and most machines have no proxy.
    from requests.utils import get_environ_proxies, select_proxy

    found = {}
    for url in urls:
        parts = urlsplit(url)
        host = parts.hostname or ""
        named = None if is_loopback(host) else select_proxy(url, get_environ_proxies(url))
        if named:
            found[f"{parts.scheme}://{host}"] = _checked(named, f"{parts.scheme}_proxy".upper(), host)
    return found


def host_of(key: str) -> str:
    """The host of a key of ``find``."""
    return key.partition("://")[2]


def shown(proxy: str) -> str:
    """A proxy for people, without user and password."""
    parts = urlsplit(proxy)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"


def credentials(proxy: str) -> tuple[str, str]:
    """User and password of a proxy, both empty when it has none."""
    parts = urlsplit(proxy)
    return unquote(parts.username or ""), unquote(parts.password or "")


def has_secret(name: str, value: str) -> bool:
    """Whether a variable of the environment names a proxy with a password."""
    return name.lower().endswith(SUFFIX) and "@" in value


def _checked(named: str, variable: str, host: str) -> str:
    proxy = named if "://" in named else f"http://{named}"
    try:
        parts = urlsplit(proxy)
        is_good = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_good = False
    # Said without the value, which may have a password.
    if not is_good:
        raise ConfigError(f"{variable} (or ALL_PROXY): the proxy for {host} is no URL; expected http://HOST:PORT")
    if parts.scheme not in _SCHEMES:
        raise ConfigError(
            f"{variable} (or ALL_PROXY): the proxy for {host} is of the kind {parts.scheme!r}; expected http or https"
        )
    return proxy
