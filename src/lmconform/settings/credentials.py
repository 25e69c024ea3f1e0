"""Client credentials: from a service key file, or from the ``AICORE_*`` variables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lmconform.errors import ConfigError
from lmconform.settings import client_certificate
from lmconform.settings.options import is_loopback

_TOKEN_PATH = "/oauth/token"
# How a client is known: by a secret, by files or by texts; the names are those of SAP's SDK (fact E3).
_SECRET = ("AICORE_CLIENT_SECRET",)
_FILES = ("AICORE_CERT_FILE_PATH", "AICORE_KEY_FILE_PATH")
_TEXTS = ("AICORE_CERT_STR", "AICORE_KEY_STR")


@dataclass(frozen=True, slots=True)
class Credentials:
    """OAuth 2.0 client credentials (RFC 6749, section 4.4) and where they are used.

    ``api_url`` is the API's base without ``/v2``, or empty when the source does not name it. Instead of
    the secret there may be a certificate with its private key, both in PEM (RFC 8705, section 2).
    """

    client_id: str
    client_secret: str = field(repr=False)
    token_url: str
    api_url: str
    certificate: str = ""
    private_key: str = field(default="", repr=False)


def find(service_key: Path | None, environ: Mapping[str, str]) -> Credentials:
    """The credentials of this run; raises ConfigError.

    Order: the file, ``AICORE_SERVICE_KEY`` (the whole JSON), the single ``AICORE_*``
    variables. The first source that has any supplies all, as in SAP's own SDK (fact E4).
    """
    if service_key is not None:
        try:
            text = service_key.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "no UTF-8 text"
            raise ConfigError(f"--service-key {service_key}: cannot be read ({reason})") from error
        return _from_key(text, f"--service-key {service_key}")
    if environ.get("AICORE_SERVICE_KEY"):
        return _from_key(environ["AICORE_SERVICE_KEY"], "AICORE_SERVICE_KEY")
    return _from_variables(environ)


def _from_key(text: str, where: str) -> Credentials:
    try:
        key: Any = json.loads(text)
    except ValueError as error:
        raise ConfigError(f"{where}: not valid JSON ({error}); expected the service key as SAP BTP shows it") from error
    if not isinstance(key, dict):
        raise ConfigError(f"{where}: expected a JSON object, got {type(key).__name__}")
    key = key.get("credentials", key) if isinstance(key.get("credentials"), dict) else key
    members: tuple[str, ...] = ("clientid", "clientsecret", "url")
    by_certificate = not key.get("clientsecret") and any(name in key for name in ("certificate", "key", "certurl"))
    if by_certificate:
        members = ("clientid", "certurl", "certificate", "key")
    urls = key.get("serviceurls")
    values = {name: key.get(name) for name in members}
    values["serviceurls.AI_API_URL"] = urls.get("AI_API_URL") if isinstance(urls, dict) else None
    for name, value in values.items():
        if not isinstance(value, str) or not value:
            kind = "an x509 service key" if by_certificate else "a service key"
            raise ConfigError(f"{where}: has no {name}; {kind} of SAP AI Core has it, create a new one")
    api_url = values["serviceurls.AI_API_URL"]
    if by_certificate:
        pair = values["certificate"], values["key"]
        named = f"{where}: its certificate", f"{where}: its key"
        return _by_certificate(values["clientid"], pair, named, values["certurl"], f"{where}: its certurl", api_url)
    return Credentials(values["clientid"], values["clientsecret"], _token_url(values["url"], where), api_url)


def _from_variables(environ: Mapping[str, str]) -> Credentials:
    ways = [names for names in (_SECRET, _FILES, _TEXTS) if any(environ.get(name) for name in names)]
    if len(ways) > 1:
        both = " and ".join(way[0] for way in ways)
        raise ConfigError(f"{both} are both set; SAP's SDK takes one way to be known alone, unset the other")
    api_url = environ.get("AICORE_BASE_URL", "")
    if not ways or ways == [_SECRET]:
        client, secret, url = _needed(environ, "AICORE_CLIENT_ID", *_SECRET, "AICORE_AUTH_URL")
        return Credentials(client, secret, _token_url(url, "AICORE_AUTH_URL"), api_url)
    # As in SAP's SDK: the URL for certificates wins, and without it the other one will do.
    of_url = "AICORE_AUTH_URL" if environ.get("AICORE_AUTH_URL") else "AICORE_CERT_URL"
    of_url = "AICORE_CERT_URL" if environ.get("AICORE_CERT_URL") else of_url
    of_certificate, of_key = pair = _FILES if ways == [_FILES] else _TEXTS
    client, certificate, key, url = _needed(environ, "AICORE_CLIENT_ID", *pair, of_url)
    if pair == _FILES:
        certificate, key = _file(of_certificate, certificate), _file(of_key, key)
    return _by_certificate(client, (certificate, key), (of_certificate, of_key), url, of_url, api_url)


def _needed(environ: Mapping[str, str], *names: str) -> list[str]:
    missing = [name for name in names if not environ.get(name)]
    if missing:
        raise ConfigError(f"no credentials for this target: give --service-key FILE, or set {', '.join(missing)}")
    return [environ[name] for name in names]


def _file(name: str, value: str) -> str:
    if "-----BEGIN" in value:
        # Said without the value, which is the secret itself.
        raise ConfigError(
            f"{name}: is no path but the text of a file; that belongs into {name.removesuffix('_FILE_PATH')}_STR"
        )
    try:
        return Path(value).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no text"
        raise ConfigError(f"{name}={value}: cannot be read ({reason})") from error


def _by_certificate(
    client_id: str, pair: tuple[str, str], named: tuple[str, str], url: str, of_url: str, api_url: str
) -> Credentials:
    # In variables and keys that went through a shell, ends of lines are often two characters (fact E12).
    certificate, private_key = (text.replace("\\n", "\n") for text in pair)
    client_certificate.check(certificate, private_key, *named)
    if urlsplit(url).scheme == "http":
        raise ConfigError(f"{of_url}: {url!r} is plain http, and a certificate is shown over TLS alone; use https")
    return Credentials(client_id, "", _token_url(url, of_url), api_url, certificate, private_key)


def _token_url(url: str, where: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{where}: {url!r} is no http(s) URL of an authorization server")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ConfigError(f"{where}: plain http to {parts.hostname} would show the client secret; use https")
    base = url.rstrip("/")
    return base if base.endswith(_TOKEN_PATH) else base + _TOKEN_PATH
