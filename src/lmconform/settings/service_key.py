"""A service key as SAP BTP shows it (JSON): its members as credentials."""

from __future__ import annotations

import json
from typing import Any, Final

from lmconform.errors import ConfigError
from lmconform.settings.credentials import Credentials, by_certificate, by_secret

# Where the API is; keys of early years have the second name.
_API: Final = ("AI_API_URL", "ML_API_URL")
_X509: Final = ("certificate", "key", "certurl")


def read(text: str, where: str) -> Credentials:
    """The credentials of a key, or of a binding that holds one; ``where`` begins each error. Raises ConfigError."""
    if not text.strip():
        raise ConfigError(f"{where}: is empty; expected the service key as SAP BTP shows it (JSON)")
    try:
        key: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{where}: not valid JSON ({error}); expected the service key as SAP BTP shows it") from error
    if not isinstance(key, dict):
        raise ConfigError(f"{where}: expected a JSON object, got {type(key).__name__}")
    return of_members(key.get("credentials", key) if isinstance(key.get("credentials"), dict) else key, where)


def of_members(key: dict[str, Any], where: str) -> Credentials:
    """The credentials of a key that is read already; raises ConfigError."""
    members: tuple[str, ...] = ("clientid", "clientsecret", "url")
    is_x509 = not key.get("clientsecret") and any(name in key for name in _X509)
    if is_x509:
        members = ("clientid", "certurl", "certificate", "key")
    values: dict[str, Any] = {name: key.get(name) for name in members}
    urls = key.get("serviceurls")
    named = [urls[name] for name in _API if urls.get(name)] if isinstance(urls, dict) else []
    values["serviceurls.AI_API_URL"] = named[0] if named else None
    for name, value in values.items():
        if not isinstance(value, str) or not value:
            kind = "an x509 service key" if is_x509 else "a service key"
            raise ConfigError(f"{where}: has no {name}; {kind} of SAP AI Core has it, create a new one")
    api_url = values["serviceurls.AI_API_URL"]
    if is_x509:
        pair = values["certificate"], values["key"]
        of_pair = f"{where}: its certificate", f"{where}: its key"
        return by_certificate(values["clientid"], pair, of_pair, values["certurl"], f"{where}: its certurl", api_url)
    return by_secret(values["clientid"], values["clientsecret"], values["url"], where, api_url)
