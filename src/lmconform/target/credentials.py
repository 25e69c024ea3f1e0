"""Client credentials: from a service key file, or from the ``AICORE_*`` variables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lmconform.errors import ConfigError
from lmconform.target.config import is_loopback

_TOKEN_PATH = "/oauth/token"


@dataclass(frozen=True, slots=True)
class Credentials:
    """OAuth 2.0 client credentials (RFC 6749, section 4.4) and where they are used.

    ``api_url`` is the API's base without ``/v2``, or empty when the source does not name it.
    """

    client_id: str
    client_secret: str = field(repr=False)
    token_url: str
    api_url: str


def find(service_key: Path | None, environ: Mapping[str, str]) -> Credentials:
    """The credentials of this run; raises ConfigError.

    Order: the file, ``AICORE_SERVICE_KEY`` (the whole JSON), the single ``AICORE_*``
    variables. The first source that has any supplies all, as in SAP's own SDK (lm-facts E.4).
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
    if "certificate" in key and "clientsecret" not in key:
        raise ConfigError(f"{where}: x509 keys are not supported yet; create a key with a client secret")
    urls = key.get("serviceurls")
    api_url = urls.get("AI_API_URL") if isinstance(urls, dict) else None
    values = {"clientid": key.get("clientid"), "clientsecret": key.get("clientsecret"), "url": key.get("url")}
    values["serviceurls.AI_API_URL"] = api_url
    for name, value in values.items():
        if not isinstance(value, str) or not value:
            raise ConfigError(f"{where}: has no {name}; a service key of SAP AI Core has it, create a new one")
    return Credentials(values["clientid"], values["clientsecret"], _token_url(values["url"], where), api_url or "")


def _from_variables(environ: Mapping[str, str]) -> Credentials:
    names = ("AICORE_CLIENT_ID", "AICORE_CLIENT_SECRET", "AICORE_AUTH_URL")
    missing = [name for name in names if not environ.get(name)]
    if missing:
        raise ConfigError(f"no credentials for this target: give --service-key FILE, or set {', '.join(missing)}")
    return Credentials(
        environ[names[0]],
        environ[names[1]],
        _token_url(environ[names[2]], names[2]),
        environ.get("AICORE_BASE_URL", ""),
    )


def _token_url(url: str, where: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{where}: {url!r} is no http(s) URL of an authorization server")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ConfigError(f"{where}: plain http to {parts.hostname} would show the client secret; use https")
    base = url.rstrip("/")
    return base if base.endswith(_TOKEN_PATH) else base + _TOKEN_PATH
