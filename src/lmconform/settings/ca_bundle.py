"""The CA bundle that verifies the target: a file that the user names, or the one that other clients here use."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path

from lmconform.errors import ConfigError

# What requests and curl read; both take a folder as well.
_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def bundle(named: Path | None, environ: Mapping[str, str], *, needed: bool, origin: str = "--ca-bundle") -> str:
    """The path of a file (or folder) with certificates in PEM, or nothing: the usual ones. Raises ConfigError.

    ``origin`` is where ``named`` was named. ``needed``: something is behind TLS; what only the environment names is not
    looked at for nothing.
    """
    if named is not None:
        return _good(named, f"{origin} {named}")
    for name in _VARIABLES:
        if environ.get(name) and needed:
            path = Path(environ[name])
            return str(path.resolve()) if path.is_dir() else _good(path, f"{name}={path}")
    return ""


def _good(path: Path, named: str) -> str:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError as error:
        raise ConfigError(f"{named}: holds no certificate in PEM (-----BEGIN CERTIFICATE-----)") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no path"
        raise ConfigError(f"{named}: cannot be read ({reason})") from error
    return str(path.resolve())
