"""OAuth client credentials: a secret, or a certificate with its private key; checked before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass, field

from lmconform.contract import urls
from lmconform.errors import ConfigError

_TOKEN_PATH = "/oauth/token"


@dataclass(frozen=True, slots=True)
class Credentials:
    """OAuth 2.0 client credentials (RFC 6749, section 4.4) and where they are used.

    ``api_url`` is the API's base as the source has it, or empty when the source does not name it. Instead of
    the secret there may be a certificate with its private key, both in PEM (RFC 8705, section 2).
    """

    client_id: str
    client_secret: str = field(repr=False)
    token_url: str
    api_url: str
    certificate: str = ""
    private_key: str = field(default="", repr=False)


def by_secret(client_id: str, secret: str, url: str, of_url: str, api_url: str) -> Credentials:
    """Credentials with a secret; ``of_url`` is where the user finds ``url``. Raises ConfigError."""
    return Credentials(client_id, secret, _token_url(url, of_url), api_url)


def by_certificate(
    client_id: str, pair: tuple[str, str], named: tuple[str, str], url: str, of_url: str, api_url: str
) -> Credentials:
    """Credentials with a certificate and its key; ``named`` is where the user finds them. Raises ConfigError."""
    # Most credentials have a secret, and need none of its imports.
    from lmconform.settings import client_certificate

    # In variables and keys that went through a shell, ends of lines are often two characters (fact E12).
    certificate, private_key = (text.replace("\\n", "\n") for text in pair)
    client_certificate.check(certificate, private_key, *named)
    if urls.parts(url).scheme == "http":
        raise ConfigError(f"{of_url}: {url!r} is plain http, and a certificate is shown over TLS only; use https")
    return Credentials(client_id, "", _token_url(url, of_url), api_url, certificate, private_key)


def _token_url(url: str, where: str) -> str:
    parts = urls.parts(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{where}: {url!r} is no http(s) URL of an authorization server")
    if parts.scheme == "http" and not urls.is_loopback(parts.hostname):
        raise ConfigError(f"{where}: plain http to {parts.hostname} would show the client secret; use https")
    base = url.rstrip("/")
    return base if base.endswith(_TOKEN_PATH) else base + _TOKEN_PATH
